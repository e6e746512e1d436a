import assert from "node:assert/strict";
import { test } from "node:test";
import { toBars } from "../src/bars.js";
import { Problem } from "../src/problem.js";
import { newState } from "../src/state.js";
import { begin, newDrawing, turnTo } from "../src/strokes.js";
import { certaintyOf, durationOf, remainderFor, sentenceFor, sentenceForProblem, sentenceForReading, sentenceForTruth, toneOf, toneOfSentence } from "../src/words.js";
import { pictureFile, readingOf } from "./doubles.js";

/** Ten probabilities, zero but for those given. */
function shares(given) {
  return Array.from({ length: 10 }, (_, digit) => given[digit] ?? 0);
}

function uncertain(digit, given, more = {}) {
  return readingOf(digit, { status: "uncertain", reason: "low_confidence", probabilities: given && shares(given), ...(given ? {} : { confidence: null }), ...more });
}

function rejected(reason) {
  return readingOf(null, { status: "rejected", reason });
}

for (const [title, reading, sentence] of [
  ["accepted", readingOf(7), "This is a 7."],
  ["an eight takes another article", readingOf(8), "This is an 8."],
  ["zero is a digit as well", readingOf(0), "This is a 0."],
  ["uncertain between two", uncertain(1, { 1: 0.61, 7: 0.3 }), "Probably a 1, perhaps a 7."],
  ["uncertain, and less than half", uncertain(3, { 3: 0.4, 8: 0.35, 5: 0.25 }), "Perhaps a 3, perhaps an 8."],
  ["uncertain with nothing else worth naming", uncertain(4, { 4: 0.96, 9: 0.04 }), "Probably a 4."],
  ["uncertain with a second that is just worth naming", uncertain(4, { 4: 0.95, 9: 0.05 }), "Probably a 4, perhaps a 9."],
  ["uncertain with a second that just is not", uncertain(4, { 4: 0.95, 9: 0.0499 }), "Probably a 4."],
  ["uncertain, and just half", uncertain(3, { 3: 0.5, 8: 0.5 }), "Probably a 3, perhaps an 8."],
  ["uncertain, and just less than half", uncertain(3, { 3: 0.4999, 8: 0.3 }), "Perhaps a 3, perhaps an 8."],
  ["uncertain without probabilities", uncertain(4, null), "Probably a 4."],
  ["perhaps not a digit", uncertain(4, { 4: 1 }, { notADigit: 0.3 }), "Probably a 4, but it may not be a digit."],
  ["perhaps several digits", uncertain(4, { 4: 1 }, { severalDigits: 0.6 }), "Perhaps a 4, but it may be more than one digit."],
  ["blank", rejected("blank"), "The sheet is empty."],
  ["no digit", rejected("not_a_digit"), "I see no digit here."],
  ["several digits", rejected("several_digits"), "I see more than one digit."],
  ["a reason that is not known yet", rejected("upside_down"), "I see no digit here."],
]) {
  test(`a reading in words: ${title}`, () => assert.equal(sentenceForReading(reading), sentence));
}

test("a blank picture is not called a sheet", () => {
  assert.equal(sentenceForReading(rejected("blank"), true), "The picture is empty.");
});

for (const kind of ["unreachable", "slow", "busy", "limited", "too_large", "unsupported", "unreadable", "lost", "malformed", "broken", "unintelligible"]) {
  test(`a problem without words of its own gets a sentence: ${kind}`, () => {
    assert.match(sentenceForProblem(new Problem(kind)), /^[A-Z].{10,}\.$/);
  });
}

test("the server's own sentence is shown, with its full stop", () => {
  assert.equal(sentenceForProblem(new Problem("too_large", { detail: "17 MB is over the limit of 16 MB" })), "17 MB is over the limit of 16 MB.");
  assert.equal(sentenceForProblem(new Problem("unreadable", { detail: "Not a picture." })), "Not a picture.");
});

test("a question that will be asked again says when", () => {
  assert.equal(sentenceForProblem(new Problem("busy", { retryAfter: 2 }), 2), "The server is busy. I will wait 2 seconds and ask again.");
  assert.equal(sentenceForProblem(new Problem("busy", { retryAfter: 1 }), 1), "The server is busy. I will wait a second and ask again.");
  assert.equal(sentenceForProblem(new Problem("busy", { retryAfter: 2 })), "The server is busy.");
});

