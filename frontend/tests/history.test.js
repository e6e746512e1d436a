import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_ENTRIES, correct, correctionOf, corrections, entryOf, nameOf, record, toCorrectionsFile, toCsv, toJson, typedCorrection } from "../src/state/history.js";
import { pictureFile, readingOf, strokeOf } from "./doubles.js";

const ONE = strokeOf({ x: 0.5, y: 0.1 }, { x: 0.5, y: 0.9 });
const OTHER = strokeOf({ x: 0.1, y: 0.5 }, { x: 0.9, y: 0.5 });
const AT = new Date("2026-01-02T03:04:05.678Z");

function read(sheet, digit = 1) {
  const sent = { content: new File(["x"], "x.png"), scale: 1, explained: false };
  return { sheet: { strokes: [], picture: null, ...sheet }, reading: readingOf(digit), sent, at: AT };
}

function historyOf(...all) {
  return all.reduce((history, one) => record(history, one), []);
}

test("readings are recorded in order and numbered from 1", () => {
  const history = historyOf(read({ picture: pictureFile("a.png") }), read({ strokes: [ONE] }));
  assert.deepEqual(history.map(({ id, label }) => [id, label]), [[1, null], [2, null]]);
});

test("a drawing that gets another stroke stays one entry", () => {
  const history = historyOf(read({ strokes: [ONE] }, 1), read({ strokes: [ONE, OTHER] }, 4));
  assert.deepEqual(history.map(({ id, reading }) => [id, reading.digit]), [[1, 4]]);
});

test("a corrected drawing that gets another stroke is a new entry, and the corrected one stays", () => {
  const first = correct(historyOf(read({ strokes: [ONE] })), 1, 7);
  assert.deepEqual(record(first, read({ strokes: [ONE, OTHER] })).map(({ id, label }) => [id, label]), [[1, 7], [2, null]]);
});

test("a sample that is opened again, and another drawing with the same first stroke, are new entries", () => {
  const [third, fourth] = [strokeOf({ x: 0.2, y: 0.2 }), strokeOf({ x: 0.3, y: 0.3 })];
  const history = historyOf(read({ strokes: [ONE, OTHER] }), read({ strokes: [ONE] }), read({ strokes: [ONE, third] }), read({ strokes: [ONE, fourth] }));
  assert.deepEqual(history.map(({ sheet }) => sheet.strokes.length), [2, 2, 2]);
});

test("a sheet that is read again keeps its place, its time and its correction", () => {
  const sheet = { strokes: [ONE], picture: null };
  const history = correct(historyOf(read(sheet, 1), read({ picture: pictureFile() }, 2)), 1, 7);
  const again = record(history, { ...read(sheet, 9), at: new Date() });
  assert.deepEqual(again.map(({ id, reading, label, at }) => [id, reading.digit, label, at]), [[1, 9, 7, AT], [2, 2, null, AT]]);
});

test("two pictures with the same name are two entries", () => {
  assert.equal(historyOf(read({ picture: pictureFile() }), read({ picture: pictureFile() })).length, 2);
});

test("a sheet is found by identity, not by equality", () => {
  const strokes = [ONE];
  const picture = pictureFile();
  const history = historyOf(read({ picture }), read({ strokes }));
  assert.equal(entryOf(history, { strokes, picture: null })?.id, 2);
  assert.equal(entryOf(history, { strokes: [], picture })?.id, 1);
  assert.equal(entryOf(history, { strokes: [ONE], picture: null }), null);
});

test("the oldest entry is removed if there are too many, and numbers are not reused", () => {
  const many = Array.from({ length: MAX_ENTRIES + 3 }, () => read({ picture: pictureFile() }));
  const history = historyOf(...many);
  assert.deepEqual([history.length, history[0].id, history.at(-1).id], [MAX_ENTRIES, 4, MAX_ENTRIES + 3]);
});

