import { isWay } from "../cursor.js";
import { part } from "../views/parts.js";

/** @typedef {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">} Press */

/**
 * @param {Press} press
 * @returns {"undo" | "redo" | "clear" | null}
 */
export function meaningOf({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  if (altKey) return null;
  const command = ctrlKey || metaKey;
  const letter = key.toLowerCase();
  if (command && letter === "z") return shiftKey ? "redo" : "undo";
  if (ctrlKey && letter === "y") return "redo";
  return !command && (key === "Escape" || key === "Delete") ? "clear" : null;
}

/**
 * The keyboard's pen, while the sheet has the focus.
 * @param {import("../actions.js").Actions} actions
 */
export function listenToCursor(actions) {
  const pad = part("pad", HTMLCanvasElement);
  /** @type {Set<string>} */
  const held = new Set();
  pad.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey, repeat } = event;
    if (ctrlKey || metaKey || altKey) return;
    if (isWay(key)) {
      held.add(key);
      actions.moveCursor(held, shiftKey);
    } else if (key === " " || key === "Enter") {
      if (!repeat) actions.turnCursor();
    } else return;
    // Otherwise the page scrolls.
    event.preventDefault();
  });
  pad.addEventListener("keyup", ({ key }) => held.delete(key));
  pad.addEventListener("blur", () => {
    held.clear();
    actions.leaveCursor();
  });
}

/** @param {import("../actions.js").Actions} actions */
export function listenToKeys(actions) {
  addEventListener("keydown", (event) => {
    const meaning = meaningOf(event);
    if (!meaning || event.defaultPrevented || isField(event.target)) return;
    event.preventDefault();
    actions[meaning]();
  });
}

/** @param {EventTarget | null} target */
function isField(target) {
  return target instanceof HTMLElement && target.matches("input:not([type=file]), textarea, select, [contenteditable]");
}
