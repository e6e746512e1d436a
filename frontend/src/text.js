/** All texts that the scripts show. Static text is in index.html. */

import { textOf } from "./state/numbers.js";
import { formatConfidence, toBars } from "./state/reading.js";

// --- status ---

export const STATUS = Object.freeze({
  ready: "I read what you draw, say how sure I am, and show you what I saw.",
  drawing: "I'm reading as you draw.",
  reading: "I'm still reading.",
  opening: "I'm looking at the picture.",
  offline: "You're offline. I'll keep your work and read it when you're back online.",
});

/** @param {number} seconds until the retry */
export function countdown(seconds) {
  return `${inSeconds(seconds)} left`;
}

// --- readings ---

/** An alternative that is less likely is not mentioned. */
const WORTH_MENTIONING = 0.05;
/** Somebody who is that sure doesn't say "probably". */
const SURE = 0.95;

/**
 * One sentence that says what was read and how certain that is.
 * @param {Reading} reading
 * @param {boolean} [isPicture] whether a picture was read, and not a drawing
 */
export function sentenceForReading(reading, isPicture = false) {
  if (reading.digit === null && !reading.numbers) return sentenceForRejection(reading.reason, isPicture);
  const what = reading.digit === null ? listed(reading) : withArticle(reading.digit);
  const { status, confidence } = reading;
  if (confidence === null) return `${status === "accepted" ? "It's" : "Probably"} ${what}.`;
  const percent = formatConfidence(reading);
  const sure = `I'm ${percent} sure ${(reading.numbers ?? []).length > 1 ? "they're" : "it's"} ${what}`;
  if (status === "accepted") return `${sure}.`;
  if (confidence >= SURE) return `${sure}, but please check.`;
  return `${confidence < 0.5 ? "Perhaps" : "Probably"} ${what} (${percent})${alternativeTo(reading)}.`;
}

/**
 * What it looks like while the user is still writing.
 * @param {string} guess an empty string if there is no guess
 */
export function sentenceForGuess(guess) {
  return guess ? `Looks like ${guess.length === 1 ? withArticle(Number(guess)) : guess} so far…` : STATUS.drawing;
}

/** @param {Reading} reading of numbers */
function listed({ numbers }) {
  const texts = (numbers ?? []).map(({ text }) => text);
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
}

/**
 * What a screen reader says about the answer, which is also a button.
 * @param {string} text
 */
export function answerName(text) {
  return `${text}. ${FRESH_SHEET}`;
}

/** @type {(digit: number, at: number, count: number) => string} */
export const digitName = (digit, at, count) => `${digit}, digit ${at + 1} of ${count}`;

/**
 * @param {string | null} reason
 * @param {boolean} isPicture
 */
function sentenceForRejection(reason, isPicture) {
  if (reason === "blank") return isPicture ? "The picture looks empty." : "The sheet looks empty.";
  if (reason === "several_digits") return "There's more than one digit, but I can't read a number.";
  return "That doesn't look like a digit from 0 to 9.";
}

/** @param {Reading} reading that is uncertain */
function alternativeTo(reading) {
  if (reading.numbers) return "";
  const others = toBars(reading).filter((bar) => !bar.winner);
  const { digit, share, percent } = others.reduce((one, other) => (other.share > one.share ? other : one));
  if (share < WORTH_MENTIONING) return "";
  if (digit !== "none") return `, but it could be ${withArticle(digit)} (${percent})`;
  return `, but it may ${reading.severalDigits > reading.notADigit ? "be more than one digit" : "not be a digit"} (${percent})`;
}

/** @param {number} milliseconds */
export function durationOf(milliseconds) {
  return `Answered in ${Math.max(1, Math.round(milliseconds))} ms.`;
}

/** @param {number} digit */
function withArticle(digit) {
  return digit === 8 ? "an 8" : `a ${digit}`;
}

// --- problems ---

/** @type {Readonly<Record<ProblemKind, string>>} */
const PROBLEMS = {
  unreachable: "I can't reach the server.",
  timeout: "The server took too long to respond.",
  unavailable: "The server is busy.",
  limited: "Too many requests.",
  too_large: "This picture is too large for the server.",
  unsupported: "I can't read this file type.",
  unreadable: "I can't open this picture.",
  lost: "I can't open this file anymore. It may have been moved or changed.",
  malformed: "The server didn't understand the request.",
  broken: "Something went wrong on our side.",
  unintelligible: "The server sent a response that I can't read.",
};

/**
 * @param {Problem} problem
 * @param {number | null} [retryIn] seconds
 */
export function sentenceForProblem(problem, retryIn = null) {
  const what = problem.detail ? withFullStop(problem.detail) : PROBLEMS[problem.kind];
  if (retryIn !== null) return `${what} I'll retry in ${inSeconds(retryIn)}.`;
  if (problem.kind === "broken" && problem.requestId) return `${what} (Request ${problem.requestId}.)`;
  return what;
}

