import { corrections, entryOf, labelsEachDigit, nameOf } from "../state/history.js";
import { digitsOfText, textOf } from "../state/numbers.js";
import { formatConfidence } from "../state/reading.js";
import { isGuess } from "../state/store.js";
import { LABELS, UNDO, confirmClear, entryLabel, entryName, howToCorrect, saveCorrections, savedAs } from "../text/more.js";
import { hide, newButton, newSpan, part } from "./dom.js";
import { newPixels, newThumbnail } from "./examples.js";

// --- corrections ---

/** @param {Watch} watch */
export function showCorrection(watch) {
  const correct = part("correct", HTMLButtonElement);
  const labels = part("labels", HTMLElement);
  const saved = part("correction", HTMLElement);
  const undo = part("undo-correction", HTMLButtonElement);
  const bars = part("bars", HTMLElement);
  const pad = part("pad", HTMLElement);
  const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => newLabel(String(digit), String(digit)));
  const none = newLabel("none", LABELS.none);
  const cancel = newLabel("cancel", LABELS.cancel);
  const typing = newForm();
  labels.replaceChildren(...digits, none, cancel, typing);
  undo.textContent = UNDO;

  watch((state) => isCorrectable(state), (correctable) => hide(correct, !correctable, undo.hidden ? pad : undo));
  watch(correctionText, (text) => {
    saved.textContent = text;
  });
  watch((state) => entryOf(state.history, state.drawing)?.label ?? null, (label) => {
    hide(undo, label === null, correct.hidden ? pad : correct);
  });
  watch((state) => state.reading?.numbers != null, (isNumber) => {
    none.hidden = isNumber;
  });
  // The labels take the place of the bars, where the pointer is not.
  watch((state) => state.correcting, (correcting) => {
    correct.setAttribute("aria-expanded", String(correcting));
    bars.classList.toggle("covered", correcting);
    hide(labels, !correcting, undo.hidden ? correct : undo);
    typing.reset();
  });
  watch((state) => labelOfShown(state), (label) => {
    for (const button of [...digits, none]) button.setAttribute("aria-pressed", String(button.dataset.label === label));
  });
}

/**
 * Whether what is on the sheet can be corrected. A single digit is corrected once, and then undone first.
 * @param {State} state
 */
function isCorrectable(state) {
  const entry = entryOf(state.history, state.drawing);
  return state.reading !== null && !isGuess(state) && entry !== null && (entry.label === null || entry.reading.numbers !== null);
}

/**
 * @param {State} state
 * @returns {string} what to do, or what was done
 */
function correctionText({ correcting, reading, history, drawing }) {
  if (correcting) return howToCorrect(reading?.numbers != null);
  const label = entryOf(history, drawing)?.label ?? null;
  return label === null ? "" : savedAs(label);
}

/**
 * @param {State} state
 * @returns {string | null} the correction of the digit whose bars are shown
 */
function labelOfShown({ history, drawing, chosen }) {
  const entry = entryOf(history, drawing);
  if (!entry || entry.label === null) return null;
  return labelsEachDigit(entry.reading, entry.label) ? digitsOfText(entry.label)[chosen] : String(entry.label);
}

/**
 * @param {string} label
 * @param {string} text
 */
function newLabel(label, text) {
  const button = newButton();
  button.dataset.label = label;
  button.textContent = text;
  return button;
}

/** @returns {HTMLFormElement} in which the user types the whole number */
function newForm() {
  const form = document.createElement("form");
  const field = document.createElement("input");
  Object.assign(field, { name: "text", inputMode: "numeric", autocomplete: "off", maxLength: 40 });
  Object.assign(field, { pattern: " *[0-9]+( +[0-9]+)* *", placeholder: LABELS.typed, title: LABELS.digitsOnly });
  field.setAttribute("aria-label", LABELS.typed);
  const save = newButton();
  save.type = "submit";
  save.textContent = LABELS.save;
  form.append(field, save);
  return form;
}

/**
 * The browser asks for confirmation when the user leaves with unsaved corrections.
 * @param {Watch} watch
 */
export function confirmLeaving(watch) {
  watch((state) => state.unsaved, (unsaved) => {
    // Only while it is needed: a page with this listener is not kept for the back button.
    if (unsaved) addEventListener("beforeunload", preventDefault);
    else removeEventListener("beforeunload", preventDefault);
  });
}

/** @param {Event} event */
function preventDefault(event) {
  event.preventDefault();
}

// --- history ---

/** @typedef {{ item: HTMLLIElement, button: HTMLButtonElement, entry: Entry | null }} Item */

/** @param {Watch} watch */
export function showHistory(watch) {
  const section = part("history", HTMLElement);
  const list = part("entries", HTMLElement);
  const save = part("save-corrections", HTMLButtonElement);
  const confirmation = part("confirmation", HTMLElement);
  const question = part("confirm-question", HTMLElement);
  const clear = part("clear-history", HTMLButtonElement);
  const pad = part("pad", HTMLElement);
  /** @type {Map<number, Item>} */
  let items = new Map();

  watch((state) => state.history, (history) => {
    hide(section, history.length === 0, pad);
    // Items are reused, which keeps the keyboard focus.
    items = new Map(history.map((entry) => [entry.id, updated(items.get(entry.id) ?? newItem(), entry)]));
    const newestFirst = [...items.values()].map(({ item }) => item).reverse();
    for (const item of [...list.children].filter((one) => !newestFirst.some((kept) => kept === one))) item.remove();
    newestFirst.forEach((item, at) => {
      if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
    });
    const count = corrections(history).length;
    save.hidden = count === 0;
    save.textContent = saveCorrections(count);
    question.textContent = confirmClear(count);
  });
  watch((state) => state.confirmingClear, (confirming) => {
    clear.setAttribute("aria-expanded", String(confirming));
    hide(confirmation, !confirming, section.hidden ? pad : clear);
  });
}

/** @returns {Item} */
function newItem() {
  const button = newButton();
  const item = document.createElement("li");
  item.append(button);
  return { item, button, entry: null };
}

/**
 * @param {Item} shown
 * @param {Entry} entry
 * @returns {Item}
 */
function updated(shown, entry) {
  if (shown.entry === entry) return shown;
  const { item, button } = shown;
  const { sheet, reading, label } = entry;
  button.dataset.entry = String(entry.id);
  button.dataset.tone = reading.status;
  button.setAttribute("aria-label", entryName(nameOf(entry), entry));
  const picture = sheet.picture && reading.square ? newPixels(reading.square) : newThumbnail(sheet.strokes);
  button.replaceChildren(picture, newSpan("digit", textOf(reading) || "–"), newSpan("percent", formatConfidence(reading)));
  if (label !== null) button.append(newSpan("label", entryLabel(label)));
  return { item, button, entry };
}
