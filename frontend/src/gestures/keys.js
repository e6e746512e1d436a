import { isWay } from "../cursor.js";
import { part } from "../views/parts.js";

/** @typedef {Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">} Press */

/**
 * @param {Press} press
 * @returns {"undo" | "redo" | "clear" | "escape" | null}
 */
export function meaningOf(press) {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = press;
  if (altKey) return null;
  if (ctrlKey || metaKey) {
    const letter = letterOf(press);
    if (letter === "z") return shiftKey ? "redo" : "undo";
    return ctrlKey && letter === "y" ? "redo" : null;
  }
  if (key === "Escape") return "escape";
  return key === "Delete" ? "clear" : null;
}

/**
 * Keyboards with other letters than Latin ones have their commands where a Latin one has them.
 * @param {Press} press
 */
function letterOf({ key, code }) {
  return (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();
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
