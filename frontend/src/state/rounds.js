/**
 * The rules of the game as data: what is asked, the clock, the turns and their score. All functions return new values, and
 * none knows the time: it is passed in, in milliseconds.
 */

import { isBlank } from "./drawing.js";
import { correct, entryOf, record } from "./history.js";
import { digitsOfText, textOf, withDigit } from "./numbers.js";
import { toBars } from "./reading.js";
import { elapsedOn, newClock, stopped } from "./stopwatch.js";

/** Milliseconds for a whole round. */
export const LIMITS = Object.freeze({ digits: 60_000, numbers: 90_000, fool: 90_000 });

/** The digits of each number that is asked. */
const LENGTHS = [2, 2, 3, 3, 4];
/** Drawings of a round in which the reader is to be fooled. */
const FOOL_TASKS = 4;

/** Points for a drawing that is read as something else without any doubt. */
export const FULL_POINTS = 100;

/** @typedef {() => number} Random 0..1, as Math.random */

/**
 * @param {GameMode} mode
 * @param {Random} random
 * @returns {string[]} what is asked, in order
 */
export function newTasks(mode, random) {
  if (mode === "numbers") return newNumbers(random);
  const digits = shuffled([..."0123456789"], random);
  return mode === "fool" ? digits.slice(0, FOOL_TASKS) : digits;
}

/**
 * Each begins with another digit, and none with 0. No digit is there twice in a row: 11 looks like two strokes of something
 * else, also to people.
 * @param {Random} random
 */
function newNumbers(random) {
  const first = shuffled([..."123456789"], random);
  return LENGTHS.map((length, at) => {
    let text = first[at];
    while (text.length < length) {
      const allowed = [..."0123456789"].filter((digit) => digit !== text.at(-1));
      text += allowed[Math.floor(random() * allowed.length)];
    }
    return text;
  });
}

/**
 * Fisher-Yates.
 * @template T
 * @param {readonly T[]} all
 * @param {Random} random
 * @returns {T[]}
 */
function shuffled(all, random) {
  const result = [...all];
  for (let at = result.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [result[at], result[other]] = [result[other], result[at]];
  }
  return result;
}

/**
 * The game before a round is chosen.
 * @param {Game["before"]} before what the page showed
 * @param {Bests} bests
 * @returns {Game}
 */
export function newGame(before, bests) {
  return { before, bests, mode: null, phase: "choosing", timed: true, tasks: [], turns: [], verdict: null, clock: newClock(), turnBegan: 0, secondsLeft: null, waiting: true, away: false, isBest: false };
}

/**
 * @param {Game} game
 * @param {GameMode} mode
 * @param {Random} random
 * @returns {Game}
 */
export function newRound(game, mode, random) {
  const { before, bests, timed } = game;
  const secondsLeft = timed ? LIMITS[mode] / 1000 : null;
  return { ...newGame(before, bests), timed, mode, phase: "playing", tasks: newTasks(mode, random), secondsLeft };
}

// --- the clock ---

/**
 * @param {Game} game
 * @param {number} now
 * @returns {number} milliseconds; infinitely many without a clock
 */
export function timeLeft({ mode, timed, clock }, now) {
  return mode !== null && timed ? Math.max(0, LIMITS[mode] - elapsedOn(clock, now)) : Infinity;
}

/**
 * The clock runs only while the player can do something: not before the first stroke, not while nobody looks, and not while
 * the reader is what keeps the player waiting.
 * @param {State} state
 */
export function shouldRun({ game, problem, offline, slow, recognizing }) {
  return game !== null && game.phase === "playing" && !game.waiting && !game.away && !problem && !offline && !(slow && recognizing);
}

// --- turns ---

/**
 * @param {Game | null} game
 * @returns {string | null} what is to be drawn
 */
export function taskOf(game) {
  return game?.tasks[game ? doneIn(game) : 0] ?? null;
}

/**
 * How many tasks are done.
 * @param {Game} game
 */
export function doneIn({ turns }) {
  return turns.filter(({ outcome }) => outcome !== "misread").length;
}

/**
 * @param {Game} game
 * @returns {number} how many were read as what was asked
 */
export function rightIn({ turns }) {
  return turns.filter(({ outcome }) => outcome === "right").length;
}

/**
 * @param {Game} game
 * @returns {number} how many were read in a row, up to now
 */
export function streakOf({ turns }) {
  const reversed = turns.filter(({ outcome }) => outcome !== "misread").reverse();
  const end = reversed.findIndex(({ outcome }) => outcome !== "right");
  return end < 0 ? reversed.length : end;
}

/**
 * @param {Game} game
 * @returns {number} the longest streak of the round
 */
