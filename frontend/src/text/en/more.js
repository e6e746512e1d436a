/** Texts about readings that are explained, corrected and listed, and about several files. */

import { textOf } from "../../state/numbers.js";
import { formatConfidence } from "../../state/reading.js";
import { sentenceForProblem, withArticle } from "./page.js";

// --- corrections and history ---

/** @param {Correction} label */
export function savedAs(label) {
  if (typeof label === "number") return `Corrected to ${withArticle(label)}.`;
  return `Corrected to ${label === "none" ? LABELS.none : label}.`;
}

export const LABELS = Object.freeze({ none: "not a digit", cancel: "Cancel", typed: "Whole number", digitsOnly: "Digits only, with spaces between several numbers", save: "Save" });

/** Of a correction, not of a stroke. */
export const UNDO = "Undo";

/** @param {boolean} isNumber whether one of several digits is corrected */
export function howToCorrect(isNumber) {
  return isNumber ? "Choose the wrong digit, then the right one." : "Choose the right digit.";
}

/** @param {number} count */
export function saveCorrections(count) {
  return `Save ${corrections(count)}`;
}

/** @param {number} count */
export function confirmClear(count) {
  return `Delete your ${count === 1 ? "correction" : corrections(count)} too?`;
}

/** @param {number} count */
function corrections(count) {
  return count === 1 ? "1 correction" : `${count} corrections`;
}

/**
 * What a screen reader says about an entry of the history.
 * @param {string} name
 * @param {Entry} entry
 */
export function entryName(name, { reading, label }) {
  const text = textOf(reading);
  const digit = text ? `${text}, ${formatConfidence(reading)}` : "no digit";
  const unsure = reading.status === "uncertain" ? ", uncertain" : "";
  return `Open ${name}: read as ${digit}${unsure}${label === null ? "" : `, corrected to ${label === "none" ? LABELS.none : label}`}`;
}

/** @param {Correction} label */
export function entryLabel(label) {
  return `You: ${label === "none" ? LABELS.none : label}`;
}

// --- the network's input ---

export const EXPLANATION = Object.freeze({
  pending: "Working out the explanation…",
  none: "The explanation appears when a digit is read.",
});

/** @param {number} digit */
export function whyNot(digit) {
  return `Why not ${withArticle(digit)}?`;
}

/** @param {number | null} digit */
export function legendOf(digit) {
  const subject = digit === null ? "the digit" : withArticle(digit);
  return { for: `for ${subject}`, against: `against ${subject}` };
}

/** @param {boolean} lightOnDark */
export function polarity(lightOnDark) {
  return `Here, the ink is ${lightOnDark ? "lighter" : "darker"} than the background.`;
}

/** @param {Reading | null} reading */
export function stepResult(reading) {
  const text = textOf(reading);
  return reading && text ? `${text}: ${formatConfidence(reading)}` : "–";
}

// --- several files ---

export const UNREAD = Object.freeze({ waiting: "Waiting…", stopped: "Not read" });
export const UNSURE = ", uncertain";
export const RETRY = "Retry";

/** @param {number} count */
export function tableTitle(count) {
  return countOf(count, "file");
}

/** @param {number} count */
export function tableLink(count) {
  return `← ${tableTitle(count)}`;
}

/** @param {number} count */
export function backToTable(count) {
  return `Back to the table of ${countOf(count, "file")}`;
}

/** @param {number} count */
export function retryAll(count) {
  return `Retry ${countOf(count, "file")}`;
}

/** @param {number} count */
export function readTheRest(count) {
  return `Read the other ${count}`;
}

/** @param {string} name */
export function retryName(name) {
  return `Retry ${name}`;
}

/**
 * How far the reading of several files has come. It changes with each request, not with each file.
 * @param {FileTable} table
 * @param {{ total: number, done: number, read: number }} counts
 */
export function sentenceForTable({ reading, problem, retryIn }, { total, done, read }) {
  if (problem) return sentenceForProblem(problem, retryIn);
  if (reading) return done === 0 ? `I'm reading ${countOf(total, "file")}…` : `I've read ${done} of ${total} so far…`;
  if (done < total) return `Stopped after ${done} of ${total}.`;
  if (read === total) return `I've read all ${total}.`;
  return `I've read ${read} of ${total}. ${total - read === 1 ? "One has" : `${total - read} have`} a problem.`;
}

/** @param {number} count @param {string} what */
function countOf(count, what) {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
