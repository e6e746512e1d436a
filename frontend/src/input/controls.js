import { isArrow } from "../state/drawing.js";
import { isMenuOpen, part } from "../views/dom.js";

// --- buttons ---

/** @param {Actions} actions */
export function listenToButtons(actions) {
  onClick("undo", actions.undo);
  onClick("redo", actions.redo);
  onClick("clear", actions.clear);
  onClick("answer", actions.freshSheet);
  onClick("retry", actions.retry);
  onClick("pen", actions.nextPen);
  onClick("eraser", actions.toggleEraser);
  onClick("why", actions.toggleExplanation);
  onClick("why-not", actions.toggleRival);
  onClick("toggle-overlay", actions.toggleOverlay);
  for (const program of /** @type {const} */ (["curl", "python", "javascript"])) onClick(program, () => actions.copyRequest(program));
  onClick("save-needed", actions.saveNeeded);
  onClick("correct", actions.toggleCorrecting);
  onClick("undo-correction", () => actions.correct(null));
  onClick("save-csv", actions.saveCsv);
  onClick("save-json", actions.saveJson);
  onClick("save-corrections", actions.saveCorrections);
  onClick("clear-history", actions.clearHistory);
  onClick("confirm-clear", actions.confirmClear);
  onClick("cancel-clear", actions.cancelClear);
  onClick("theme", actions.nextTheme);
  onClick("hand", actions.toggleHand);
  onClick("language", actions.switchLanguage);
  onClickWithin("samples", "sample", actions.openSample);
  onClickWithin("entries", "entry", (id) => actions.openEntry(Number(id)));
  for (const name of ["number", "digit-boxes"]) onClickWithin(name, "at", (at) => actions.chooseDigit(Number(at)));
  onClickWithin("labels", "label", (label) => {
    if (label === "cancel") actions.toggleCorrecting();
    else actions.correct(parseLabel(label));
  });
  part("labels", HTMLElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const text = event.target instanceof HTMLFormElement ? String(new FormData(event.target).get("text")).trim() : "";
    if (text) actions.correctText(text);
  });
  for (const [event, offline] of /** @type {const} */ ([["online", false], ["offline", true]])) {
    addEventListener(event, () => actions.setOffline(offline));
  }
}

/**
 * @param {string} text
 * @returns {Label}
 */
function parseLabel(text) {
  return text === "none" ? text : Number(text);
}

/**
 * @param {string} name
 * @param {() => void} action
 */
function onClick(name, action) {
  part(name, HTMLButtonElement).addEventListener("click", (event) => {
    if (isFirstClick(event) || REPEATABLE.includes(name)) action();
  });
}

/** Buttons that are clicked several times on purpose. */
const REPEATABLE = ["undo", "redo", "pen", "eraser", "why-not", "theme", "hand"];

/**
 * Whether it is not the second click of a double click, which would do something else than the first one.
 * @param {MouseEvent} event
 */
function isFirstClick({ detail }) {
  return detail < 2;
}

/**
 * For buttons, and boxes around digits, that are created later.
 * @param {string} name of the part that contains them
 * @param {string} key of the data attribute that tells them apart
 * @param {(value: string) => void} action
 */
function onClickWithin(name, key, action) {
  part(name, HTMLElement).addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("button, [data-at]") : null;
    const value = target instanceof HTMLElement ? target.dataset[key] : undefined;
    if (value !== undefined && isFirstClick(event)) action(value);
  });
}

// --- keyboard shortcuts ---

/** @typedef {Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">} Press */

/** @param {Actions} actions */
export function listenToShortcuts(actions) {
  addEventListener("keydown", (event) => {
    const action = shortcutOf(event);
    if (!action || event.defaultPrevented || (isField(event.target) && !(action === "escape" && isLabel(event.target))) || isMenuOpen() || isTableOpen()) return;
    event.preventDefault();
    actions[action]();
  });
}

/**
 * @param {Press} press
 * @returns {"undo" | "redo" | "clear" | "escape" | null}
 */
export function shortcutOf(press) {
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
 * On a keyboard without Latin letters, shortcuts are where a Latin keyboard has them.
 * @param {Press} press
 */
function letterOf({ key, code }) {
  return (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();
}

/** There, they would change a sheet that is not visible. */
function isTableOpen() {
  return !part("table", HTMLElement).hidden;
}

/** @param {EventTarget | null} target */
function isField(target) {
  return target instanceof HTMLElement && target.matches("input:not([type=file]), textarea, select, [contenteditable]");
}

/** @param {EventTarget | null} target */
function isLabel(target) {
  return target instanceof HTMLElement && target.closest("[data-part=labels]") !== null;
}

// --- drawing with the keyboard ---

/** @param {Actions} actions */
export function listenToCursor(actions) {
  const pad = part("pad", HTMLCanvasElement);
  /** @type {Set<string>} */
  const held = new Set();
  pad.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey, repeat } = event;
    if (ctrlKey || metaKey || altKey) return;
    if (isArrow(key)) {
      held.add(key);
      actions.moveCursor(held, shiftKey);
    } else if (key === " " || key === "Enter") {
      if (!repeat) actions.toggleCursor();
    } else return;
    // Otherwise the page scrolls.
    event.preventDefault();
  });
  pad.addEventListener("keyup", ({ key }) => held.delete(key));
  pad.addEventListener("blur", () => {
    held.clear();
    actions.hideCursor();
  });
}
