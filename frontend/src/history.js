import { isSame } from "./strokes.js";

/** @typedef {import("./strokes.js").Sheet} Sheet */
/** @typedef {import("./reading.js").Reading} Reading */
/** @typedef {number | "none"} Truth the digit that it is, or that it is none */

/**
 * @typedef {object} Entry what was read, and what the person says that it is
 * @property {number} id counted from 1
 * @property {Date} at
 * @property {Sheet} sheet
 * @property {Reading} reading
 * @property {import("./question.js").Sent} sent the question that this is the answer to
 * @property {Truth | null} truth null where the person has not said
 */

/** @typedef {readonly Entry[]} History the newest last */

/** More would hold many megabytes of photographs. */
export const LONGEST = 100;

/**
 * A sheet that goes on being drawn on stays one entry, and so does one that is read again. What the person has said of an
 * entry is never lost with it.
 * @param {History} history
 * @param {Omit<Entry, "id" | "truth">} read
 * @returns {History}
 */
export function record(history, read) {
  const again = entryOf(history, read.sheet);
  if (again) return history.map((entry) => (entry === again ? { ...again, ...read, at: again.at } : entry));
  const last = history.at(-1);
  if (last && last.truth === null && isEarlier(last.sheet, read.sheet)) return [...history.slice(0, -1), { id: last.id, truth: null, ...read }];
  return shortened([...history, { id: (last?.id ?? 0) + 1, truth: null, ...read }]);
}

/**
 * @param {History} history with one entry more than before
 * @returns {History} without its oldest where it is too long; a marked one stays, and so does the newest
 */
function shortened(history) {
  if (history.length <= LONGEST) return history;
  const oldest = history.findIndex(({ truth }, at) => truth === null && at < history.length - 1);
  return history.filter((_, at) => at !== oldest);
}

/**
 * @param {History} history
 * @param {Sheet} sheet
 * @returns {Entry | null}
 */
export function entryOf(history, sheet) {
  return history.find((entry) => isSame(entry.sheet, sheet)) ?? null;
}

/**
 * @param {History} history
 * @param {number} id
 * @param {Truth | null} truth
 * @returns {History}
 */
export function mark(history, id, truth) {
  return history.map((entry) => (entry.id === id ? { ...entry, truth } : entry));
}

/** @param {History} history */
export function marked(history) {
  return history.filter((entry) => entry.truth !== null);
}

/**
 * What a person calls it.
 * @param {Entry} entry
 */
export function nameOf({ id, sheet }) {
  return sheet.picture ? sheet.picture.name : `drawing-${id}.png`;
}

/** Without it spreadsheets take UTF-8 for the machine's own old encoding. */
const BYTE_ORDER_MARK = "\ufeff";

/**
 * RFC 4180: a line for each entry, the names of the columns first.
 * @param {History} history
 */
export function toCsv(history) {
  const rows = history.map((entry) => Object.values(rowOf(entry)).flat());
  const names = ["number", "time", "name", "status", "reason", "digit", "confidence", "not_a_digit", "several_digits", "marked", ...Array.from({ length: 10 }, (_, digit) => `p${digit}`)];
  return BYTE_ORDER_MARK + [names, ...rows].map((row) => `${row.map(toField).join(",")}\r\n`).join("");
}

/** @param {History} history */
export function toJson(history) {
  return `${JSON.stringify({ readings: history.map(rowOf) }, null, 2)}\n`;
}

/** @param {Entry} entry */
function rowOf(entry) {
  const { status, reason, digit, confidence, probabilities, notADigit, severalDigits } = entry.reading;
  return {
    number: entry.id,
    time: entry.at.toISOString(),
    name: nameOf(entry),
    status,
    reason,
    digit,
    confidence,
    not_a_digit: probabilities && notADigit,
    several_digits: probabilities && severalDigits,
    marked: entry.truth,
    probabilities: probabilities ?? Array.from({ length: 10 }, () => null),
  };
}

/** @param {unknown} value */
function toField(value) {
  const text = String(value ?? "");
  // A file's name is the only text that is not ours, and spreadsheets run what begins like this.
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * @param {Sheet} earlier
 * @param {Sheet} later
 * @returns {boolean} whether nothing but strokes came to it since
 */
function isEarlier({ strokes: earlier }, { strokes: later }) {
  return earlier.length > 0 && earlier.length < later.length && earlier.every((stroke, at) => stroke === later[at]);
}
