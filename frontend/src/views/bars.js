import { toBars } from "../bars.js";
import { isWaiting } from "../state.js";
import { part } from "./parts.js";

/** @typedef {{ item: HTMLLIElement, percent: HTMLElement, mark: HTMLElement }} Row */

/** @param {import("../state.js").Watch} watch */
export function showBars(watch) {
  const list = part("bars", HTMLElement);
  const rows = toBars(null).map((bar) => newRow(bar.digit));
  list.replaceChildren(...rows.map((row) => row.item));

  watch((state) => state.reading, (reading) => {
    list.dataset.tone = reading?.status ?? "idle";
    toBars(reading).forEach((bar, at) => fill(rows[at], bar));
  });
  watch(isWaiting, (waiting) => void list.classList.toggle("stale", waiting));
}

/**
 * @param {import("../bars.js").Bar["digit"]} digit
 * @returns {Row}
 */
function newRow(digit) {
  const item = document.createElement("li");
  item.dataset.digit = String(digit);
  const track = newSpan("track", "");
  track.setAttribute("aria-hidden", "true");
  track.append(newSpan("fill", ""));
  const percent = newSpan("percent", "");
  const mark = newSpan("spoken", "");
  const name = newSpan("digit", String(digit));
  item.append(name, " ", track, percent, mark);
  if (digit === "none") {
    name.setAttribute("aria-hidden", "true");
    item.prepend(newSpan("spoken", "not one digit"));
  }
  return { item, percent, mark };
}

/**
 * @param {Row} row
 * @param {import("../bars.js").Bar} bar
 */
function fill({ item, percent, mark }, bar) {
  item.dataset.value = bar.value;
  item.classList.toggle("winner", bar.winner);
  item.style.setProperty("--share", bar.value);
  percent.textContent = bar.percent;
  mark.textContent = bar.winner ? ", the reading" : "";
}

/**
 * @param {string} name
 * @param {string} text
 */
function newSpan(name, text) {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  return span;
}
