import { keepFocus, part, within } from "./parts.js";

const NAMES = { auto: "as the system", light: "light", dark: "dark" };

/** Where sheet and reading stand side by side, as in the stylesheet. */
const SIDE_BY_SIDE = "(min-width: 60rem), (min-width: 34rem) and (orientation: landscape)";

/** @param {import("../state.js").Watch} watch */
export function showChoices(watch) {
  const theme = part("theme", HTMLButtonElement);
  const word = within(theme, ".word", HTMLElement);
  watch((state) => state.choices.theme, (chosen) => {
    for (const themed of document.querySelectorAll("[data-theme]")) {
      if (!(themed instanceof HTMLElement)) continue;
      const own = themed.dataset.theme;
      themed.setAttribute("media", chosen === "auto" ? `(prefers-color-scheme: ${own})` : chosen === own ? "all" : "not all");
    }
    word.textContent = NAMES[chosen];
    theme.title = `Colours: ${NAMES[chosen]}`;
  });
  showHand(watch);
}

/**
 * What is mirrored is moved and not only shown elsewhere: there the tabulator and the ear go the way that the eye does.
 * @param {import("../state.js").Watch} watch
 */
function showHand(watch) {
  const hand = part("hand", HTMLButtonElement);
  const [main, writing, reading, tools, editing, choosing] =
    ["main", "writing", "reading", "tools", "editing", "choosing"].map((name) => part(name, HTMLElement));
  const beside = matchMedia(SIDE_BY_SIDE);
  let left = false;

  // One below the other the sheet comes first for either hand.
  function place() {
    const first = left && beside.matches ? reading : writing;
    if (main.firstElementChild === first) return;
    // It is the reading that moves: a stroke would end if the sheet did.
    keepFocus(reading, () => (first === reading ? main.prepend(reading) : writing.after(reading)));
  }

  beside.addEventListener("change", place);
  watch((state) => state.choices.hand, (chosen) => {
    left = chosen === "left";
    document.documentElement.dataset.hand = chosen;
    hand.setAttribute("aria-pressed", String(left));
    tools.append(...(left ? [choosing, editing] : [editing, choosing]));
    place();
  });
}
