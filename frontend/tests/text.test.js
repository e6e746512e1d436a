import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Problem } from "../src/api/problem.js";
import { shorten } from "../src/language.js";
import { record } from "../src/state/history.js";
import { formatConfidence, toBars } from "../src/state/reading.js";
import { SAMPLES } from "../src/state/samples.js";
import * as more from "../src/text/more.js";
import * as page from "../src/text/page.js";
import { pictureFile, readingOf, rejected, sharesOf, uncertain } from "./doubles.js";

const text = { ...page, ...more };
const A_SENTENCE = /^[A-Z“].{5,}\.$/;
const KINDS = ["unreachable", "timeout", "unavailable", "limited", "too_large", "unsupported", "unreadable", "lost", "malformed", "broken", "unintelligible"];

// --- readings ---

test("an accepted reading is stated without doubt, with the right article", () => {
  for (const digit of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    const sentence = text.sentenceForReading(readingOf(digit));
    assert.match(sentence, new RegExp(`\\b${digit === 8 ? "an" : "a"} ${digit}\\.$`));
    assert.doesNotMatch(sentence, /may|perhaps|probably/i);
  }
});

for (const [title, reading, mentioned] of [
  ["the other digit", uncertain(1, { 1: 0.61, 7: 0.3 }), [/a 1\b/, /a 7\b/]],
  ["an 8 with its article", uncertain(3, { 3: 0.4, 8: 0.35, 5: 0.25 }), [/a 3\b/, /an 8\b/]],
  ["an alternative that is just likely enough", uncertain(4, { 4: 0.94, 9: 0.05 }), [/a 4\b/, /a 9\b/]],
  ["no alternative that is too unlikely", uncertain(4, { 4: 0.95, 9: 0.0499 }), [/^I'm 95\.0% sure it's a 4\b/]],
  ["no alternative if there are no probabilities", uncertain(4, null), [/^\w+ a 4\.$/]],
  ["that it may not be a digit", uncertain(4, { 4: 1 }, { notADigit: 0.3 }), [/a 4\b/, /not be a digit/]],
  ["that there may be more than one", uncertain(4, { 4: 1 }, { severalDigits: 0.3 }), [/a 4\b/, /more than one/]],
]) {
  test(`an uncertain reading mentions ${title}`, () => {
    for (const pattern of mentioned) assert.match(text.sentenceForReading(reading), pattern);
  });
}

test("a digit is only probable if its confidence is at least 50%", () => {
  assert.match(text.sentenceForReading(uncertain(3, { 3: 0.5, 8: 0.5 })), /^Probably/);
  assert.match(text.sentenceForReading(uncertain(3, { 3: 0.4999, 8: 0.3 })), /^Perhaps/);
  assert.match(text.sentenceForReading(uncertain(3, { 3: 1 }, { notADigit: 0.6 })), /^Perhaps/);
});

test("no sentence doubts a number close to 100%", () => {
  const reading = uncertain(7, { 7: 1 });
  assert.equal(formatConfidence(reading), "99.9%");
  assert.doesNotMatch(text.sentenceForReading(reading), /not|may|perhaps/i);
});

test("each reason for a rejection has its own sentence", () => {
  const reasons = ["blank", "not_a_digit", "several_digits"].map(rejected);
  assert.equal(new Set(reasons.map((reading) => text.sentenceForReading(reading))).size, 3);
  for (const reading of reasons) assert.match(text.sentenceForReading(reading), A_SENTENCE);
  assert.notEqual(text.sentenceForReading(rejected("blank"), true), text.sentenceForReading(rejected("blank"), false));
});

test("an unknown reason has a sentence", () => {
  assert.match(text.sentenceForReading(rejected("upside_down")), A_SENTENCE);
});

test("what it looks like while the user writes is said with its article", () => {
  assert.match(text.sentenceForGuess("8"), /\ban 8\b/);
  assert.match(text.sentenceForGuess("42"), /like 42\b/);
  assert.match(text.sentenceForGuess(""), A_SENTENCE);
});

test("a refused picture is named, unless the server says why it is refused", () => {
  assert.match(text.sentenceForRefusal(new Problem("unreadable", { detail: "These 9 bytes." }), "b.png"), /“b\.png”/);
  assert.equal(text.sentenceForRefusal(new Problem("too_large", { detail: "Too large." }), "b.png"), "Too large.");
});

