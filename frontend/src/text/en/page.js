/** Texts that the scripts show at first. Static text is in index.html. */

import { inMegabytes, shorten } from "../../language.js";
import { formatConfidence, toBars } from "../../state/reading.js";

// --- status ---

export const STATUS = Object.freeze({
  ready: "I read what you draw, say how sure I am, and show you what I saw.",
  drawing: "I'm reading as you draw.",
  reading: "I'm still reading.",
  looking: "I don't see a digit yet.",
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
  return listOf((numbers ?? []).map(({ text }) => text));
}

/** @param {readonly string[]} items */
export function listOf(items) {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
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
export function withArticle(digit) {
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

// --- labels ---

export const BARS = Object.freeze({ none: "not one digit", short: "none", winner: ", the reading" });
/** @type {Readonly<{ name: string, code: "en" | "de" }>} */
export const OTHER_LANGUAGE = Object.freeze({ name: "Deutsch", code: "de" });
export const FRESH_SHEET = "Start a fresh sheet";
export const CLEARED = "Here's a fresh sheet. Undo brings the last one back.";
export const PEN_POSITION = Object.freeze({ down: "Pen down.", up: "Pen up." });
export const RETRY = "Retry";
export const HIDE_FIGURES = "Hide the figures";
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

/** @param {string} name of the file that a copied program needs */
export function readsFile(name) {
  return `This program reads the picture from “${shorten(name)}” in its folder.`;
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

// --- failures ---

export const TABLE_FAILED = "I couldn't load the table for several files. Please try again.";
export const SAVING_FAILED = "I couldn't save your corrections, because the browser no longer has the pictures.";
export const LOADING_FAILED = "I couldn't load this part of the page. Please try again.";