/**
 * Why a picture was refused and is not on the sheet.
 * @param {Problem} problem
 * @param {string} name of the file
 */
export function sentenceForRefusal(problem, name) {
  return problem.kind === "unreadable" ? `I can't open “${shorten(name)}”. It may be damaged.` : sentenceForProblem(problem);
}

/** @param {string} text */
function withFullStop(text) {
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}

/** @param {number} count */
function inSeconds(count) {
  return count === 1 ? "1 second" : `${count} seconds`;
}

// --- files ---

/** A longer name would fill the whole sentence. */
const MAX_NAME = 32;

/** @type {Readonly<Record<"svg" | "notAPicture" | "empty" | "tooLarge", (file: FileInfo, limit?: number) => string>>} */
export const fileErrors = {
  svg: ({ name }) => `“${shorten(name)}” is an SVG file. I need a picture made of pixels, such as a PNG or JPEG.`,
  notAPicture: ({ name, type }) => `“${shorten(name)}” isn't a picture${type ? ` (${type})` : ""}.`,
  empty: ({ name }) => `“${shorten(name)}” is empty (0 bytes).`,
  tooLarge: ({ name, size }, limit = 0) => `“${shorten(name)}” is ${inMegabytes(size)}. The limit is ${inMegabytes(limit)}.`,
};

/** @type {Readonly<Record<FileSource, string>>} */
export const NO_FILE = {
  clipboard: "There is no image on the clipboard.",
  drop: "That isn't a picture I can open.",
};

/**
 * @param {{ name: string, size: number }} picture
 * @param {number} limit
 */
export function tooLargeToSend({ name, size }, limit) {
  return `“${shorten(name)}” is ${inMegabytes(size)}, and this browser can't shrink it. The limit is ${inMegabytes(limit)}.`;
}

/**
 * Shortens a long name in the middle, because its ending is the type of the file.
 * @param {string} name
 */
export function shorten(name) {
  const letters = [...name];
  if (letters.length <= MAX_NAME) return name;
  const half = (MAX_NAME - 1) / 2;
  return `${letters.slice(0, Math.ceil(half)).join("")}…${letters.slice(-Math.floor(half)).join("")}`;
}

/**
 * Rounded up: one byte more than 16 MB is not "16 MB".
 * @param {number} bytes
 */
function inMegabytes(bytes) {
  return `${Math.ceil((bytes / 1024 / 1024) * 10) / 10} MB`;
}

// --- corrections and history ---

/** @param {Correction} label */
export function savedAs(label) {
  if (typeof label === "number") return `Saved as ${withArticle(label)}.`;
  return `Saved as ${label === "none" ? LABELS.none : label}.`;
}

export const LABELS = Object.freeze({ none: "not a digit", cancel: "Cancel" });

/** @param {boolean} isNumber whether one of several digits is corrected */
export function howToCorrect(isNumber) {
  return isNumber ? "Choose the wrong digit, then the right one." : "Choose the right digit.";
}

export const SAVING_FAILED = "I couldn't save your corrections, because the browser no longer has the pictures.";

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
  number: "I can explain a single digit only, not a number.",
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

// --- labels ---

export const BARS = Object.freeze({ none: "not one digit", winner: ", the reading" });
export const FRESH_SHEET = "Start a fresh sheet";
export const PEN_POSITION = Object.freeze({ down: "Pen down.", up: "Pen up." });
export const COPIED = "Copied.";
export const THEMES = Object.freeze({ auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" });

/** @type {Readonly<Record<Exclude<Pen, "eraser">, string>>} */
const PEN_NAMES = Object.freeze({ fine: "fineliner", medium: "felt pen", broad: "marker" });

/** @param {Exclude<Pen, "eraser">} pen */
export function penName(pen) {
  return `Pen: ${PEN_NAMES[pen]}. Change the pen`;
}

/** @param {string} name */
export function pictureAlt(name) {
  return `Your picture: ${name}`;
}

/** @param {string} title */
export function sampleName(title) {
  return `Try ${title}`;
}

/** @type {Readonly<Record<string, string>>} */
export const SAMPLE_TITLES = Object.freeze({
  seven: "a crossed 7",
  one: "a hooked 1",
  four: "an open 4",
  five: "a 5 in two strokes",
  two: "a 2 with a loop",
  nine: "a 9 like a g",
  "print-five": "a 5 that leans like a 6, from MNIST",
  "print-three": "a 3 that is nearly closed, from MNIST",
  "print-six": "a 6 with a large eye, from MNIST",
  pair: "42, a number",
  star: "a star, which isn't a digit",
});

// --- several files ---

export const TABLE_FAILED = "I couldn't load the table for several files. Please try again.";
export const GAME_FAILED = "I couldn't load the game. Please try again.";
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
