/** All texts of the game. */

import { isRead, longestStreak, plainText, rightIn, taskOf } from "../../state/rounds.js";
import { guessOf } from "../../state/numbers.js";
import { isGuess } from "../../state/store.js";
import { isBlank } from "../../state/drawing.js";
import { sentenceForProblem } from "./page.js";

export const TITLE = "Play";
export const CLOSE = "Close";
/** Escape, which clears the sheet otherwise, ends the game. */
export const CLEAR = "Clear (Delete)";
export const SKIP = "Skip";
export const RETRY = "Retry";
export const NO = "No, skip it";
export const AGAIN = "Play again";
export const OTHER = "Another game";
export const SAVE = "Save picture";
export const UNDO = "Undo";
export const CLOCK = "Against the clock";
export const INTRODUCTION = "You draw, I read. Choose a game.";
export const CLOCK_NOTE = "Without the clock, take all the time you like. Only rounds against the clock can be your best.";
export const SAVING_NOTE = "Keep a drawing only if it really is what was asked. It is then listed under “This visit” with your other corrections.";

/** @type {Readonly<Record<GameMode, { name: string, rule: string }>>} */
export const MODES = Object.freeze({
  digits: { name: "Draw me a 7", rule: "Ten digits in 60 seconds." },
  numbers: { name: "Draw me 407", rule: "Five longer numbers in 90 seconds." },
  fool: { name: "Fool me", rule: "Four digits that a person can read, but I can't. 90 seconds." },
});

/** @param {string} text @returns {string} with its article, if it is a digit */
function a(text) {
  return text.length === 1 ? `${text === "8" ? "an" : "a"} ${text}` : text;
}

// --- tasks ---

/**
 * What comes before the digit or number that is asked.
 * @param {GameMode} mode
 * @param {string} task
 */
export function leadOf(mode, task) {
  const lead = mode === "fool" ? "Fool me with" : "Draw me";
  return task.length === 1 ? `${lead} ${task === "8" ? "an" : "a"}` : lead;
}

/**
 * @param {number} done
 * @param {number} count
 */
export function progress(done, count) {
  return `${Math.min(done + 1, count)} of ${count}`;
}

/** @param {number} count */
export function streak(count) {
  return count > 1 ? `${count} in a row` : "";
}

/** @param {number} points */
export function bestSoFar(points) {
  return points > 0 ? `best ${points}%` : "";
}

