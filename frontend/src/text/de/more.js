/** Texts about readings that are explained, corrected and listed, and about several files. Same exports as ../en/more.js. */

import { textOf } from "../../state/numbers.js";
import { formatConfidence } from "../../state/reading.js";
import { sentenceForProblem, withArticle } from "./page.js";

// --- corrections and history ---

/** @param {Correction} label */
export function savedAs(label) {
  return `Korrigiert: ${named(label)}.`;
}

export const LABELS = Object.freeze({ none: "keine Ziffer", cancel: "Abbruch", typed: "Ganze Zahl", digitsOnly: "Nur Ziffern, mit Leerzeichen zwischen mehreren Zahlen", save: "Speichern" });

/** @param {Correction} label */
function named(label) {
  if (typeof label === "number") return withArticle(label);
  return label === "none" ? LABELS.none : label;
}

/** Of a correction, not of a stroke. */
export const UNDO = "Rückgängig";

/** @param {boolean} isNumber whether one of several digits is corrected */
export function howToCorrect(isNumber) {
  return isNumber ? "Wähle die falsche Ziffer, dann die richtige." : "Wähle die richtige Ziffer.";
}

/** @param {number} count */
export function saveCorrections(count) {
  return `${corrections(count)} speichern`;
}

/** @param {number} count */
export function confirmClear(count) {
  return count === 1 ? "Auch deine Korrektur löschen?" : `Auch deine ${corrections(count)} löschen?`;
}

/** @param {number} count */
function corrections(count) {
  return count === 1 ? "1 Korrektur" : `${count} Korrekturen`;
}

/**
 * @param {string} name
 * @param {Entry} entry
 */
export function entryName(name, { reading, label }) {
  const text = textOf(reading);
  const digit = text ? `gelesen als ${text}, ${formatConfidence(reading)}` : "keine Ziffer gelesen";
  const unsure = reading.status === "uncertain" ? ", unsicher" : "";
  return `${name} öffnen: ${digit}${unsure}${label === null ? "" : `, korrigiert zu ${label === "none" ? LABELS.none : label}`}`;
}

/** @param {Correction} label */
export function entryLabel(label) {
  return `Du: ${label === "none" ? LABELS.none : label}`;
}

// --- the network's input ---

export const EXPLANATION = Object.freeze({
  pending: "Die Erklärung wird berechnet …",
  none: "Die Erklärung erscheint, sobald eine Ziffer gelesen ist.",
});

/** @param {number} digit */
export function whyNot(digit) {
  return `Warum keine ${digit}?`;
}

/** @param {number | null} digit */
export function legendOf(digit) {
  const subject = digit === null ? "die Ziffer" : withArticle(digit);
  return { for: `für ${subject}`, against: `gegen ${subject}` };
}

/** @param {boolean} lightOnDark */
export function polarity(lightOnDark) {
  return `Hier ist die Tinte ${lightOnDark ? "heller" : "dunkler"} als der Hintergrund.`;
}

/** @param {Reading | null} reading */
export function stepResult(reading) {
  const text = textOf(reading);
  return reading && text ? `${text}: ${formatConfidence(reading)}` : "–";
}

// --- several files ---

export const UNREAD = Object.freeze({ waiting: "Wartet …", stopped: "Nicht gelesen" });
export const UNSURE = ", unsicher";
export const RETRY = "Noch einmal";

/** @param {number} count */
export function tableTitle(count) {
  return files(count);
}

/** @param {number} count */
export function tableLink(count) {
  return `← ${files(count)}`;
}

/** @param {number} count */
export function backToTable(count) {
  return `Zurück zur Tabelle mit ${count === 1 ? "1 Datei" : `${count} Dateien`}`;
}

/** @param {number} count */
export function retryAll(count) {
  return `${files(count)} noch einmal lesen`;
}

/** @param {number} count */
export function readTheRest(count) {
  return count === 1 ? "Die letzte lesen" : `Die anderen ${count} lesen`;
}

/** @param {string} name */
export function retryName(name) {
  return `${name} noch einmal lesen`;
}

/**
 * @param {FileTable} table
 * @param {{ total: number, done: number, read: number }} counts
 */
export function sentenceForTable({ reading, problem, retryIn }, { total, done, read }) {
  if (problem) return sentenceForProblem(problem, retryIn);
  if (reading) return done === 0 ? `Ich lese ${files(total)} …` : `Bisher habe ich ${done} von ${total} gelesen …`;
  if (done < total) return `Nach ${done} von ${total} angehalten.`;
  if (read === total) return `Ich habe alle ${total} gelesen.`;
  return `Ich habe ${read} von ${total} gelesen. Bei ${total - read === 1 ? "einer Datei" : `${total - read} Dateien`} gibt es ein Problem.`;
}

/** @param {number} count */
function files(count) {
  return count === 1 ? "1 Datei" : `${count} Dateien`;
}
