/** The table of several files that were opened at once. */

import { isRetryable } from "../api/problem.js";
import { HEADER, csvOf, rowOf } from "./history.js";
import { withNumbers } from "./numbers.js";

/**
 * @param {readonly File[]} files
 * @param {(file: File) => Problem | null} problemOf a file that can't be sent
 * @returns {FileTable}
 */
export function newTable(files, problemOf) {
  const rows = files.map((file, at) => ({ id: at + 1, file, reading: null, problem: problemOf(file), at: null }));
  return { rows, reading: false, problem: null, retryIn: null };
}

/** @param {FileRow} row */
export function isUnread({ reading, problem }) {
  return reading === null && problem === null;
}

/**
 * Whether the row has nothing to show on the sheet: the file itself is the problem.
 * @param {FileRow} row
 */
export function isRefused({ problem }) {
  return problem !== null && !isRetryable(problem);
}

/** @param {FileTable} table */
export function countsOf({ rows }) {
  const unread = rows.filter(isUnread).length;
  const failed = rows.filter(({ problem }) => isRetryable(problem)).length;
  const read = rows.filter(({ reading }) => reading !== null).length;
  return { total: rows.length, done: rows.length - unread, read, unread, failed };
}

/**
 * The rows that another attempt may read.
 * @param {FileTable} table
 */
export function leftOver({ rows }) {
  return rows.filter((row) => isUnread(row) || isRetryable(row.problem));
}

/**
 * @param {readonly FileRow[]} rows
 * @param {ReadonlyMap<number, Reading | Problem | null>} results by the id of the row; null makes a row unread again
 * @param {Date} at
 * @returns {FileRow[]} rows without a result are the same objects
 */
export function withResults(rows, results, at) {
  return rows.map((row) => {
    const result = results.get(row.id);
    if (result === undefined) return row;
    if (result === null) return { ...row, reading: null, problem: null, at: null };
    return "status" in result ? { ...row, reading: result, problem: null, at } : { ...row, reading: null, problem: result, at };
  });
}

/**
 * The readings of single digits, in which there may be numbers, with these numbers.
 * @param {readonly Reading[]} readings
 * @param {readonly (NumberOnSheet[] | Problem)[]} numbers of each
 * @returns {(Reading | Problem)[]}
 */
export function mergeNumbers(readings, numbers) {
  return readings.map((reading, at) => {
    const found = numbers[at];
    return Array.isArray(found) ? withNumbers(reading, found) : found;
  });
}

// --- requests ---

/** The first requests are small, so that the first readings come soon. */
const FIRST = 8;

/**
 * @template R
 * @param {readonly R[]} rows
 * @param {(row: R) => Promise<File | null>} prepare null if the file can't be sent
 * @param {{ files: number, bytes: number }} most in a request
 * @returns {AsyncGenerator<{ row: R, content: File }[]>} the contents of each request
 */
export async function* parcels(rows, prepare, most) {
  /** @type {{ row: R, content: File }[]} */
  let parcel = [];
  let bytes = 0;
  let size = Math.min(FIRST, most.files);
  for (const row of rows) {
    const content = await prepare(row);
    if (!content) continue;
    if (parcel.length === size || (parcel.length > 0 && bytes + content.size > most.bytes)) {
      yield parcel;
      parcel = [];
      bytes = 0;
      size = Math.min(size * 2, most.files);
    }
    parcel.push({ row, content });
    bytes += content.size;
  }
  if (parcel.length > 0) yield parcel;
}

// --- files to save ---

/**
 * The columns of the history, and the problem.
 * @param {FileTable} table
 * @param {(row: FileRow) => string | null} errorOf a row, as a sentence
 */
export function tableToCsv({ rows }, errorOf) {
  return csvOf([...HEADER, "error"], rows.map((row) => Object.values(exported(row, errorOf)).flat()));
}

/**
 * @param {FileTable} table
 * @param {(row: FileRow) => string | null} errorOf a row, as a sentence
 */
export function tableToJson({ rows }, errorOf) {
  return `${JSON.stringify({ readings: rows.map((row) => exported(row, errorOf)) }, null, 2)}\n`;
}

const NO_PROBABILITIES = Object.freeze(Array.from({ length: 10 }, () => null));

/**
 * @param {FileRow} row
 * @param {(row: FileRow) => string | null} errorOf
 */
function exported(row, errorOf) {
  const { id, at, file, reading, problem } = row;
  const sheet = { strokes: [], picture: file };
  if (reading && at) return { ...rowOf({ id, at, sheet, reading, label: null }), error: null };
  const nothing = { digit: null, confidence: null, not_a_digit: null, several_digits: null, label: null, numbers: null };
  const status = problem ? "error" : "unread";
  return { number: id, time: at?.toISOString() ?? null, name: file.name, status, reason: problem?.kind ?? null, ...nothing, probabilities: NO_PROBABILITIES, error: errorOf(row) };
}
