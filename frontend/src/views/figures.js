import { formatNumber, formatPercent } from "../language.js";
import { FIGURES } from "../text/figures.js";
import { newSpan, part } from "./dom.js";

/** @typedef {{ name: string, count: number, shares: readonly (number | null)[] }} Measured shares in the order of the columns */

/**
 * How well the model reads, from its card.
 * @param {Watch} watch
 */
export function showFigures(watch) {
  const button = part("show-figures", HTMLButtonElement);
  const root = part("figures", HTMLElement);
  watch((state) => state.card, (card) => {
    root.replaceChildren(...(card ? [newNote(FIGURES.lead), ...tablesOf(card), newNote(FIGURES.note(card.name, card.version))] : [newNote(FIGURES.loading)]));
  });
  watch((state) => state.figuresOpen, (open) => {
    root.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  });
}

/** @param {any} card of the model */
function tablesOf({ figures = [], numbers = [], refusals = [] }) {
  /** @type {Measured[]} */
  const digits = figures.map((/** @type {any} */ one) => ({ name: one.data, count: one.pictures, shares: [1 - one.error_percent / 100, 1 - (one.uncertain + one.rejected) / one.pictures] }));
  /** @type {Measured[]} */
  const whole = numbers.map((/** @type {any} */ one) => ({ name: one.data, count: one.pages, shares: [one.right_percent / 100, one.accepted_percent / 100] }));
  /** @type {Measured[]} */
  const others = refusals.map((/** @type {any} */ one) => ({ name: one.data, count: one.pictures, shares: [1 - one.accepted_percent / 100] }));
  return [
    newTable(FIGURES.digits, [FIGURES.right, FIGURES.sure], digits),
    newTable(FIGURES.numbers, [FIGURES.right, FIGURES.sure], whole),
    newTable(FIGURES.others, [FIGURES.refused], others),
  ].filter((table) => table !== null);
}

/**
 * @param {string} title
 * @param {readonly string[]} columns
 * @param {readonly Measured[]} rows
 * @returns {HTMLTableElement | null} null without rows
 */
function newTable(title, columns, rows) {
  if (rows.length === 0) return null;
  const table = document.createElement("table");
  table.className = "figures";
  table.createCaption().textContent = title;
  const head = table.createTHead().insertRow();
  for (const text of [FIGURES.pictures, FIGURES.count, ...columns]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = text;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of rows) body.append(newRow(row));
  return table;
}

/** @param {Measured} measured */
function newRow({ name, count, shares }) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.lang = "en"; // the card is in English
  head.textContent = name;
  row.append(head);
  row.insertCell().textContent = formatNumber(count);
  for (const share of shares) {
    const cell = row.insertCell();
    if (share === null) continue;
    const bar = newSpan("level", "");
    bar.style.setProperty("--share", String(share));
    cell.append(newSpan("value", formatPercent(share)), bar);
  }
  return row;
}

/** @param {string} text */
function newNote(text) {
  const note = document.createElement("p");
  note.textContent = text;
  return note;
}