/** @param {number} seconds */
export function clockFace(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @param {number} seconds */
export function timeLeft(seconds) {
  return `${seconds} seconds left`;
}

/** @param {number} points */
export function fooledBy(points) {
  return `Fooled: ${points}%`;
}

/** @param {string} task */
export function confirmation(task) {
  return `A person would read ${a(task)}`;
}

// --- what the reader says ---

/** @typedef {"idle" | "right" | "uncertain" | "problem"} PlayTone */

/**
 * One sentence about the clock, or about what is on the sheet.
 * @param {State} state
 * @returns {{ text: string, tone: PlayTone }}
 */
export function sentenceForPlay(state) {
  const { game, problem, retryIn, slow, recognizing, reading, drawing } = state;
  if (!game?.mode) return { text: "", tone: "idle" };
  if (game.phase === "shown" && game.verdict) return { text: verdictOf(game.verdict, game.mode), tone: "right" };
  if (game.phase === "asking") return { text: `Time's up. Would a person still read ${a(taskOf(game) ?? "")}?`, tone: "idle" };
  if (state.offline) return { text: `You're offline. ${waits(game)}`, tone: "problem" };
  if (problem) return { text: `${sentenceForProblem(problem, retryIn)} ${waits(game)}`, tone: "problem" };
  if (slow && recognizing) return { text: `I'm still reading. ${waits(game)}`, tone: "idle" };
  if (isBlank(drawing)) return { text: sentenceForBlank(game), tone: "idle" };
  if (isGuess(state) || recognizing || !reading) return { text: sentenceForGuess(guessOf(reading)), tone: "idle" };
  const read = sentenceForRead(reading, game.mode, taskOf(game) ?? "");
  return game.timed && game.waiting ? { ...read, text: `${read.text} ${GOES_ON}` } : read;
}

const GOES_ON = "The clock goes on with your next stroke.";

/** @param {Game} game */
function waits({ timed }) {
  return timed ? "The clock waits." : "";
}

/** @param {Game} game */
function sentenceForBlank({ timed, waiting, clock, turns }) {
  if (!timed) return turns.length === 0 ? "Take your time." : "";
  if (!waiting) return "";
  return clock.elapsed === 0 ? "The clock starts with your first stroke." : GOES_ON;
}

/** @param {string} guess */
function sentenceForGuess(guess) {
  return guess ? `Looks like ${a(guess)} so far…` : "I'm reading as you draw.";
}

/**
 * @param {Reading} reading
 * @param {GameMode} mode
 * @param {string} task
 * @returns {{ text: string, tone: PlayTone }}
 */
function sentenceForRead(reading, mode, task) {
  const text = plainText(reading);
  const isIt = text === task;
  if (mode === "fool") return { text: sentenceForFooled(reading, task), tone: "idle" };
  if (!text) return { text: "I can't read that yet. Add to it, or clear it.", tone: "uncertain" };
  if (isIt && !isRead(reading, task)) return { text: `Probably ${a(text)}, but I'm not sure. Make it clearer.`, tone: "uncertain" };
  const unsure = reading.status === "uncertain";
  return { text: `${unsure ? "Perhaps" : "Looks like"} ${a(text)}. Add to it, or clear it.`, tone: "uncertain" };
}

/**
 * @param {Reading} reading
 * @param {string} task
 */
function sentenceForFooled(reading, task) {
  const text = plainText(reading);
  if (!text) return "I can't read a digit there.";
  if (text !== task) return reading.status === "accepted" ? `That's ${a(text)} to me.` : `Perhaps ${a(text)}.`;
  return reading.status === "accepted" ? `That's clearly ${a(text)}.` : `Probably ${a(text)}, but I'm not sure.`;
}

/**
 * @param {Turn} turn
 * @param {GameMode} mode
 */
function verdictOf({ asked, points, outcome }, mode) {
  if (mode !== "fool") return `That's ${a(asked)}.`;
  if (outcome === "skipped") return "Fair enough.";
  if (points === 100) return "You fooled me.";
  return points >= 50 ? "You nearly fooled me." : "I saw through it.";
}

// --- the results ---

/** @param {number} milliseconds */
export function inSeconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * @param {GameMode} mode
 * @param {Best} best
 */
export function bestResult(mode, best) {
  return `Best: ${mode === "fool" ? `${best.score}%` : `${best.score} of ${best.of} in ${inSeconds(best.took)}`}`;
}

/** @param {Game} game */
export function resultTitle(game) {
  if (game.mode !== "fool") return `${rightIn(game)} of ${game.tasks.length}`;
  const points = Math.max(0, ...game.turns.map((turn) => turn.points));
  return points === 0 ? "Not fooled" : `Fooled: ${points}%`;
}

/** @param {Game} game */
export function resultNote(game) {
  const run = longestStreak(game);
  const took = game.turns.reduce((sum, turn) => sum + turn.took, 0);
  return [
    game.isBest ? "Your best so far." : "",
    game.mode === "fool" ? "" : `It took ${inSeconds(took)}.`,
    game.mode !== "fool" && run > 1 ? `${run} in a row.` : "",
  ].filter(Boolean).join(" ");
}

/** @param {Turn} turn */
export function askedIn({ asked }) {
  return `Asked: ${asked}`;
}

/**
 * What became of a drawing.
 * @param {Turn} turn
 */
export function outcomeOf({ outcome, reading, points, sheet }) {
  if (outcome === "drawn") return `${readAs(reading)}, ${points}%`;
  if (isBlank(sheet)) return outcome === "late" ? "Out of time" : "Skipped";
  return readAs(reading);
}

/** @param {Reading | null} reading */
function readAs(reading) {
  if (!reading) return "Not read";
  const text = plainText(reading);
  if (!text) return "No digit read";
  return `Read: ${text}${reading.status === "uncertain" ? "?" : ""}`;
}

/**
 * Asks before a drawing is kept. Only the player knows what it is.
 * @param {Correction} label
 */
export function keepAs(label) {
  return `Keep as ${a(String(label))}?`;
}

/** @param {Correction} label */
export function keptAs(label) {
  return `Kept as ${a(String(label))}.`;
}

export const PICTURE_TITLE = "Digits";
