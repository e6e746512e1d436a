import assert from "node:assert/strict";
import { test } from "node:test";
import { toBars, toPercent } from "../src/bars.js";
import { readingOf } from "./doubles.js";

test("there are ten bars in digit order, also where nothing is known", () => {
  for (const reading of [null, readingOf(3), readingOf(null, { status: "rejected", probabilities: null })]) {
    assert.deepEqual(toBars(reading).map((bar) => bar.digit), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }
});

test("the bars say what the server said", () => {
  const probabilities = [0, 0.0001, 0.0002, 0, 0.0001, 0, 0, 0.9991, 0, 0.0005];
  const bars = toBars(readingOf(7, { probabilities }));
  assert.deepEqual(bars.map((bar) => Number(bar.value)), probabilities);
  assert.equal(bars[7].value, "0.9991");
  assert.equal(bars.reduce((sum, bar) => sum + bar.share, 0).toFixed(6), "1.000000");
});

test("the winner is the digit that the server named; where it named none, none wins", () => {
  assert.deepEqual(toBars(readingOf(7)).filter((bar) => bar.winner).map((bar) => bar.digit), [7]);
  const rejected = readingOf(null, { status: "rejected", probabilities: readingOf(7).probabilities });
  assert.equal(toBars(rejected).some((bar) => bar.winner), false);
});

test("unknown is not nought per cent", () => {
  assert.deepEqual(new Set(toBars(null).map((bar) => bar.percent)), new Set([""]));
});

test("a share outside of 0..1 does not leave the track", () => {
  const bars = toBars(readingOf(1, { probabilities: [-0.2, 1.2, 0, 0, 0, 0, 0, 0, 0, 0] }));
  assert.deepEqual([bars[0].share, bars[1].share], [0, 1]);
});

for (const [share, text] of [[0, "0.0%"], [0.0004, "0.0%"], [0.0123, "1.2%"], [0.5, "50.0%"], [0.9991, "99.9%"], [0.9996, "99.9%"], [0.99996, "100.0%"], [1, "100.0%"]]) {
  test(`${share} is shown as ${text}`, () => assert.equal(toPercent(share), text));
}
