import assert from "node:assert/strict";
import { test } from "node:test";
import { toReading } from "../src/reading.js";

const BODY = {
  status: "accepted",
  reason: null,
  digit: 7,
  confidence: 0.9991,
  probabilities: [0, 0.0001, 0.0002, 0, 0.0001, 0, 0, 0.9991, 0, 0.0005],
  input: { box: [102, 61, 88, 140], light_on_dark: false, image: "data:image/png;base64,AA==" },
  model: { name: "digits", version: "1" },
};

test("a full answer is read in full", () => {
  assert.deepEqual(toReading(BODY), {
    status: "accepted",
    reason: null,
    digit: 7,
    probabilities: BODY.probabilities,
    box: [102, 61, 88, 140],
    square: "data:image/png;base64,AA==",
  });
});

test("a blank answer has neither digit nor probabilities nor box", () => {
  const blank = { ...BODY, status: "rejected", reason: "blank", digit: null, confidence: null, probabilities: null, input: { box: null, image: null } };
  assert.deepEqual(toReading(blank), { status: "rejected", reason: "blank", digit: null, probabilities: null, box: null, square: null });
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
