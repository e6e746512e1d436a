import { keepFocus, part } from "./parts.js";

/** Where sheet and reading stand side by side, as in the stylesheet. */
const SIDE_BY_SIDE = "(min-width: 60rem), (min-width: 34rem) and (orientation: landscape)";

/**
 * What is mirrored is moved and not only shown elsewhere: there the tabulator and the ear go the way that the eye does.
 * @param {import("../state.js").Watch} watch
 */
export function showHand(watch) {
  const [main, writing, reading, tools, editing, choosing] = ["main", "writing", "reading", "tools", "editing", "choosing"].map((name) => part(name, HTMLElement));
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
  watch((state) => state.choices.hand, (hand) => {
    left = hand === "left";
    document.documentElement.dataset.hand = hand;
    tools.append(...(left ? [choosing, editing] : [editing, choosing]));
    place();
  });
}
