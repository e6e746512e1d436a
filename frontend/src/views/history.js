import { formatConfidence } from "../bars.js";
import { marked, nameOf } from "../history.js";
import { hide, part } from "./parts.js";
import { pixelsOf, thumbOf } from "./thumb.js";

/** @typedef {import("../history.js").Entry} Entry */
/** @typedef {{ item: HTMLLIElement, button: HTMLButtonElement, entry: Entry | null }} Shown */

/** @param {import("../state.js").Watch} watch */
export function showHistory(watch) {
  const section = part("history", HTMLElement);
  const list = part("entries", HTMLElement);
  const save = part("save-marked", HTMLButtonElement);
  const question = part("forgetting", HTMLElement);
  const asked = part("forgetting-asked", HTMLElement);
  const forget = part("forget", HTMLButtonElement);
  const pad = part("pad", HTMLElement);
  /** @type {Map<number, Shown>} */
  let shown = new Map();

  watch((state) => state.history, (history) => {
    hide(section, history.length === 0, pad);
    // What is shown already is kept, and with it the keyboard's focus.
    shown = new Map(history.map((entry) => [entry.id, updated(shown.get(entry.id) ?? newItem(), entry)]));
    const newestFirst = [...shown.values()].map(({ item }) => item).reverse();
    for (const item of [...list.children].filter((one) => !newestFirst.some((kept) => kept === one))) item.remove();
    newestFirst.forEach((item, at) => {
      if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
    });
    const count = marked(history).length;
    const pictures = count === 1 ? "picture" : "pictures";
    save.hidden = count === 0;
    save.textContent = `Save ${count} marked ${pictures}`;
    asked.textContent = `And the ${count === 1 ? "" : `${count} `}${pictures} that you marked?`;
  });
  watch((state) => state.forgetting, (forgetting) => {
    forget.setAttribute("aria-expanded", String(forgetting));
    hide(question, !forgetting, section.hidden ? pad : forget);
  });
}

/** @returns {Shown} */
function newItem() {
  const button = document.createElement("button");
  button.type = "button";
  const item = document.createElement("li");
  item.append(button);
  return { item, button, entry: null };
}

/**
 * @param {Shown} shown
 * @param {Entry} entry
 * @returns {Shown}
 */
function updated(shown, entry) {
  const { item, button } = shown;
  if (shown.entry === entry) return shown;
  button.dataset.entry = String(entry.id);
  button.dataset.tone = entry.reading.status;
  button.setAttribute("aria-label", `Show again: ${nameOf(entry)}, ${inWords(entry)}`);
  const { digit } = entry.reading;
  button.replaceChildren(pictureOf(entry), newText("digit", digit === null ? "–" : String(digit)), newText("percent", formatConfidence(entry.reading)));
  if (entry.truth !== null) button.append(newText("mark", `you: ${entry.truth}`));
  return { item, button, entry };
}

/** @param {Entry} entry */
function pictureOf({ sheet, reading }) {
  return sheet.picture && reading.square ? pixelsOf(reading.square) : thumbOf(sheet.strokes);
}

/** @param {Entry} entry */
function inWords(entry) {
  const { digit, status } = entry.reading;
  const read = digit === null ? "no digit" : `${status === "uncertain" ? "perhaps " : ""}${digit}, ${formatConfidence(entry.reading)}`;
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
