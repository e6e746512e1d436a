import assert from "node:assert/strict";
import { test } from "node:test";
import { toBests } from "../src/bests.js";
import { correctionFor, ended, isBetter, longestStreak, newGame, newRound, newTasks, pointsFor, rightIn, shouldRun, streakOf, taskOf, timeLeft, withTurn } from "../src/state/rounds.js";
import { elapsedOn, newClock, started, stopped } from "../src/state/stopwatch.js";
import { newState } from "../src/state/store.js";
import { readingOf, rejected, strokeOf, uncertain } from "./doubles.js";

const SHEET = { strokes: [strokeOf({ x: 0.1, y: 0.1 })], picture: null };
const SENT = { content: [], scale: 1, explained: false, numbers: false };

/** Random numbers that are the same each time (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function round(mode, bests = {}) {
  return newRound(newGame({ drawing: newState().drawing, explaining: false, overlaid: false, tableOpen: false }, bests), mode, seeded(1));
}

function turnOf(outcome, more = {}) {
  return { outcome, sheet: SHEET, reading: null, sent: null, points: 0, ...more };
}

function after(game, ...outcomes) {
  return outcomes.reduce((played, outcome) => withTurn(played, turnOf(outcome), 0), game);
}

function numbersOf(...texts) {
  const numbers = texts.map((text) => ({ status: "accepted", text, confidence: 0.9, digits: [...text].map((digit) => ({ digit: Number(digit) })) }));
  return readingOf(null, { numbers, status: "accepted" });
}

test("a round of digits asks for each digit once, in an order that the seed decides", () => {
  const tasks = newTasks("digits", seeded(5));
  assert.deepEqual([...tasks].sort(), [..."0123456789"]);
  assert.deepEqual(newTasks("digits", seeded(5)), tasks);
  assert.notDeepEqual(newTasks("digits", seeded(6)), tasks);
});

test("numbers have two to four digits, no leading zero and no digit twice in a row, and none comes twice", () => {
  for (let seed = 0; seed < 200; seed++) {
    const tasks = newTasks("numbers", seeded(seed));
    assert.ok(tasks.length >= 5);
    assert.equal(new Set(tasks).size, tasks.length);
    for (const task of tasks) assert.match(task, /^(?!.*(\d)\1)[1-9]\d{1,3}$/);
  }
});

test("digits that are to fool the reader differ", () => {
  const tasks = newTasks("fool", seeded(3));
  assert.ok(tasks.length >= 3 && tasks.length <= 5);
  assert.equal(new Set(tasks).size, tasks.length);
});

test("a clock counts only while it runs", () => {
  const running = started(newClock(), 1000);
  assert.equal(elapsedOn(running, 4000), 3000);
  const still = stopped(running, 4000);
  assert.equal(elapsedOn(still, 9000), 3000);
  assert.equal(elapsedOn(started(still, 9000), 9500), 3500);
  assert.equal(elapsedOn(started(running, 2000), 4000), 3000, "a clock that runs can't be started again");
});

test("without the clock there is no end of time", () => {
  const game = { ...round("digits"), clock: started(newClock(), 0) };
  assert.equal(timeLeft(game, 59_000), 1000);
  assert.equal(timeLeft(game, 99_000), 0);
  assert.equal(timeLeft({ ...game, timed: false }, 99_000), Infinity);
});

test("the clock runs neither before the first stroke nor while the player can't do anything", () => {
  const playing = { ...newState(), game: { ...round("digits"), waiting: false } };
  assert.equal(shouldRun(playing), true);
  assert.equal(shouldRun({ ...playing, game: round("digits") }), false);
  assert.equal(shouldRun({ ...playing, game: { ...playing.game, away: true } }), false);
  assert.equal(shouldRun({ ...playing, game: { ...playing.game, phase: "shown" } }), false);
  assert.equal(shouldRun({ ...playing, offline: true }), false);
  assert.equal(shouldRun({ ...playing, problem: { kind: "unavailable" } }), false);
  assert.equal(shouldRun({ ...playing, slow: true, recognizing: true }), false);
});

test("a drawing that was cleared neither ends the task nor the streak, a skipped one does both", () => {
  const game = round("digits");
  assert.equal(taskOf(after(game, "right", "misread")), game.tasks[1]);
  assert.equal(taskOf(after(game, "right", "skipped")), game.tasks[2]);
  assert.equal(streakOf(after(game, "right", "misread", "right")), 2);
  assert.equal(streakOf(after(game, "right", "skipped", "right")), 1);
  assert.equal(longestStreak(after(game, "right", "right", "skipped", "right")), 2);
  assert.equal(rightIn(after(game, "right", "late", "right")), 2);
});

test("a turn takes what the clock counted", () => {
  let game = { ...round("digits"), clock: started(newClock(), 0) };
  game = withTurn(game, turnOf("right"), 2000);
  game = withTurn(game, turnOf("right"), 5000);
  assert.deepEqual(game.turns.map(({ took }) => took), [2000, 3000]);
});

test("the less sure the reader is, the more points", () => {
  const sure = pointsFor(readingOf(7), "7");
  const unsure = pointsFor(uncertain(7, { 7: 0.6, 1: 0.4 }, { confidence: 0.6 }), "7");
  const other = pointsFor(uncertain(1, { 7: 0.1, 1: 0.9 }, { confidence: 0.9 }), "7");
  assert.ok(sure < unsure && unsure < other && other < 100, [sure, unsure, other].join());
  assert.equal(pointsFor(readingOf(1), "7"), 100, "most for a sure reading of something else");
  assert.equal(pointsFor(numbersOf("42"), "7"), 100);
  assert.ok(pointsFor(rejected("not_a_digit"), "7") < 100);
});

test("what was misread can be corrected, as a digit or digit by digit", () => {
  const turn = { asked: "7", reading: readingOf(1), sent: SENT };
  assert.equal(correctionFor(turn), 7);
  assert.equal(correctionFor({ ...turn, reading: readingOf(7) }), null);
  assert.equal(correctionFor({ ...turn, reading: null }), null);
  assert.equal(correctionFor({ ...turn, reading: rejected("not_a_digit") }), 7);
  assert.equal(correctionFor({ ...turn, reading: rejected("blank") }), null);
  assert.equal(correctionFor({ ...turn, asked: "407", reading: numbersOf("401") }), "407");
  assert.equal(correctionFor({ ...turn, asked: "407", reading: numbersOf("4", "01") }), "4 07");
  assert.equal(correctionFor({ ...turn, asked: "407", reading: numbersOf("41") }), null, "nobody knows which digit is which");
  assert.equal(correctionFor({ ...turn, asked: "407", reading: readingOf(4) }), null);
});

test("a better score is better, and with the same score less time is", () => {
  assert.ok(isBetter({ score: 5, of: 10, took: 9 }, undefined));
  assert.ok(!isBetter({ score: 0, of: 10, took: 9 }, undefined));
  assert.ok(isBetter({ score: 6, of: 10, took: 9 }, { score: 5, of: 10, took: 1 }));
  assert.ok(isBetter({ score: 5, of: 10, took: 8 }, { score: 5, of: 10, took: 9 }));
  assert.ok(!isBetter({ score: 5, of: 10, took: 9 }, { score: 5, of: 10, took: 9 }));
});

test("only a round against the clock can be the best", () => {
  const game = after(round("digits"), "right");
  assert.equal(ended(game, 0).bests.digits.score, 1);
  assert.ok(ended(game, 0).isBest);
  assert.deepEqual(ended({ ...game, timed: false }, 0).bests, {});
  assert.ok(!ended({ ...game, bests: { digits: { score: 9, of: 10, took: 1 } } }, 0).isBest);
});

test("stored results that make no sense are ignored", () => {
  const best = { score: 5, of: 10, took: 100 };
  assert.deepEqual(toBests({ digits: best, numbers: { score: "5" }, fool: null, other: best }), { digits: best });
  assert.deepEqual(toBests(null), {});
  assert.deepEqual(toBests("nonsense"), {});
});
