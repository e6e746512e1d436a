import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../src/api/problem.js";
import { begin, newDrawing, replace } from "../src/state/drawing.js";
import { countdownFor, sentenceFor, toneOf, toneOfSentence } from "../src/state/status.js";
import { newState } from "../src/state/store.js";
import { STATUS, countdown, sentenceForGuess, sentenceForProblem, sentenceForReading } from "../src/text/page.js";
import { pictureFile, readingOf, rejected, uncertain } from "./doubles.js";

const READING = readingOf(7);

test("while the pen is down there is a guess, and never a refusal", () => {
  const drawing = begin(newDrawing(), { x: 0, y: 0 });
  const refused = rejected("not_a_digit");
  for (const [reading, guess] of [[READING, "7"], [uncertain(1, { 1: 0.6 }), "1"], [{ ...refused, probabilities: READING.probabilities }, "7"], [null, ""]]) {
    const state = { ...newState(), reading, drawing };
    assert.deepEqual([sentenceFor(state), toneOf(state)], [sentenceForGuess(guess), "guess"]);
  }
  assert.equal(toneOf({ ...newState(), reading: refused, writing: true }), "guess", "the next stroke may follow");
  assert.equal(toneOf({ ...newState(), reading: READING, writing: true }), "accepted");
  assert.equal(toneOf({ ...newState(), reading: refused }), "rejected");
});

test("there is nothing new to say while the page waits for a response", () => {
  assert.equal(sentenceFor({ ...newState(), reading: READING, recognizing: true }), null);
  assert.equal(sentenceFor({ ...newState(), reading: READING }), sentenceForReading(READING));
});

test("a new picture is announced at once", () => {
  const picture = pictureFile();
  const drawing = replace(newDrawing(), { strokes: [], picture });
  assert.equal(sentenceFor({ ...newState(), drawing, recognizing: true }), STATUS.opening);
  assert.equal(sentenceFor({ ...newState(), drawing, readPicture: picture, recognizing: true }), null);
});

test("a refused file leaves the reading whole", () => {
  const state = { ...newState(), reading: READING };
  assert.equal(sentenceFor({ ...state, fileError: "Not a picture." }), sentenceForReading(READING));
});

test("the tone matches what is shown", () => {
  assert.equal(toneOf(newState()), "idle");
  assert.equal(toneOf({ ...newState(), reading: uncertain(1, null) }), "uncertain");
  assert.equal(toneOf({ ...newState(), problem: new Problem("unavailable") }), "problem");
  assert.equal(toneOf({ ...newState(), reading: READING, fileError: "No." }), "accepted");
});

test("the tone is idle while the page says that it waits", () => {
  for (const before of [{ problem: new Problem("unavailable") }, { reading: READING }]) {
    assert.equal(toneOfSentence({ ...newState(), ...before, recognizing: true }), null);
    assert.equal(toneOfSentence({ ...newState(), ...before, recognizing: true, slow: true }), "idle");
  }
});

test("the countdown is only shown beside the sentence that announces the retry", () => {
  const state = { ...newState(), problem: new Problem("unreachable"), retryIn: 4, secondsLeft: 2 };
  assert.equal(countdownFor(state), countdown(2));
  assert.notEqual(countdown(2), countdown(1));
  for (const other of [{ secondsLeft: null }, { offline: true }, { recognizing: true }]) {
    assert.equal(countdownFor({ ...state, ...other }), "", JSON.stringify(other));
  }
});

test("a user who is offline reads that, and not that the server is unreachable", () => {
  const problem = new Problem("unreachable");
  const state = { ...newState(), problem, retryIn: 4 };
  assert.equal(sentenceFor(state), sentenceForProblem(problem, 4));
  assert.equal(sentenceFor({ ...state, offline: true }), STATUS.offline);
});

test("what the camera sees may be no digit, unlike what is being drawn", () => {
  const reading = { ...rejected("not_a_digit"), probabilities: [0.9, 0.1, 0, 0, 0, 0, 0, 0, 0, 0] };
  const writing = { ...newState(), reading, drawing: { ...newState().drawing, active: true } };
  assert.match(sentenceFor(writing), /0/);
  const seen = { ...newState(), reading, camera: { status: "live", count: 1, at: 0 } };
  assert.doesNotMatch(sentenceFor(seen), /[0-9]/);
});
