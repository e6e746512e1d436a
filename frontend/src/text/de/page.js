/** Texts that the scripts show at first. Same exports as ../en/page.js. */

import { inMegabytes, shorten } from "../../language.js";
import { formatConfidence, toBars } from "../../state/reading.js";

// --- status ---

export const STATUS = Object.freeze({
  ready: "Ich lese, was du zeichnest, sage, wie sicher ich bin, und zeige, was ich gesehen habe.",
  drawing: "Ich lese beim Zeichnen mit.",
  reading: "Ich lese noch.",
  looking: "Ich sehe noch keine Ziffer.",
  opening: "Ich sehe mir das Bild an.",
  offline: "Du bist offline. Ich behalte alles und lese es, sobald du wieder online bist.",
});

/** @param {number} seconds until the retry */
export function countdown(seconds) {
  return `noch ${inSeconds(seconds)}`;
}

// --- readings ---

/** An alternative that is less likely is not mentioned. */
const WORTH_MENTIONING = 0.05;
/** Somebody who is that sure doesn't say "wahrscheinlich". */
const SURE = 0.95;

/**
 * @param {Reading} reading
 * @param {boolean} [isPicture] whether a picture was read, and not a drawing
 */
export function sentenceForReading(reading, isPicture = false) {
  if (reading.digit === null && !reading.numbers) return sentenceForRejection(reading.reason, isPicture);
  const what = reading.digit === null ? listed(reading) : withArticle(reading.digit);
  const { status, confidence } = reading;
  if (confidence === null) return status === "accepted" ? `Das ist ${what}.` : `Wahrscheinlich ${what}.`;
  const percent = formatConfidence(reading);
  const sure = `Zu ${percent} sicher: ${(reading.numbers ?? []).length > 1 ? "Das sind" : "Das ist"} ${what}`;
  if (status === "accepted") return `${sure}.`;
  if (confidence >= SURE) return `${sure}. Bitte prüfe es trotzdem.`;
  return `${confidence < 0.5 ? "Vielleicht" : "Wahrscheinlich"} ${what} (${percent})${alternativeTo(reading)}.`;
}

/** @param {string} guess an empty string if there is no guess */
export function sentenceForGuess(guess) {
  return guess ? `Sieht bisher nach ${guess.length === 1 ? `einer ${guess}` : guess} aus …` : STATUS.drawing;
}

/** @param {Reading} reading of numbers */
function listed({ numbers }) {
  return listOf((numbers ?? []).map(({ text }) => text));
}