for (const [title, reading] of [
  ["accepted", readingOf(7)],
  ["as certain as possible", readingOf(7, { probabilities: sharesOf({ 7: 1 }) })],
  ["uncertain between two digits", uncertain(1, { 1: 0.61, 7: 0.3 })],
  ["uncertain whether it is a digit", uncertain(7, { 7: 1 }, { notADigit: 0.4 })],
  ["almost impossible", uncertain(7, { 7: 1 }, { notADigit: 0.99995 })],
]) {
  test(`the same number is in the sentence, beside the bar, in the steps and in the history: ${title}`, () => {
    const percent = formatConfidence(reading);
    const [entry] = record([], { sheet: { strokes: [], picture: pictureFile() }, reading, sent: null, at: new Date() });
    assert.match(text.sentenceForReading(reading), new RegExp(`[ (]${percent}[ )]`));
    assert.equal(toBars(reading)[reading.digit].percent, percent);
    assert.ok(text.stepResult(reading).endsWith(` ${percent}`));
    assert.ok(text.entryName("a.png", entry).includes(`, ${percent}`));
    assert.doesNotMatch(percent, /^(100|0)\.0%$/);
  });
}

test("the duration is in whole milliseconds", () => {
  assert.match(text.durationOf(23.6), /\b24 ms/);
  assert.match(text.durationOf(0.2), /\b1 ms/);
});

// --- problems ---

for (const kind of KINDS) {
  test(`a problem without a detail has a sentence: ${kind}`, () => assert.match(text.sentenceForProblem(new Problem(kind)), A_SENTENCE));
}

test("the detail of the server is shown, with a full stop", () => {
  assert.equal(text.sentenceForProblem(new Problem("too_large", { detail: "17 MB is over the limit of 16 MB" })), "17 MB is over the limit of 16 MB.");
  assert.equal(text.sentenceForProblem(new Problem("unreadable", { detail: "Not a picture." })), "Not a picture.");
});

test("a planned retry is announced with its seconds", () => {
  const problem = new Problem("unavailable");
  const plain = text.sentenceForProblem(problem);
  assert.ok(text.sentenceForProblem(problem, 2).startsWith(plain));
  assert.match(text.sentenceForProblem(problem, 2), /retry in 2 seconds\.$/);
  assert.match(text.sentenceForProblem(problem, 1), /retry in 1 second\.$/);
});

test("an internal error of the server contains the ID of the request", () => {
  assert.match(text.sentenceForProblem(new Problem("broken", { requestId: "8f21" })), /\b8f21\b/);
});

// --- files ---

test("a long name is shortened in the middle, without splitting a character beyond 16 bits", () => {
  assert.equal(shorten("a".repeat(32)), "a".repeat(32));
  assert.equal([...shorten("a".repeat(33))].length, 32);
  assert.equal(shorten("😀".repeat(33)), `${"😀".repeat(16)}…${"😀".repeat(15)}`);
});

test("every picture that is too large is named with its size and the limit", () => {
  const file = { name: "a.jpg", type: "image/jpeg", size: 16 * 1024 * 1024 + 1 };
  for (const sentence of [text.fileErrors.tooLarge(file, 16 * 1024 * 1024), text.tooLargeToSend(file, 16 * 1024 * 1024)]) {
    assert.match(sentence, /“a\.jpg”.*16\.1 MB.*\b16 MB/);
  }
});

// --- corrections, history, labels ---

test("a correction is confirmed with its label", () => {
  assert.match(text.savedAs(8), /an 8\.$/);
  assert.match(text.savedAs("none"), /not a digit/);
});

test("corrections are counted", () => {
  assert.match(text.saveCorrections(1), /\b1 correction\b/);
  assert.match(text.confirmClear(1), /\byour correction\b/);
  for (const of of [text.saveCorrections, text.confirmClear]) assert.match(of(2), /\b2 corrections\b/);
});

test("every sample has a title", () => {
  assert.deepEqual(Object.keys(text.SAMPLE_TITLES), SAMPLES.map(({ id }) => id));
});

test("only text/ and index.html contain sentences", () => {
  for (const name of ["actions.js", "review.js", "recognition.js", "batch.js", "views/table.js", "views/answer.js", "views/visit.js", "views/network.js", "views/steps.js", "views/tools.js", "views/sheet.js"]) {
    const code = readFileSync(new URL(`../src/${name}`, import.meta.url), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    assert.doesNotMatch(code, /["`][A-Z][a-z']* [a-z]/, name);
  }
});
