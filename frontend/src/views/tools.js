import { canRedo, canUndo, isBlank } from "../state/drawing.js";
import { COPIED, HIDE_FIGURES, OTHER_LANGUAGE, RETRY, THEMES, penName, readsFile } from "../text/page.js";
import { hide, keepFocus, part, within } from "./dom.js";

/** @param {Watch} watch */
export function showTools(watch) {
  enable(watch, "undo", (state) => canUndo(state.drawing));
  enable(watch, "clear", (state) => !isBlank(state.drawing));
  enable(watch, "redo", (state) => canRedo(state.drawing));
  for (const program of ["curl", "python", "javascript"]) enable(watch, program, (state) => state.sent !== null);
  const button = part("pen", HTMLButtonElement);
  const eraser = part("eraser", HTMLButtonElement);
  const pad = part("pad", HTMLCanvasElement);
  watch((state) => state.pen, (pen) => {
    pad.dataset.pen = pen;
    eraser.setAttribute("aria-pressed", String(pen === "eraser"));
    if (pen === "eraser") return;
    button.dataset.pen = pen;
    button.title = penName(pen);
    button.setAttribute("aria-label", button.title);
  });
  const command = part("command", HTMLTextAreaElement);
  watch((state) => state.command, (text) => {
    command.hidden = text === null;
    command.value = text ?? "";
    if (text !== null) command.select();
  });
  const needed = part("needed", HTMLElement);
  watch((state) => state.needed?.name ?? null, (name) => {
    hide(needed, name === null, part("python", HTMLElement));
    within(needed, "span", HTMLElement).textContent = name === null ? "" : readsFile(name);
  });
  const message = part("copied", HTMLElement);
  watch((state) => state.copied, (copied) => {
    message.textContent = copied ? COPIED : "";
  });
  const chooser = part("camera", HTMLElement).parentElement;
  watch((state) => state.hasCamera, (offered) => void chooser?.classList.toggle("offered", offered));
  // This is not part of views/figures.js, because loading that module may be what failed.
  const figures = part("show-figures", HTMLButtonElement);
  const { textContent: figuresName } = figures;
  const figuresProblem = part("figures-problem", HTMLElement);
  watch(({ figuresProblem: problem, figuresOpen }) => (problem !== null ? RETRY : figuresOpen ? HIDE_FIGURES : figuresName), (text) => {
    figures.textContent = text;
  });
  watch((state) => state.figuresProblem, (sentence) => {
    figuresProblem.textContent = sentence ?? "";
  });
  const drop = part("drop", HTMLElement);
  watch((state) => state.dragging, (dragging) => {
    drop.hidden = !dragging;
  });
}

/**
 * Does not use `disabled`, because a disabled button loses the keyboard focus.
 * @param {Watch} watch
 * @param {string} name
 * @param {(state: State) => boolean} isEnabled
 */
function enable(watch, name, isEnabled) {
  const button = part(name, HTMLButtonElement);
  watch(isEnabled, (enabled) => button.setAttribute("aria-disabled", String(!enabled)));
}

/** @param {Watch} watch */
export function showTheme(watch) {
  const button = part("theme", HTMLButtonElement);
  const word = within(button, ".word", HTMLElement);
  watch((state) => state.preferences.theme, (theme) => {
    for (const element of document.querySelectorAll("[data-theme]")) {
      if (!(element instanceof HTMLElement)) continue;
      const own = element.dataset.theme;
      element.setAttribute("media", theme === "auto" ? `(prefers-color-scheme: ${own})` : theme === own ? "all" : "not all");
    }
    word.textContent = THEMES[theme];
    button.title = THEMES[theme];
  });
}

export function showLanguage() {
  const button = part("language", HTMLButtonElement);
  button.lang = OTHER_LANGUAGE.code;
  within(button, ".word", HTMLElement).textContent = OTHER_LANGUAGE.name;
}

/** When the sheet and the reading are side by side. The stylesheet has the same query. */
export const SIDE_BY_SIDE = "(min-width: 60rem), (min-width: 34rem) and (orientation: landscape)";
/** When the writing arm lies on the screen: a large one that is touched. */
const TABLET = "(min-width: 44rem) and (min-height: 36rem) and (pointer: coarse)";

/**
 * Places the reading by moving elements, not by styling. The tab order and screen readers follow what is visible.
 * @param {Watch} watch
 */
export function showHand(watch) {
  const hand = part("hand", HTMLButtonElement);
  const [main, drawing, reading, tools, editing, choosing] =
    ["main", "drawing", "reading", "tools", "editing", "choosing"].map((name) => part(name, HTMLElement));
  const [sideBySide, tablet] = [SIDE_BY_SIDE, TABLET].map((query) => matchMedia(query));
  let left = false;

  function place() {
    const first = isReadingFirst({ left, sideBySide: sideBySide.matches, tablet: tablet.matches }) ? reading : drawing;
    if (main.firstElementChild === first) return;
    main.dataset.first = first === reading ? "reading" : "drawing";
    // Moving the sheet would end a stroke, so the reading moves.
    keepFocus(reading, () => (first === reading ? main.prepend(reading) : drawing.after(reading)));
  }

  for (const query of [sideBySide, tablet]) query.addEventListener("change", place);
  watch((state) => state.preferences.hand, (preferred) => {
    left = preferred === "left";
    document.documentElement.dataset.hand = preferred;
    hand.setAttribute("aria-pressed", String(left));
    tools.append(...(left ? [choosing, editing] : [editing, choosing]));
    place();
  });
}

/**
 * A mouse leaves the screen free, so the sheet comes first, or second for the left hand. On a tablet, the reading is where the
 * arm is not: on the other side, or above the sheet. On a phone, it is below the sheet.
 * @param {{ left: boolean, sideBySide: boolean, tablet: boolean }} situation
 */
function isReadingFirst({ left, sideBySide, tablet }) {
  if (tablet) return !sideBySide || !left;
  return sideBySide && left;
}
