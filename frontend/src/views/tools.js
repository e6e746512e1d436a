import { canRedo, canUndo } from "../strokes.js";
import { part } from "./parts.js";

/** @param {import("../state.js").Watch} watch */
export function showTools(watch) {
  enable(watch, "undo", (state) => canUndo(state.drawing));
  enable(watch, "redo", (state) => canRedo(state.drawing));
}

/**
 * Not `disabled`: a button that has just been used must not lose the keyboard's focus.
 * @param {import("../state.js").Watch} watch
 * @param {string} name
 * @param {(state: import("../state.js").State) => boolean} possible
 */
function enable(watch, name, possible) {
  const button = part(name, HTMLButtonElement);
  watch(possible, (now) => button.setAttribute("aria-disabled", String(!now)));
}
