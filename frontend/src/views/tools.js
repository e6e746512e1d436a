import { canRedo, canUndo } from "../strokes.js";
import { part } from "./parts.js";

/** @param {import("../state.js").Watch} watch */
export function showTools(watch) {
  enable(watch, "undo", (state) => canUndo(state.drawing));
  enable(watch, "redo", (state) => canRedo(state.drawing));
  enable(watch, "curl", (state) => state.sent !== null);
  const pen = part("pen", HTMLButtonElement);
  watch((state) => state.pen, (now) => {
    pen.dataset.pen = now;
    pen.title = `Pen: ${now}`;
    pen.setAttribute("aria-label", `Pen: ${now}. Take another`);
  });
  const command = part("command", HTMLTextAreaElement);
  watch((state) => state.command, (words) => {
    command.hidden = words === null;
    command.value = words ?? "";
    if (words !== null) command.select();
  });
  const copied = part("copied", HTMLElement);
  watch((state) => state.copied, (words) => {
    copied.textContent = words ?? "";
  });
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
