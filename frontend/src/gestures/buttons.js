import { part } from "../views/parts.js";

/** @param {import("../actions.js").Actions} actions */
export function listenToButtons(actions) {
  on("undo", actions.undo);
  on("redo", actions.redo);
  on("clear", actions.clear);
  on("again", actions.askAgain);
  addEventListener("online", actions.askAgain);
}

/**
 * @param {string} name
 * @param {() => void} action
 */
function on(name, action) {
  part(name, HTMLButtonElement).addEventListener("click", action);
}