test("the seconds that are left are counted only beside the sentence that promises them", () => {
  const state = { ...newState(), problem: new Problem("unreachable"), retryIn: 4, left: 2 };
  assert.equal(remainderFor(state), "2 seconds left");
  assert.equal(remainderFor({ ...state, left: 1 }), "1 second left");
  for (const other of [{ left: null }, { refusal: "That is no picture." }, { offline: true }, { asking: true }]) {
    assert.equal(remainderFor({ ...state, ...other }), "", JSON.stringify(other));
  }
});

test("a fault of the server names its request", () => {
  assert.match(sentenceForProblem(new Problem("broken", { requestId: "8f21" })), /\(Request 8f21\.\)$/);
});

test("nothing is said while the pen is down or an answer is awaited", () => {
  const reading = readingOf(7);
  const drawing = begin(newDrawing(), { x: 0, y: 0 });
  assert.equal(sentenceFor({ ...newState(), reading, drawing }), null);
  assert.equal(sentenceFor({ ...newState(), reading, asking: true }), null);
  assert.equal(sentenceFor({ ...newState(), reading }), "This is a 7.");
});

test("a new picture may take a while, and that is said at once", () => {
  const picture = pictureFile();
  const drawing = turnTo(newDrawing(), { strokes: [], picture });
  assert.equal(sentenceFor({ ...newState(), drawing, asking: true }), "I am looking at the picture.");
  assert.equal(sentenceFor({ ...newState(), drawing, readFrom: picture, asking: true }), null);
});

test("waiting has a tone of its own, whatever was said before", () => {
  const problem = new Problem("busy");
  assert.equal(toneOfSentence({ ...newState(), problem }), "problem");
  assert.equal(toneOfSentence({ ...newState(), problem, asking: true }), null);
  assert.equal(toneOfSentence({ ...newState(), problem, asking: true, overdue: true }), "idle");
  assert.equal(toneOfSentence({ ...newState(), reading: readingOf(7), asking: true }), null);
  assert.equal(toneOfSentence({ ...newState(), reading: readingOf(7), asking: true, overdue: true }), "idle");
});

test("a refusal comes before the reading, an aside after it", () => {
  const state = { ...newState(), reading: readingOf(7) };
  assert.equal(sentenceFor({ ...state, refusal: "That is no picture." }), "That is no picture.");
  assert.equal(sentenceFor({ ...state, aside: "I took the first of 3 files." }), "This is a 7. I took the first of 3 files.");
});

test("the tone follows what is said", () => {
  assert.equal(toneOf(newState()), "idle");
  assert.equal(toneOf({ ...newState(), reading: uncertain(1, null) }), "uncertain");
  assert.equal(toneOf({ ...newState(), problem: new Problem("busy") }), "problem");
  assert.equal(toneOf({ ...newState(), reading: readingOf(7), refusal: "No." }), "problem");
});

for (const [title, reading, words] of [
  ["a sure reading has its number", readingOf(7), "I'm 99.1% sure."],
  ["nothing is certain", readingOf(7, { probabilities: shares({ 7: 1 }) }), "I'm 99.9% sure."],
  ["an unsure one has its number, too", uncertain(1, { 1: 0.61, 7: 0.3 }), "I'm 61.0% sure."],
  ["what is refused has a reason", rejected("not_a_digit"), "What is there looks like none of the ten."],
  ["of several digits each can be tried", rejected("several_digits"), "I read one at a time: try them one by one."],
  ["a reason that is not known yet is left out", rejected("upside_down"), ""],
]) {
  test(`the certainty in words: ${title}`, () => assert.equal(certaintyOf(reading), words));
}

test("the certainty is the confidence, which is also the winner's bar", () => {
  const reading = readingOf(7, { probabilities: shares({ 7: 1 }), notADigit: 0.4 });
  assert.equal(certaintyOf(reading), `I'm ${toBars(reading)[7].percent} sure.`);
  assert.equal(toBars(reading)[7].percent, "60.0%");
});

test("how long it took is told in milliseconds, the server's share only where it is known", () => {
  assert.equal(durationOf({ total: 23.6, reading: 3.21 }), "24 ms there and back, 3.2 ms of it reading.");
  assert.equal(durationOf({ total: 1234.5, reading: null }), "1235 ms there and back.");
});

test("what the person says is repeated", () => {
  assert.equal(sentenceForTruth(8), "You say that it is an 8.");
  assert.equal(sentenceForTruth("none"), "You say that it is no digit.");
});

test("who is offline is told that, and not that the server is gone", () => {
  const state = { ...newState(), problem: new Problem("unreachable"), retryIn: 4 };
  assert.match(sentenceFor(state), /cannot reach the server just now\. I will wait 4 seconds and ask again\./);
  assert.match(sentenceFor({ ...state, offline: true }), /You are offline\. Nothing is lost/);
});
