import assert from "node:assert/strict";
import { test } from "node:test";
import { LONGEST, entryOf, mark, marked, nameOf, record, toCsv, toJson } from "../src/history.js";
import { pictureFile, readingOf, strokeOf } from "./doubles.js";

const ONE = strokeOf({ x: 0.5, y: 0.1 }, { x: 0.5, y: 0.9 });
const OTHER = strokeOf({ x: 0.1, y: 0.5 }, { x: 0.9, y: 0.5 });
const AT = new Date("2026-01-02T03:04:05.678Z");

function read(sheet, digit = 1) {
  const sent = { blob: new Blob(["x"]), scale: 1, explained: false };
  return { sheet: { strokes: [], picture: null, ...sheet }, reading: readingOf(digit), sent, at: AT };
}

function historyOf(...all) {
  return all.reduce((history, one) => record(history, one), []);
}

test("readings are kept in order and counted from 1", () => {
  const history = historyOf(read({ picture: pictureFile("a.png") }), read({ strokes: [ONE] }));
  assert.deepEqual(history.map(({ id, truth }) => [id, truth]), [[1, null], [2, null]]);
});

test("a drawing that goes on is one entry, with what was read last", () => {
  const history = historyOf(read({ strokes: [ONE] }, 1), read({ strokes: [ONE, OTHER] }, 4));
  assert.deepEqual(history.map(({ id, reading }) => [id, reading.digit]), [[1, 4]]);
});

test("what is drawn on after it was marked is another digit, and the marked one stays", () => {
  const first = mark(historyOf(read({ strokes: [ONE] })), 1, 7);
  assert.deepEqual(record(first, read({ strokes: [ONE, OTHER] })).map(({ id, truth }) => [id, truth]), [[1, 7], [2, null]]);
});

test("a sample that is taken again, and another drawing that begins like it, are entries of their own", () => {
  const [third, fourth] = [strokeOf({ x: 0.2, y: 0.2 }), strokeOf({ x: 0.3, y: 0.3 })];
  const history = historyOf(read({ strokes: [ONE, OTHER] }), read({ strokes: [ONE] }), read({ strokes: [ONE, third] }), read({ strokes: [ONE, fourth] }));
  assert.deepEqual(history.map(({ sheet }) => sheet.strokes.length), [2, 2, 2]);
});

test("the same sheet read again keeps its place, its time and its mark", () => {
  const sheet = { strokes: [ONE], picture: null };
  const history = mark(historyOf(read(sheet, 1), read({ picture: pictureFile() }, 2)), 1, 7);
  const again = record(history, { ...read(sheet, 9), at: new Date() });
  assert.deepEqual(again.map(({ id, reading, truth, at }) => [id, reading.digit, truth, at]), [[1, 9, 7, AT], [2, 2, null, AT]]);
});

test("two pictures of one name are two entries", () => {
  assert.equal(historyOf(read({ picture: pictureFile() }), read({ picture: pictureFile() })).length, 2);
});

test("a sheet is found by its very strokes or picture, not by one that looks alike", () => {
  const strokes = [ONE];
  const picture = pictureFile();
  const history = historyOf(read({ picture }), read({ strokes }));
  assert.equal(entryOf(history, { strokes, picture: null })?.id, 2);
  assert.equal(entryOf(history, { strokes: [], picture })?.id, 1);
  assert.equal(entryOf(history, { strokes: [ONE], picture: null }), null);
});

test("the oldest goes where there is no more room, and numbers are never used twice", () => {
  const many = Array.from({ length: LONGEST + 3 }, () => read({ picture: pictureFile() }));
  const history = historyOf(...many);
  assert.deepEqual([history.length, history[0].id, history.at(-1).id], [LONGEST, 4, LONGEST + 3]);
});

test("what was marked never goes for want of room, even where all of it was", () => {
  const one = () => read({ picture: pictureFile() });
  const full = historyOf(...Array.from({ length: LONGEST }, one));
  const kept = record(record(mark(full, 1, 3), one()), one());
  assert.deepEqual([kept.length, ...kept.slice(0, 2).map(({ id }) => id)], [LONGEST, 1, 4]);
  const all = record(record(full.map((entry) => ({ ...entry, truth: 5 })), one()), one());
  assert.deepEqual([all.length, all.at(-1).id], [LONGEST + 1, LONGEST + 2]);
});

test("marks are set, changed and taken back", () => {
  const history = historyOf(read({ picture: pictureFile() }), read({ picture: pictureFile() }));
  assert.deepEqual(marked(history), []);
  const two = mark(mark(history, 1, 0), 2, "none");
  assert.deepEqual(marked(two).map(({ truth }) => truth), [0, "none"]);
  assert.deepEqual(marked(mark(two, 1, null)).map(({ id }) => id), [2]);
});

test("a picture is called by its file's name, a drawing by its number", () => {
  const [picture, drawing] = historyOf(read({ picture: pictureFile("a.png") }), read({ strokes: [ONE] }));
  assert.deepEqual([nameOf(picture), nameOf(drawing)], ["a.png", "drawing-2.png"]);
});

test("as CSV it begins with the mark by which spreadsheets know UTF-8", () => {
  assert.deepEqual([...new TextEncoder().encode(toCsv([])).subarray(0, 3)], [0xef, 0xbb, 0xbf]);
});

/** A reader of RFC 4180 that knows nothing of the writer, but for the mark of UTF-8. */
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

test("as CSV every name comes back as it was, however it is spelt", () => {
  const names = ["plain.png", 'a "quoted", name.png', "two\r\nlines.png", "ä 数字.png"];
  const rows = parsed(toCsv(historyOf(...names.map((name) => read({ picture: pictureFile(name) })))));
  assert.deepEqual(rows.map((row) => row.length), names.map(() => 20).concat(20));
  assert.deepEqual(rows.slice(1).map((row) => row[2]), names);
});

test("as CSV a reading is a line of numbers, and what is not known is empty", () => {
  const rejected = { ...read({ picture: pictureFile("b.png") }), reading: readingOf(null, { status: "rejected", reason: "blank", probabilities: null }) };
  const [names, read7, blank] = parsed(toCsv(mark(historyOf(read({ picture: pictureFile("a.png") }, 7), rejected), 2, "none")));
  assert.deepEqual(names, ["number", "time", "name", "status", "reason", "digit", "confidence", "not_a_digit", "several_digits", "marked", ..."0123456789"].map((name, at) => (at < 10 ? name : `p${name}`)));
  assert.deepEqual(read7.slice(0, 10), ["1", "2026-01-02T03:04:05.678Z", "a.png", "accepted", "", "7", "0.991", "0", "0", ""]);
  assert.equal(read7[10 + 7], "0.991");
  assert.deepEqual(blank.slice(3), ["rejected", "blank", "", "", "", "", "none", ...Array(10).fill("")]);
});

test("no file name is a formula to a spreadsheet", () => {
  for (const name of ["=1+1.png", "+a.png", "-a.png", "@a.png"]) {
    assert.equal(parsed(toCsv(historyOf(read({ picture: pictureFile(name) }))))[1][2], `'${name}`);
  }
});

test("as JSON it is what was read, with the numbers as numbers", () => {
  const { readings } = JSON.parse(toJson(mark(historyOf(read({ strokes: [ONE] }, 3)), 1, 8)));
  assert.equal(readings.length, 1);
  const { digit, confidence, marked: truth, name, probabilities } = readings[0];
  assert.deepEqual([digit, confidence, truth, name, probabilities.length], [3, 0.991, 8, "drawing-1.png", 10]);
});
