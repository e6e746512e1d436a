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
