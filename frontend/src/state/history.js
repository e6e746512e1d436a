import { toDataUrl } from "../api/upload.js";
import { isSame } from "./drawing.js";
import { digitsOf, digitsOfText, textOf, withDigit } from "./numbers.js";

/** A longer history would hold many megabytes of photographs. */
export const MAX_ENTRIES = 100;

/** @typedef {Omit<Entry, "id" | "label">} NewEntry */

/**
 * Adds a reading. A drawing that gets another stroke stays one entry, and so does a sheet that is read again. A corrected
 * entry is never replaced.
 * @param {Entries} history
 * @param {NewEntry} read
 * @returns {Entries}
 */
export function record(history, read) {
  const again = entryOf(history, read.sheet);
  if (again) return history.map((entry) => (entry === again ? { ...again, ...read, at: again.at } : entry));
  const last = history.at(-1);
  if (last && last.label === null && isContinued(last.sheet, read.sheet)) return [...history.slice(0, -1), { id: last.id, label: null, ...read }];
  return limited([...history, { id: (last?.id ?? 0) + 1, label: null, ...read }]);
}

/**
 * Removes the oldest entry if there are too many. Corrected entries and the newest one stay.
 * @param {Entries} history
 * @returns {Entries}
 */
function limited(history) {
  if (history.length <= MAX_ENTRIES) return history;
  const oldest = history.findIndex(({ label }, at) => label === null && at < history.length - 1);
  return history.filter((_, at) => at !== oldest);
}

/**
 * Whether the later sheet is the earlier one with more strokes.
 * @param {Sheet} earlier
 * @param {Sheet} later
 */
function isContinued({ strokes: earlier }, { strokes: later }) {
  return earlier.length > 0 && earlier.length < later.length && earlier.every((stroke, at) => stroke === later[at]);
}

/**
 * @param {Entries} history
 * @param {Sheet} sheet
 * @returns {Entry | null}
 */
export function entryOf(history, sheet) {
  return history.find((entry) => isSame(entry.sheet, sheet)) ?? null;
}

/**
 * @param {Entries} history
 * @param {number} id
 * @param {Correction | null} label null removes the correction
 * @returns {Entries}
 */
export function correct(history, id, label) {
  return history.map((entry) => (entry.id === id ? { ...entry, label } : entry));
}

/**
 * @param {Entries} history
 * @param {number} id
 * @returns {Entries}
 */
export function withoutEntry(history, id) {
  return history.filter((entry) => entry.id !== id);
}

/**
 * The correction of an entry after the user gave a label. In a number, the label is for one of its digits.
 * @param {Entry} entry
 * @param {Label} label
 * @param {number} at the place of the digit in a number
 * @returns {Correction | null} null if it is what was read
 */
export function correctionOf({ reading, label: before }, label, at) {
  if (!reading.numbers || label === "none") return label;
  const text = withDigit(labelsEachDigit(reading, before) ? before : textOf(reading), at, label);
  return text === textOf(reading) ? null : text;
}

/**
 * @param {Reading} reading
 * @param {string} typed a digit, a number or several
 * @returns {Correction | null} null if it is the number that was read
 */
export function typedCorrection(reading, typed) {
  const text = typed.trim().replace(/\s+/g, " ");
  if (text.length === 1) return Number(text);
  return text === textOf(reading) ? null : text;
}

/**
 * Whether the correction has a label for each digit that was read, so that no digit is missing or split.
 * @param {Reading} reading
 * @param {Correction | null} label
 * @returns {label is string}
 */
export function labelsEachDigit({ numbers }, label) {
  const read = (numbers ?? []).map(({ text }) => text.length).join();
  return typeof label === "string" && label !== "none" && label.split(" ").map(({ length }) => length).join() === read;
}

/** @param {Entries} history */
export function corrections(history) {
  return history.filter((entry) => entry.label !== null);
}

/** @param {Pick<Entry, "id" | "sheet">} entry */
export function nameOf({ id, sheet }) {
  return sheet.picture ? sheet.picture.name : `drawing-${id}`;
}

// --- files ---

const COLUMNS = ["number", "time", "name", "status", "reason", "digit", "confidence", "not_a_digit", "several_digits", "label", "numbers"];
const DIGIT_COLUMNS = Array.from({ length: 10 }, (_, digit) => `p${digit}`);

export const HEADER = Object.freeze([...COLUMNS, ...DIGIT_COLUMNS]);

/** Without it, spreadsheets do not recognise UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";

/**
 * RFC 4180, with a header.
 * @param {Entries} history
 */
export function toCsv(history) {
  return csvOf(HEADER, history.map((entry) => Object.values(rowOf(entry)).flat()));
}

/**
 * @param {readonly string[]} header
 * @param {readonly (readonly unknown[])[]} rows
 */
export function csvOf(header, rows) {
  return BYTE_ORDER_MARK + [header, ...rows].map((row) => `${row.map(toField).join(",")}\r\n`).join("");
}

/** @param {Entries} history */
export function toJson(history) {
  return `${JSON.stringify({ readings: history.map(rowOf) }, null, 2)}\n`;
}

/**
 * The file that `digits evaluate --corrections` and `digits train --corrections` read.
 * @param {Entries} entries that were corrected
 * @returns {Promise<string>} JSON
 */
export async function toCorrectionsFile(entries) {
  const pictures = (await Promise.all(entries.map(picturesOf))).flat();
  return `${JSON.stringify({ format: "digits-marked", version: 1, pictures }, null, 2)}\n`;
}

/**
 * Each wrong digit of a number is a picture of its own: the square that was read. If digits are missing or split, there are no
 * such squares, and the picture is one of several digits, with its text.
 * @param {Entry} entry
 */
async function picturesOf(entry) {
  const { reading, label } = entry;
  if (!labelsEachDigit(reading, label)) {
    const text = typeof label === "string" && label !== "none" ? { text: label } : {};
    return [{ label: typeof label === "number" ? label : null, ...text, name: nameOf(entry), ...(await contentOf(entry)) }];
  }
  const right = digitsOfText(label).map(Number);
  return digitsOf(reading.numbers).flatMap(({ digit, square }, at) =>
    digit === right[at] || square === null ? [] : [{ label: right[at], name: `${nameOf(entry)}, digit ${at + 1}`, image: square }],
  );
}

/**
 * A drawing is saved as the square that was read, together with its strokes.
 * @param {Entry} entry
 */
async function contentOf({ sent: { content }, reading }) {
  return content instanceof File ? { image: await toDataUrl(content) } : { image: reading.square, strokes: content };
}

/** @param {Pick<Entry, "id" | "at" | "sheet" | "reading" | "label">} entry */
export function rowOf(entry) {
  const { status, reason, digit, confidence, notADigit, severalDigits, numbers } = entry.reading;
  // Those of a number are about its picture as one digit.
  const probabilities = numbers ? null : entry.reading.probabilities;
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
    label: entry.label,
    numbers: numbers && textOf(entry.reading),
    probabilities: probabilities ?? DIGIT_COLUMNS.map(() => null),
  };
}

/** @param {unknown} value */
function toField(value) {
  const text = String(value ?? "");
  // Spreadsheets execute text that begins like this, and the name of a file can be anything.
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
