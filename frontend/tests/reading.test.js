import assert from "node:assert/strict";
import { test } from "node:test";
import { inPixelsOf, sumOfTimings, toReading } from "../src/reading.js";

const BODY = {
  status: "accepted",
  reason: null,
  digit: 7,
  confidence: 0.9891,
  probabilities: [0, 0.0001, 0.0002, 0, 0.0001, 0, 0, 0.9991, 0, 0.0005],
  not_a_digit: 0.01,
  several_digits: 0,
  input: { box: [102, 61, 88, 140], light_on_dark: false, image: "data:image/png;base64,AA==" },
  model: { name: "digits", version: "1" },
};

test("a full answer is read in full", () => {
  assert.deepEqual(toReading(BODY), {
    status: "accepted",
    reason: null,
    digit: 7,
    confidence: 0.9891,
    notADigit: 0.01,
    severalDigits: 0,
    probabilities: BODY.probabilities,
    box: [102, 61, 88, 140],
    lightOnDark: false,
    square: "data:image/png;base64,AA==",
    explanation: null,
    legend: null,
    timing: null,
  });
});

test("a blank answer has neither digit nor probabilities nor box", () => {
  const blank = { ...BODY, status: "rejected", reason: "blank", digit: null, confidence: null, probabilities: null, input: { box: null, image: null } };
  const { status, reason, digit, probabilities, box, square } = toReading(blank) ?? {};
  assert.deepEqual([status, reason, digit, probabilities, box, square], ["rejected", "blank", null, null, null, null]);
});

test("an answer without its input is still a reading", () => {
  for (const input of [undefined, null, {}]) {
    assert.equal(toReading({ ...BODY, input })?.digit, 7);
  }
});

test("parts that make no sense are left out", () => {
  const reading = toReading({ ...BODY, probabilities: [1, 2], input: { box: [1, 2, "x", 4], image: "https://elsewhere.example/a.png" } });
  assert.deepEqual([reading?.probabilities, reading?.box, reading?.square], [null, null, null]);
});

test("what is no reading is not taken for one", () => {
  for (const body of [null, "seven", 7, [], {}, { ...BODY, status: "fine" }, { ...BODY, digit: 12 }, { ...BODY, digit: "7" }]) {
    assert.equal(toReading(body), null);
  }
});

test("an explanation is taken where there is one, and only as a picture", () => {
  assert.equal(toReading({ ...BODY, explanation: { image: "data:image/png;base64,BB==" } })?.explanation, "data:image/png;base64,BB==");
  assert.equal(toReading({ ...BODY, explanation: { image: "https://elsewhere.example/a.png" } })?.explanation, null);
});

test("the durations of Server-Timing are added up, described or not", () => {
  for (const [header, sum] of [
    ["decode;dur=1.5, normalize;dur=0.5, model;dur=2", 4],
    ['cache;desc="a; b";dur=2.25', 2.25],
    ["miss", null],
    ["", null],
    [null, null],
  ]) {
    assert.equal(sumOfTimings(header), sum, String(header));
  }
});

test("a box is told in the pixels of the picture that was given, also where a smaller one was sent", () => {
  const reading = toReading(BODY);
  assert.equal(inPixelsOf(reading, 1), reading);
  assert.deepEqual(inPixelsOf(reading, 0.5).box, [204, 122, 176, 280]);
  const blank = { ...reading, box: null };
  assert.equal(inPixelsOf(blank, 0.5), blank);
});

test("an older server, which knows only digits, is believed to be sure that there is one", () => {
  const { not_a_digit, several_digits, ...older } = BODY;
  const { confidence, notADigit, severalDigits } = toReading({ ...older, confidence: undefined });
  assert.deepEqual([confidence, notADigit, severalDigits], [0.9991, 0, 0]);
});