/** @param {readonly string[]} items */
export function listOf(items) {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} und ${items.at(-1)}`;
}

/** @param {string} text */
export function answerName(text) {
  return `${text}. ${FRESH_SHEET}`;
}

/** @type {(digit: number, at: number, count: number) => string} */
export const digitName = (digit, at, count) => `${digit}, Ziffer ${at + 1} von ${count}`;

/**
 * @param {string | null} reason
 * @param {boolean} isPicture
 */
function sentenceForRejection(reason, isPicture) {
  if (reason === "blank") return isPicture ? "Das Bild sieht leer aus." : "Das Blatt sieht leer aus.";
  if (reason === "several_digits") return "Da ist mehr als eine Ziffer, aber ich kann keine Zahl lesen.";
  return "Das sieht nicht nach einer Ziffer von 0 bis 9 aus.";
}

/** @param {Reading} reading that is uncertain */
function alternativeTo(reading) {
  if (reading.numbers) return "";
  const others = toBars(reading).filter((bar) => !bar.winner);
  const { digit, share, percent } = others.reduce((one, other) => (other.share > one.share ? other : one));
  if (share < WORTH_MENTIONING) return "";
  if (digit !== "none") return `, es könnte aber auch ${withArticle(digit)} sein (${percent})`;
  return `, aber vielleicht ${reading.severalDigits > reading.notADigit ? "mehr als eine Ziffer" : "keine Ziffer"} (${percent})`;
}

/** @param {number} milliseconds */
export function durationOf(milliseconds) {
  return `Beantwortet in ${Math.max(1, Math.round(milliseconds))} ms.`;
}

/** @param {number} digit */
export function withArticle(digit) {
  return `eine ${digit}`;
}

// --- problems ---

/** @type {Readonly<Record<ProblemKind, string>>} */
const PROBLEMS = {
  unreachable: "Ich erreiche den Server nicht.",
  timeout: "Der Server hat zu lange nicht geantwortet.",
  unavailable: "Der Server ist ausgelastet.",
  limited: "Das waren zu viele Anfragen.",
  too_large: "Dieses Bild ist zu groß für den Server.",
  unsupported: "Diese Art von Datei kann ich nicht lesen.",
  unreadable: "Dieses Bild kann ich nicht öffnen.",
  lost: "Ich kann die Datei nicht mehr öffnen. Vielleicht wurde sie verschoben oder geändert.",
  malformed: "Der Server hat die Anfrage nicht verstanden.",
  broken: "Bei uns ist etwas schiefgegangen.",
  unintelligible: "Der Server hat etwas geantwortet, das ich nicht lesen kann.",
};

/**
 * The server's detail is English, so it is not shown.
 * @param {Problem} problem
 * @param {number | null} [retryIn] seconds
 */
export function sentenceForProblem(problem, retryIn = null) {
  const what = PROBLEMS[problem.kind];
  if (retryIn !== null) return `${what} Nächster Versuch in ${inSeconds(retryIn)}.`;
  if (problem.kind === "broken" && problem.requestId) return `${what} (Anfrage ${problem.requestId}.)`;
  return what;
}

/**
 * @param {Problem} problem
 * @param {string} name of the file
 */
export function sentenceForRefusal(problem, name) {
  return problem.kind === "unreadable" ? `Ich kann „${shorten(name)}“ nicht öffnen. Vielleicht ist die Datei beschädigt.` : sentenceForProblem(problem);
}

/** @param {number} count */
function inSeconds(count) {
  return count === 1 ? "1 Sekunde" : `${count} Sekunden`;
}

// --- files ---

/** @type {Readonly<Record<"svg" | "notAPicture" | "empty" | "tooLarge", (file: FileInfo, limit?: number) => string>>} */
export const fileErrors = {
  svg: ({ name }) => `„${shorten(name)}“ ist eine SVG-Datei. Ich brauche ein Bild aus Pixeln, zum Beispiel PNG oder JPEG.`,
  notAPicture: ({ name, type }) => `„${shorten(name)}“ ist kein Bild${type ? ` (${type})` : ""}.`,
  empty: ({ name }) => `„${shorten(name)}“ ist leer (0 Bytes).`,
  tooLarge: ({ name, size }, limit = 0) => `„${shorten(name)}“ hat ${inMegabytes(size)}. Erlaubt sind ${inMegabytes(limit)}.`,
};

/** @type {Readonly<Record<FileSource, string>>} */
export const NO_FILE = {
  clipboard: "In der Zwischenablage ist kein Bild.",
  drop: "Das ist kein Bild, das ich öffnen kann.",
};

/**
 * @param {{ name: string, size: number }} picture
 * @param {number} limit
 */
export function tooLargeToSend({ name, size }, limit) {
  return `„${shorten(name)}“ hat ${inMegabytes(size)}, und dieser Browser kann es nicht verkleinern. Erlaubt sind ${inMegabytes(limit)}.`;
}

// --- labels ---

export const BARS = Object.freeze({ none: "keine einzelne Ziffer", short: "keine", winner: ", die Lesung" });
/** @type {Readonly<{ name: string, code: "en" | "de" }>} */
export const OTHER_LANGUAGE = Object.freeze({ name: "English", code: "en" });
export const FRESH_SHEET = "Neues Blatt";
export const CLEARED = "Ein neues Blatt. „Zurück“ holt das letzte wieder.";
export const PEN_POSITION = Object.freeze({ down: "Stift aufgesetzt.", up: "Stift abgehoben." });
export const RETRY = "Noch einmal";
export const HIDE_FIGURES = "Zahlen ausblenden";
export const COPIED = "Kopiert.";
export const THEMES = Object.freeze({ auto: "Design: System", light: "Design: hell", dark: "Design: dunkel" });

/** @type {Readonly<Record<Exclude<Pen, "eraser">, string>>} */
const PEN_NAMES = Object.freeze({ fine: "Fineliner", medium: "Filzstift", broad: "Marker" });

/** @param {Exclude<Pen, "eraser">} pen */
export function penName(pen) {
  return `Stift: ${PEN_NAMES[pen]}. Stift wechseln`;
}

/** @param {string} name */
export function pictureAlt(name) {
  return `Dein Bild: ${name}`;
}

/** @param {string} name of the file that a copied program needs */
export function readsFile(name) {
  return `Dieses Programm liest das Bild aus „${shorten(name)}“ in seinem Ordner.`;
}

/** @param {string} title */
export function sampleName(title) {
  return `Beispiel: ${title}`;
}

/** @type {Readonly<Record<string, string>>} */
export const SAMPLE_TITLES = Object.freeze({
  seven: "eine durchgestrichene 7",
  one: "eine 1 mit Haken",
  four: "eine offene 4",
  five: "eine 5 in zwei Strichen",
  two: "eine 2 mit Schleife",
  nine: "eine 9 wie ein g",
  "print-five": "eine 5, schräg wie eine 6, aus MNIST",
  "print-three": "eine fast geschlossene 3, aus MNIST",
  "print-six": "eine 6 mit großem Bauch, aus MNIST",
  pair: "42, eine Zahl",
  star: "ein Stern, also keine Ziffer",
});

// --- failures ---

export const TABLE_FAILED = "Die Tabelle für mehrere Dateien ließ sich nicht laden. Bitte versuche es noch einmal.";
export const LOADING_FAILED = "Ich konnte diesen Teil der Seite nicht laden. Bitte versuche es noch einmal.";
export const SAVING_FAILED = "Ich konnte deine Korrekturen nicht speichern, weil der Browser die Bilder nicht mehr hat.";
