import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPercent } from "../src/language.js";
import { formatConfidence, inUnitsOfTheSheet, runnerUp, toBars, toReading } from "../src/state/reading.js";
import { readingOf } from "./doubles.js";

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

test("a complete response is parsed", () => {
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
    explained: null,
    legend: null,
    numbers: null,
    duration: null,
  });
});

test("the runner-up is the most likely other digit, also of a rejected picture", () => {
  const probabilities = [0.05, 0.1, 0, 0, 0.5, 0, 0, 0.35, 0, 0];
  assert.deepEqual(runnerUp({ digit: 4, probabilities }), 7);
  assert.deepEqual(runnerUp({ digit: null, probabilities }), 7);
  assert.deepEqual(runnerUp({ digit: 7, probabilities }), 4);
  assert.equal(runnerUp({ digit: null, probabilities: null }), null);
});

test("a blank response has no digit, no probabilities and no box", () => {
  const blank = { ...BODY, status: "rejected", reason: "blank", digit: null, confidence: null, probabilities: null, input: { box: null, image: null } };
  const { status, reason, digit, probabilities, box, square } = toReading(blank) ?? {};
  assert.deepEqual([status, reason, digit, probabilities, box, square], ["rejected", "blank", null, null, null, null]);
});

test("a response without the input is a reading", () => {
  for (const input of [undefined, null, {}]) {
    assert.equal(toReading({ ...BODY, input })?.digit, 7);
  }
});

test("invalid parts are ignored", () => {
  const reading = toReading({ ...BODY, probabilities: [1, 2], input: { box: [1, 2, "x", 4], image: "https://elsewhere.example/a.png" } });
  assert.deepEqual([reading?.probabilities, reading?.box, reading?.square], [null, null, null]);
});

test("anything else is not a reading", () => {
  for (const body of [null, "seven", 7, [], {}, { ...BODY, status: "fine" }, { ...BODY, digit: 12 }, { ...BODY, digit: "7" }]) {
    assert.equal(toReading(body), null);
  }
});

test("an explanation must be a picture", () => {
  assert.equal(toReading({ ...BODY, explanation: { image: "data:image/png;base64,BB==" } })?.explanation, "data:image/png;base64,BB==");
  assert.equal(toReading({ ...BODY, explanation: { image: "https://elsewhere.example/a.png" } })?.explanation, null);
});

test("the box is in pixels of the original, even if a smaller picture was sent", () => {
  const reading = toReading(BODY);
  assert.equal(inUnitsOfTheSheet(reading, 1), reading);
  assert.deepEqual(inUnitsOfTheSheet(reading, 0.5).box, [204, 122, 176, 280]);
  const blank = { ...reading, box: null };
  assert.equal(inUnitsOfTheSheet(blank, 0.5), blank);
});

const NAMES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "none"];

test("there are always eleven bars: ten digits, and none", () => {
  for (const reading of [null, readingOf(3), readingOf(null, { status: "rejected", probabilities: null })]) {
    assert.deepEqual(toBars(reading).map((bar) => bar.digit), NAMES);
  }
});

for (const [title, more] of [
  ["certainly one digit", {}],
  ["perhaps not a digit", { notADigit: 0.3 }],
  ["perhaps several digits", { notADigit: 0.1, severalDigits: 0.25 }],
]) {
  test(`the bars add up to 1, and the winner's is the confidence: ${title}`, () => {
    const probabilities = [0, 0.01, 0.02, 0, 0.07, 0, 0, 0.9, 0, 0];
    const reading = readingOf(7, { probabilities, ...more });
    const bars = toBars(reading);
    assert.ok(Math.abs(bars.reduce((sum, bar) => sum + bar.share, 0) - 1) < 1e-9);
    assert.deepEqual([bars[7].share, bars[7].percent, bars[7].winner], [reading.confidence, formatConfidence(reading), true]);
    assert.equal(bars[10].share, (more.notADigit ?? 0) + (more.severalDigits ?? 0));
    assert.ok(bars.every((bar) => Number(bar.value) === bar.share));
  });
}

test("for a rejection, none is the winner", () => {
  const reading = readingOf(null, { status: "rejected", probabilities: readingOf(7).probabilities, notADigit: 0.98 });
  const bars = toBars(reading);
  assert.deepEqual(bars.filter((bar) => bar.winner).map((bar) => bar.digit), ["none"]);
  assert.ok(bars.slice(0, 10).every((bar) => bar.share < 0.02));
});

test("unknown shares are empty, not 0%", () => {
  for (const reading of [null, readingOf(null, { status: "rejected", reason: "blank", probabilities: null })]) {
    assert.ok(toBars(reading).every((bar) => bar.percent === "" && bar.value === ""));
  }
});

test("shares are limited to 0..1", () => {
  const bars = toBars(readingOf(1, { probabilities: [-0.2, 1.2, 0, 0, 0, 0, 0, 0, 0, 0] }));
  assert.deepEqual([bars[0].share, bars[1].share], [0, 1]);
});

for (const [share, text] of [[0, "0.0%"], [0.0004, "0.0%"], [0.0123, "1.2%"], [0.5, "50.0%"], [0.9991, "99.9%"], [0.9996, "99.9%"], [0.99996, "99.9%"], [1, "99.9%"]]) {
  test(`${share} is shown as ${text}`, () => assert.equal(formatPercent(share), text));
}

test("a confidence above 0 is never shown as 0.0%", () => {
  assert.deepEqual([0.0001, 0, 0.0123].map((confidence) => formatConfidence({ confidence })), ["0.1%", "0.0%", "1.2%"]);
});