test("a corrected entry is never removed, even if all of them are corrected", () => {
  const one = () => read({ picture: pictureFile() });
  const full = historyOf(...Array.from({ length: MAX_ENTRIES }, one));
  const kept = record(record(correct(full, 1, 3), one()), one());
  assert.deepEqual([kept.length, ...kept.slice(0, 2).map(({ id }) => id)], [MAX_ENTRIES, 1, 4]);
  const all = record(record(full.map((entry) => ({ ...entry, label: 5 })), one()), one());
  assert.deepEqual([all.length, all.at(-1).id], [MAX_ENTRIES + 1, MAX_ENTRIES + 2]);
});

test("corrections are added, changed and removed", () => {
  const history = historyOf(read({ picture: pictureFile() }), read({ picture: pictureFile() }));
  assert.deepEqual(corrections(history), []);
  const two = correct(correct(history, 1, 0), 2, "none");
  assert.deepEqual(corrections(two).map(({ label }) => label), [0, "none"]);
  assert.deepEqual(corrections(correct(two, 1, null)).map(({ id }) => id), [2]);
});

test("a picture has the name of its file, a drawing a number", () => {
  const [picture, drawing] = historyOf(read({ picture: pictureFile("a.png") }), read({ strokes: [ONE] }));
  assert.deepEqual([nameOf(picture), nameOf(drawing)], ["a.png", "drawing-2"]);
});

test("CSV begins with the byte order mark", () => {
  assert.deepEqual([...new TextEncoder().encode(toCsv([])).subarray(0, 3)], [0xef, 0xbb, 0xbf]);
});

/** A parser of RFC 4180, independent of the code that is tested. */
function parsed(text) {
  const csv = text.replace(/^\ufeff/, "");
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  const rows = [[]];
  for (let found = field.exec(csv); found && field.lastIndex <= csv.length; found = field.exec(csv)) {
    rows.at(-1).push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    if (found[3] === "") break;
    if (found[3] === "\r\n") {
      if (field.lastIndex === csv.length) break;
      rows.push([]);
    }
  }
  return rows;
}

test("CSV keeps every name as it is", () => {
  const names = ["plain.png", 'a "quoted", name.png', "two\r\nlines.png", "ä 数字.png"];
  const rows = parsed(toCsv(historyOf(...names.map((name) => read({ picture: pictureFile(name) })))));
  assert.deepEqual(rows.map((row) => row.length), names.map(() => 21).concat(21));
  assert.deepEqual(rows.slice(1).map((row) => row[2]), names);
});

test("CSV has one row of numbers per reading, and unknown values are empty", () => {
  const rejected = { ...read({ picture: pictureFile("b.png") }), reading: readingOf(null, { status: "rejected", reason: "blank", probabilities: null }) };
  const [names, read7, blank] = parsed(toCsv(correct(historyOf(read({ picture: pictureFile("a.png") }, 7), rejected), 2, "none")));
  assert.deepEqual(names, ["number", "time", "name", "status", "reason", "digit", "confidence", "not_a_digit", "several_digits", "label", "numbers", ..."0123456789"].map((name, at) => (at < 11 ? name : `p${name}`)));
  assert.deepEqual(read7.slice(0, 11), ["1", "2026-01-02T03:04:05.678Z", "a.png", "accepted", "", "7", "0.991", "0", "0", "", ""]);
  assert.equal(read7[11 + 7], "0.991");
  assert.deepEqual(blank.slice(3), ["rejected", "blank", "", "", "", "", "none", "", ...Array(10).fill("")]);
});

test("no file name is a formula in CSV", () => {
  for (const name of ["=1+1.png", "+a.png", "-a.png", "@a.png"]) {
    assert.equal(parsed(toCsv(historyOf(read({ picture: pictureFile(name) }))))[1][2], `'${name}`);
  }
});

test("JSON has numbers as numbers", () => {
  const { readings } = JSON.parse(toJson(correct(historyOf(read({ strokes: [ONE] }, 3)), 1, 8)));
  assert.equal(readings.length, 1);
  const { digit, confidence, label, name, probabilities } = readings[0];
  assert.deepEqual([digit, confidence, label, name, probabilities.length], [3, 0.991, 8, "drawing-1", 10]);
});

