import assert from "node:assert/strict";
import { test } from "node:test";
import { formatConfidence, formatPercent, toBars } from "../src/bars.js";
import { readingOf } from "./doubles.js";

const NAMES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "none"];

test("there are eleven bars, ten digits and none, even if nothing is known", () => {
  for (const reading of [null, readingOf(3), readingOf(null, { status: "rejected", probabilities: null })]) {
    assert.deepEqual(toBars(reading).map((bar) => bar.digit), NAMES);
  }
});

for (const [title, more] of [
  ["one digit for certain", {}],
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

test("under a rejection no digit wins, and none does", () => {
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

test("a share outside of 0..1 does not leave the track", () => {
  const bars = toBars(readingOf(1, { probabilities: [-0.2, 1.2, 0, 0, 0, 0, 0, 0, 0, 0] }));
  assert.deepEqual([bars[0].share, bars[1].share], [0, 1]);
});

for (const [share, text] of [[0, "0.0%"], [0.0004, "0.0%"], [0.0123, "1.2%"], [0.5, "50.0%"], [0.9991, "99.9%"], [0.9996, "99.9%"], [0.99996, "99.9%"], [1, "99.9%"]]) {
  test(`${share} is shown as ${text}`, () => assert.equal(formatPercent(share), text));
}

test("a confidence that is not 0 is never shown as 0.0%", () => {
  assert.deepEqual([0.0001, 0, 0.0123].map((confidence) => formatConfidence({ confidence })), ["0.1%", "0.0%", "1.2%"]);
});
