import { canRedo, canUndo } from "../state/drawing.js";
import { COPIED, THEMES, penName, penTitle } from "../text.js";
import { keepFocus, part, within } from "./dom.js";

/** @param {Watch} watch */
export function showTools(watch) {
  enable(watch, "undo", (state) => canUndo(state.drawing));
  enable(watch, "redo", (state) => canRedo(state.drawing));
  enable(watch, "curl", (state) => state.sent !== null);
  const button = part("pen", HTMLButtonElement);
  watch((state) => state.pen, (pen) => {
    button.dataset.pen = pen;
    button.title = penTitle(pen);
    button.setAttribute("aria-label", penName(pen));
  });
  const command = part("command", HTMLTextAreaElement);
  watch((state) => state.command, (text) => {
    command.hidden = text === null;
    command.value = text ?? "";
    if (text !== null) command.select();
  });
  const message = part("copied", HTMLElement);
  watch((state) => state.copied, (copied) => {
    message.textContent = copied ? COPIED : "";
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

/** When the sheet and the reading are side by side. The stylesheet has the same query. */
const SIDE_BY_SIDE = "(min-width: 60rem), (min-width: 34rem) and (orientation: landscape)";

/**
 * Mirrors the page by moving elements, not by styling. The tab order and screen readers follow what is visible.
 * @param {Watch} watch
 */
export function showHand(watch) {
  const hand = part("hand", HTMLButtonElement);
  const [main, drawing, reading, tools, editing, choosing] =
    ["main", "drawing", "reading", "tools", "editing", "choosing"].map((name) => part(name, HTMLElement));
  const sideBySide = matchMedia(SIDE_BY_SIDE);
  let left = false;

  // If one is below the other, the sheet comes first for either hand.
  function place() {
    const first = left && sideBySide.matches ? reading : drawing;
    if (main.firstElementChild === first) return;
    // Moving the sheet would end a stroke, so the reading moves.
    keepFocus(reading, () => (first === reading ? main.prepend(reading) : drawing.after(reading)));
  }

  sideBySide.addEventListener("change", place);
  watch((state) => state.preferences.hand, (preferred) => {
    left = preferred === "left";
    document.documentElement.dataset.hand = preferred;
    hand.setAttribute("aria-pressed", String(left));
    tools.append(...(left ? [choosing, editing] : [editing, choosing]));
    place();
  });
}