test("the corrections file has the label, the name and the exact bytes of each picture", async () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, at) => at % 256);
  const sent = { content: new File([bytes], "a.png", { type: "image/png" }), scale: 1, explained: false };
  const sheet = { strokes: [], picture: pictureFile("a.png") };
  const entries = correct(record([], { sheet, sent, reading: readingOf(1), at: new Date() }), 1, 7);
  const file = JSON.parse(await toCorrectionsFile(entries));
  assert.deepEqual([file.format, file.version, file.pictures.length], ["digits-marked", 1, 1]);
  const [{ label, name, image }] = file.pictures;
  assert.deepEqual([label, name], [7, "a.png"]);
  const [head, content] = image.split(",");
  assert.equal(head, "data:image/png;base64");
  assert.deepEqual(new Uint8Array(Buffer.from(content, "base64")), bytes);
});

test("a drawing is in the corrections file as the square that was read and as strokes", async () => {
  const content = [{ x: [30, 90, 60], y: [20, 20, 110] }];
  const reading = readingOf(1, { square: "data:image/png;base64,AA==" });
  const entries = correct(record([], { sheet: { strokes: [ONE], picture: null }, sent: { content, scale: 1, explained: false, numbers: false }, reading, at: new Date() }), 1, 7);
  const [saved] = JSON.parse(await toCorrectionsFile(entries)).pictures;
  assert.deepEqual(saved, { label: 7, name: "drawing-1", image: "data:image/png;base64,AA==", strokes: content });
});

test("a picture that is not a digit has no label in the corrections file", async () => {
  const sheet = { strokes: [], picture: pictureFile() };
  const entries = correct(record([], { sheet, sent: { content: new File(["x"], "x.png"), scale: 1, explained: false, numbers: false }, reading: readingOf(1), at: new Date() }), 1, "none");
  assert.equal(JSON.parse(await toCorrectionsFile(entries)).pictures[0].label, null);
});

/** An entry with the number 42. */
function number42(label = null) {
  const digits = [4, 2].map((digit) => ({ digit, confidence: 0.9, probabilities: Array(10).fill(0.1), box: [0, 0, 1, 1], square: `data:image/png;base64,${digit}` }));
  const numbers = [{ status: "accepted", text: "42", confidence: 0.8, digits }];
  const reading = readingOf(null, { status: "accepted", numbers, square: "data:image/png;base64,WHOLE" });
  const content = [{ x: [1], y: [2] }];
  return { id: 1, at: AT, label, sheet: { strokes: [ONE], picture: null }, reading, sent: { content, scale: 1, explained: false, numbers: true } };
}

test("a number is typed as a whole, with single spaces between several", () => {
  const { reading } = number42();
  assert.deepEqual(["417", " 4  17 ", "7", "42"].map((text) => typedCorrection(reading, text)), ["417", "4 17", 7, null]);
});

test("a digit is corrected in the number that was read if the typed number has another length", () => {
  assert.equal(correctionOf(number42("417"), 3, 1), "43");
  assert.equal(correctionOf(number42(7), 3, 0), "32");
  assert.equal(correctionOf(number42("49"), 3, 0), "39");
});

test("a number of another length is saved as a picture of several digits with its text", async () => {
  const { pictures } = JSON.parse(await toCorrectionsFile([number42("417"), number42("47"), number42(7)]));
  assert.deepEqual(pictures.map(({ label, text, image, strokes }) => [label, text, image.slice(-5), strokes?.length]), [
    [null, "417", "WHOLE", 1],
    [7, undefined, "e64,2", undefined],
    [7, undefined, "WHOLE", 1],
  ]);
});

test("a correction of the spaces alone is saved, too", async () => {
  const { pictures } = JSON.parse(await toCorrectionsFile([number42("4 2")]));
  assert.deepEqual(pictures.map(({ label, text }) => [label, text]), [[null, "4 2"]]);
});