export function longestStreak(game) {
  return Math.max(0, ...game.turns.map((_, at) => streakOf({ ...game, turns: game.turns.slice(0, at + 1) })));
}

/**
 * The points of the best drawing that was to fool the reader.
 * @param {Game} game
 */
export function bestPoints({ turns }) {
  return Math.max(0, ...turns.map(({ points }) => points));
}

/**
 * Adds a turn, with the time that it took.
 * @param {Game} game
 * @param {Omit<Turn, "asked" | "took" | "kept">} turn
 * @param {number} now
 * @returns {Game}
 */
export function withTurn(game, turn, now) {
  const elapsed = elapsedOn(game.clock, now);
  const asked = taskOf(game) ?? "";
  return { ...game, turns: [...game.turns, { ...turn, asked, took: elapsed - game.turnBegan, kept: null }], turnBegan: elapsed };
}

/**
 * @param {Game} game
 * @param {number} at the place of the turn
 * @param {number | null} kept the entry of the history, null if it is not kept
 * @returns {Game}
 */
export function withKept(game, at, kept) {
  return { ...game, turns: game.turns.map((turn, place) => (place === at ? { ...turn, kept } : turn)) };
}

// --- readings ---

/**
 * The reading of what is on the sheet, once the pen is up and nothing newer is being read.
 * @param {Pick<State, "drawing" | "recognizing" | "problem" | "reading">} state
 * @returns {Reading | null}
 */
export function finalReading({ drawing, recognizing, problem, reading }) {
  return drawing.active || isBlank(drawing) || recognizing || problem ? null : reading;
}

/**
 * @param {Reading} reading
 * @returns {string} what was read, without spaces between numbers
 */
export function plainText(reading) {
  return digitsOfText(textOf(reading)).join("");
}

/**
 * @param {Reading | null} reading
 * @param {string | null} asked
 */
export function isRead(reading, asked) {
  return reading?.status === "accepted" && plainText(reading) === asked;
}

/**
 * How unsure the reader is: nothing for a sure reading of what was asked, most for a sure reading of something else.
 * @param {Reading} reading
 * @param {string} asked one digit
 * @returns {number} 0..100
 */
export function pointsFor(reading, asked) {
  if (reading.status === "accepted" && plainText(reading) !== asked) return FULL_POINTS;
  const share = reading.numbers ? 0 : (toBars(reading)[Number(asked)]?.share ?? 0);
  return Math.min(FULL_POINTS - 1, Math.max(0, Math.round(100 * (1 - share))));
}

/**
 * The right answer of a turn, as a correction of what was read.
 * @param {Turn} turn
 * @returns {Correction | null} null if it was read right or can't be corrected
 */
export function correctionFor({ asked, reading, sent }) {
  if (!reading || !sent || plainText(reading) === asked || reading.reason === "blank") return null;
  if (!reading.numbers) return asked.length === 1 ? Number(asked) : null;
  const text = textOf(reading);
  if (digitsOfText(text).length !== asked.length) return null;
  return [...asked].reduce((corrected, digit, at) => withDigit(corrected, at, Number(digit)), text);
}

/**
 * @param {Entries} history
 * @param {Turn} turn
 * @returns {Entries | null} null if there is nothing to correct
 */
export function withCorrection(history, turn) {
  const label = correctionFor(turn);
  const { sheet, reading, sent } = turn;
  if (!reading || !sent || label === null) return null;
  const recorded = record(history, { sheet, reading, sent, at: new Date() });
  const entry = entryOf(recorded, sheet);
  return entry && correct(recorded, entry.id, label);
}

// --- best results ---

/**
 * @param {Game} game that is over
 * @returns {Best} how good it was: the score counts first, then the time
 */
export function resultOfRound(game) {
  if (game.mode === "fool") return { score: bestPoints(game), of: FULL_POINTS, took: 0 };
  return { score: rightIn(game), of: game.tasks.length, took: game.turns.reduce((sum, { took }) => sum + took, 0) };
}

/**
 * @param {Best} one
 * @param {Best | undefined} other
 */
export function isBetter(one, other) {
  if (one.score === 0) return false;
  return !other || one.score > other.score || (one.score === other.score && one.took < other.took);
}

/**
 * Ends the round. Only rounds against the clock can be the best.
 * @param {Game} game
 * @param {number} now
 * @returns {Game}
 */
export function ended(game, now) {
  const over = { ...game, phase: /** @type {const} */ ("over"), verdict: null, clock: stopped(game.clock, now), secondsLeft: null };
  if (game.mode === null || !game.timed) return over;
  const result = resultOfRound(over);
  return isBetter(result, game.bests[game.mode]) ? { ...over, bests: { ...game.bests, [game.mode]: result }, isBest: true } : over;
}
