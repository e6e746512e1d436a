import { toHash } from "../state/link.js";
import { MODES } from "../text/share.js";
import { newButton, part } from "./dom.js";

/**
 * Shows the page as on a projector, or as in a frame of another page. What differs is in modes.css.
 * @param {Watch} watch
 */
export function showMode(watch) {
  const root = document.documentElement;
  const bar = document.createElement("div");
  bar.className = "mode-bar";
  const [clear, leave, open] = [newChoice("clear-presented", MODES.clear), newChoice("leave", MODES.leave), newLink()];
  /** @type {Record<Mode, HTMLElement[]>} */
  const parts = { present: [clear, leave], embed: [open] };
  const places = { present: part("drawing", HTMLElement), embed: part("main", HTMLElement) };
  watch((state) => state.mode, (mode) => {
    const left = mode === null && bar.contains(document.activeElement);
    if (mode) {
      root.dataset.mode = mode;
      loadStyle();
      bar.replaceChildren(...parts[mode]);
      places[mode].append(bar);
    } else {
      delete root.dataset.mode;
      bar.remove();
    }
    if (left) part("share", HTMLElement).focus();
  });
  // The whole page opens with the same drawing.
  watch((state) => (state.mode === "embed" && !state.drawing.active ? state.drawing.strokes : null), (strokes) => {
    if (strokes) open.href = `./${toHash(strokes) ?? ""}`;
  });
}

/** Before the first paint, before-paint.js does the same. */
function loadStyle() {
  if (document.querySelector('link[href="modes.css"]')) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "modes.css";
  document.head.append(link);
}

/**
 * @param {string} name of the part
 * @param {string} word
 */
function newChoice(name, word) {
  const button = newButton();
  button.className = "quiet";
  button.dataset.part = name;
  button.textContent = word;
  return button;
}

function newLink() {
  const link = document.createElement("a");
  link.dataset.part = "whole-page";
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = MODES.open;
  return link;
}
