import assert from "node:assert/strict";
import { test } from "node:test";
import { correct, correctionOf, record, toCorrectionsFile, toCsv } from "../src/state/history.js";
import { digitsOf, mayBeNumber, shownReading, textOf, toNumbers, withNumbers } from "../src/state/numbers.js";
import { toBars } from "../src/state/reading.js";
import { sentenceForReading } from "../src/text/page.js";
import { pictureFile, readingOf, sharesOf } from "./doubles.js";
import { A, B, C, draw, newPage } from "./page.js";

const SEVERAL = readingOf(null, { status: "rejected", reason: "several_digits", severalDigits: 0.99, box: [0, 0, 2800, 1400] });

function digitOf(digit, at, more = {}) {
  return { digit, confidence: 0.99, probabilities: sharesOf({ [digit]: 1 }), box: [at * 700, 140, 560, 1400], square: `data:image/png;base64,A${digit}==`, ...more };
}

function numberOf(text, more = {}) {
  return { status: "accepted", text, confidence: 0.97, digits: [...text].map((digit, at) => digitOf(Number(digit), at)), ...more };
}

test("numbers are requested only where there may be several digits", () => {
  assert.equal(mayBeNumber(SEVERAL), true);
  assert.equal(mayBeNumber(readingOf(7)), false);
  assert.equal(mayBeNumber(readingOf(null, { status: "rejected", reason: "not_a_digit", notADigit: 0.9 })), false);
  assert.equal(mayBeNumber(readingOf(7, { status: "uncertain", severalDigits: 0.4 })), true);
  assert.equal(mayBeNumber(readingOf(7, { status: "uncertain", severalDigits: 0.1 })), false);
});

test("a response is parsed, and what is not a number is left out", () => {
  const [number] = toNumbers({ numbers: [{ status: "accepted", text: "42", confidence: 0.9, digits: [{ digit: 4, image: "data:image/png;base64,AA==" }, { digit: 2, image: "https://elsewhere.example/x.png" }] }, { text: 7 }] });
  assert.equal(number.text, "42");
  assert.deepEqual(number.digits.map(({ square }) => square), ["data:image/png;base64,AA==", null]);
  for (const body of [null, {}, { numbers: 3 }, { numbers: [null] }]) assert.deepEqual(toNumbers(body), []);
});

test("a single digit of the numbers does not replace the reading", () => {
  assert.equal(withNumbers(SEVERAL, [numberOf("7")]), SEVERAL);
  assert.equal(withNumbers(SEVERAL, []), SEVERAL);
});

test("leading zeros and several numbers are shown as they are", () => {
  assert.equal(textOf(withNumbers(SEVERAL, [numberOf("007")])), "007");
  assert.equal(textOf(withNumbers(SEVERAL, [numberOf("71"), numberOf("63")])), "71 63");
  assert.equal(textOf(readingOf(0)), "0");
  assert.equal(textOf(null), "");
});

test("several numbers are only as certain as all of them together", () => {
  const reading = withNumbers(SEVERAL, [numberOf("71"), numberOf("63", { status: "uncertain", confidence: 0.4 })]);
  assert.deepEqual([reading.status, reading.digit], ["uncertain", null]);
  assert.ok(Math.abs(reading.confidence - 0.97 * 0.4) < 1e-9, "the probability that both are right");
  assert.match(sentenceForReading(reading), /38\.8%/);
});

test("the sentence has every number", () => {
  for (const numbers of [[numberOf("42")], [numberOf("71"), numberOf("63")], [numberOf("1000"), numberOf("2"), numberOf("3")]]) {
    const sentence = sentenceForReading(withNumbers(SEVERAL, numbers));
    for (const { text } of numbers) assert.match(sentence, new RegExp(`\\b${text}\\b`));
  }
});

test("the bars and the square are those of the chosen digit", () => {
  const reading = withNumbers(SEVERAL, [numberOf("42")]);
  for (const [chosen, digit] of [[0, 4], [1, 2]]) {
    const shown = shownReading({ reading, chosen });
    assert.deepEqual([shown.digit, shown.square], [digit, `data:image/png;base64,A${digit}==`]);
    const bars = toBars(shown);
    assert.equal(bars.find(({ winner }) => winner).digit, digit);
    assert.ok(Math.abs(bars.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
    assert.equal(shownReading({ reading, chosen }), shown);
  }
  assert.equal(shownReading({ reading: SEVERAL, chosen: 0 }), SEVERAL);
});

test("several digits on the sheet are read as a number, with boxes in units of the sheet", async () => {
  const page = newPage();
  page.api.numbers = () => [numberOf("42")];
  await draw(page, A, B, C);
  await page.api.requests[0].respond(SEVERAL);
  const { reading, sent, chosen } = page.state();
  assert.deepEqual([textOf(reading), chosen, sent.numbers], ["42", 0, true]);
  assert.deepEqual(digitsOf(reading.numbers)[1].box, [0.25, 0.05, 0.2, 0.5]);
  page.chooseDigit(1);
  assert.equal(shownReading(page.state()).digit, 2);
  page.saveCsv();
  assert.match(await page.device.saved[0].content.text(), /,42,/);
});

test("a new reading begins with its first digit", async () => {
  const page = newPage();
  page.api.numbers = () => [numberOf("42")];
  await draw(page, A, B);
  await page.api.requests[0].respond(SEVERAL);
  page.chooseDigit(1);
  await draw(page, C);
  await page.api.requests[1].respond(SEVERAL);
  assert.equal(page.state().chosen, 0);
});

/** A history with one number. */
function historyOf(...numbers) {
  const reading = withNumbers(SEVERAL, numbers);
  return record([], { sheet: { strokes: [], picture: pictureFile("a.png") }, reading, sent: null, at: new Date() });
}

test("each digit of a number is corrected on its own, and what was read is no correction", () => {
  const [entry] = historyOf(numberOf("71"), numberOf("63"));
  const once = correctionOf(entry, 1, 0);
  assert.equal(once, "11 63");
  const twice = correctionOf({ ...entry, label: once }, 8, 3);
  assert.equal(twice, "11 68");
  assert.equal(correctionOf({ ...entry, label: once }, 7, 0), null);
});

test("a corrected number is in CSV as its text, without probabilities of a single digit", () => {
  const rows = toCsv(correct(historyOf(numberOf("071")), 1, "077")).split("\r\n");
  const of = Object.fromEntries(rows[0].replace("\ufeff", "").split(",").map((name, at) => [name, rows[1].split(",")[at]]));
  assert.deepEqual([of.numbers, of.label, of.confidence, of.digit, of.several_digits, of.p7], ["071", "077", "0.97", "", "", ""]);
});

test("only the wrong digits of a number are in the corrections file, each as the square that was read", async () => {
  const { pictures } = JSON.parse(await toCorrectionsFile(correct(historyOf(numberOf("71")), 1, "77")));
  assert.deepEqual(pictures, [{ label: 7, name: "a.png, digit 2", image: "data:image/png;base64,A1==" }]);
});
