import { toPercent } from "../bars.js";
import { marked, nameOf } from "../history.js";
import { part } from "./parts.js";
import { pixelsOf, thumbOf } from "./thumb.js";

/** @typedef {import("../history.js").Entry} Entry */

/** @param {import("../state.js").Watch} watch */
export function showHistory(watch) {
  const section = part("history", HTMLElement);
  const list = part("entries", HTMLElement);
  const save = part("save-marked", HTMLButtonElement);
  /** @type {Map<Entry, HTMLLIElement>} */
  let items = new Map();

  watch((state) => state.history, (history) => {
    section.hidden = history.length === 0;
    // Entries never change: what is shown already is kept, and with it the keyboard's focus.
    items = new Map(history.map((entry) => [entry, items.get(entry) ?? newItem(entry)]));
    const newestFirst = [...items.values()].reverse();
    newestFirst.forEach((item, at) => {
      if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
    });
    while (list.children.length > newestFirst.length) list.lastElementChild?.remove();
    const count = marked(history).length;
    save.hidden = count === 0;
    save.textContent = `Save ${count} marked ${count === 1 ? "picture" : "pictures"}`;
  });
}

/** @param {Entry} entry */
function newItem(entry) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.entry = String(entry.id);
  button.dataset.tone = entry.reading.status;
  button.setAttribute("aria-label", `Show again: ${nameOf(entry)}, ${inWords(entry)}`);
  button.append(pictureOf(entry), newText("digit", entry.reading.digit === null ? "–" : String(entry.reading.digit)), newText("percent", shareOf(entry)));
  if (entry.truth !== null) button.append(newText("mark", `you: ${entry.truth === "none" ? "none" : entry.truth}`));
  const item = document.createElement("li");
  item.append(button);
  return item;
}

/** @param {Entry} entry */
function pictureOf({ sheet, reading }) {
  return sheet.picture && reading.square ? pixelsOf(reading.square) : thumbOf(sheet.strokes);
}

/** @param {Entry} entry */
function shareOf({ reading: { digit, probabilities } }) {
  return digit === null || !probabilities ? "" : toPercent(probabilities[digit]);
}

/** @param {Entry} entry */
function inWords(entry) {
  const { digit, status } = entry.reading;
  const read = digit === null ? "no digit" : `${status === "uncertain" ? "perhaps " : ""}${digit}, ${shareOf(entry)}`;
  return entry.truth === null ? `read as ${read}` : `read as ${read}, marked as ${entry.truth}`;
}

/**
 * @param {string} name
 * @param {string} text
 */
function newText(name, text) {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  return span;
}
