import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../src/api/problem.js";
import { countsOf, isRefused, leftOver, mergeNumbers, newTable, parcels, tableToCsv, tableToJson, withResults } from "../src/state/rows.js";
import { sentenceForTable } from "../src/text/more.js";
import { pictureFile, readingOf, rejected } from "./doubles.js";

const AT = new Date("2026-01-02T03:04:05.678Z");
const MOST = { files: 64, bytes: 1000 };
const NUMBER = { status: "accepted", text: "42", confidence: 0.9, digits: [{ digit: 4 }, { digit: 2 }] };

function tableOf(...results) {
  const table = newTable(results.map((_, at) => pictureFile(`${at + 1}.png`)), () => null);
  const known = results.map((result, at) => [at + 1, result]).filter(([, result]) => result);
  return { ...table, rows: withResults(table.rows, new Map(known), AT) };
}

async function sizesOf(bytes, most = MOST) {
  const sizes = [];
  for await (const parcel of parcels(bytes, async (size) => (size ? pictureFile("a.png", { bytes: size }) : null), most)) sizes.push(parcel.length);
  return sizes;
}

const errorOf = ({ problem }) => problem && `Why: ${problem.kind}.`;

// --- rows ---

test("a result goes to its row, and the other rows stay the same objects", () => {
  const { rows } = newTable([pictureFile("a.png"), pictureFile("b.png")], () => null);
  const [first, second] = withResults(rows, new Map([[2, readingOf(7)]]), AT);
  assert.equal(first, rows[0]);
  assert.deepEqual([second.reading.digit, second.problem, second.at], [7, null, AT]);
  const [, again] = withResults([first, second], new Map([[2, null]]), AT);
  assert.deepEqual([again.reading, again.problem, again.at], [null, null, null]);
});

test("a problem takes the place of a reading, and the other way round", () => {
  const problem = new Problem("unavailable");
  const { rows } = tableOf(readingOf(7), problem);
  const [first, second] = withResults(rows, new Map([[1, problem], [2, readingOf(3)]]), AT);
  assert.deepEqual([first.reading, first.problem, second.reading.digit, second.problem], [null, problem, 3, null]);
});

test("rows are counted, and those that another attempt may read are left over", () => {
  const table = tableOf(readingOf(7), null, new Problem("unavailable"), new Problem("unreadable"), rejected("blank"));
  assert.deepEqual(countsOf(table), { total: 5, done: 4, read: 2, unread: 1, failed: 1 });
  assert.deepEqual(leftOver(table).map(({ id }) => id), [2, 3]);
  assert.deepEqual(table.rows.map(isRefused), [false, false, false, true, false]);
});

test("where there may be several digits, their numbers are the reading", () => {
  const problem = new Problem("unavailable");
  const [number, none, failed] = mergeNumbers([rejected("several_digits"), rejected("several_digits"), rejected("several_digits")], [[NUMBER], [], problem]);
  assert.deepEqual([number.numbers, number.status, number.confidence], [[NUMBER], "accepted", 0.9]);
  assert.equal(none.reason, "several_digits");
  assert.equal(failed, problem);
});

// --- requests ---

test("requests grow, so that the first readings come soon, up to the limit", async () => {
  assert.deepEqual(await sizesOf(Array(200).fill(1)), [8, 16, 32, 64, 64, 16]);
  assert.deepEqual(await sizesOf(Array(8).fill(1)), [8]);
  assert.deepEqual(await sizesOf([]), []);
  assert.deepEqual(await sizesOf(Array(5).fill(1), { files: 2, bytes: 1000 }), [2, 2, 1]);
});

test("a request has at most so many bytes, unless one file alone has more", async () => {
  assert.deepEqual(await sizesOf([600, 400, 1, 5000, 2]), [2, 1, 1, 1]);
});

test("a file that can't be sent is left out", async () => {
  assert.deepEqual(await sizesOf([0, 1, 0, 1, 0]), [2]);
  assert.deepEqual(await sizesOf([0, 0]), []);
});

// --- what is said and saved ---

for (const [title, change, counts, sentence] of [
  ["at first", { reading: true }, { total: 130, done: 0, read: 0 }, "I'm reading 130 files…"],
  ["in between", { reading: true }, { total: 130, done: 12, read: 11 }, "I've read 12 of 130 so far…"],
  ["while a server is busy", { reading: true, problem: new Problem("unavailable"), retryIn: 5 }, { total: 130, done: 12, read: 12 }, "The server is busy. I'll retry in 5 seconds."],
  ["after a stop", {}, { total: 130, done: 12, read: 12 }, "Stopped after 12 of 130."],
  ["at the end", {}, { total: 130, done: 130, read: 130 }, "I've read all 130."],
  ["with one problem", {}, { total: 130, done: 130, read: 129 }, "I've read 129 of 130. One has a problem."],
  ["with several problems", {}, { total: 130, done: 130, read: 127 }, "I've read 127 of 130. 3 have a problem."],
]) {
  test(`the progress is one sentence: ${title}`, () => {
    assert.equal(sentenceForTable({ rows: [], reading: false, problem: null, retryIn: null, ...change }, counts), sentence);
  });
}

test("the CSV has the columns of the history and the error, and every row", () => {
  const table = tableOf(readingOf(7), new Problem("unreadable"), null, { ...rejected("several_digits"), numbers: [NUMBER], status: "accepted", reason: null });
  const [header, ...lines] = tableToCsv(table, errorOf).slice(1).trimEnd().split("\r\n").map((line) => line.split(","));
  assert.deepEqual([header[0], header.at(-2), header.at(-1)], ["number", "p9", "error"]);
  const pick = (name) => lines.map((line) => line[header.indexOf(name)]);
  assert.deepEqual(lines.map((line) => line.length), Array(4).fill(header.length));
  assert.deepEqual(pick("name"), ["1.png", "2.png", "3.png", "4.png"]);
  assert.deepEqual(pick("status"), ["accepted", "error", "unread", "accepted"]);
  assert.deepEqual(pick("digit"), ["7", "", "", ""]);
  assert.deepEqual(pick("numbers"), ["", "", "", "42"]);
  assert.deepEqual(pick("reason"), ["", "unreadable", "", ""]);
  assert.deepEqual(pick("time"), [AT.toISOString(), AT.toISOString(), "", AT.toISOString()]);
  assert.deepEqual(pick("error"), ["", "Why: unreadable.", "", ""]);
});

test("no name of a file is executed by a spreadsheet", () => {
  const table = newTable([pictureFile("=1+1.png")], () => new Problem("unsupported"));
  assert.match(tableToCsv(table, errorOf), /,'=1\+1\.png,error,unsupported,/);
});

test("the JSON has the same rows and keys", () => {
  const table = tableOf(readingOf(7), new Problem("unreadable"), null);
  const { readings } = JSON.parse(tableToJson(table, errorOf));
  assert.deepEqual(readings.map(({ number, name, status, digit, error }) => [number, name, status, digit, error]), [
    [1, "1.png", "accepted", 7, null],
    [2, "2.png", "error", null, "Why: unreadable."],
    [3, "3.png", "unread", null, null],
  ]);
  for (const one of readings) assert.deepEqual(Object.keys(one), Object.keys(readings[0]));
});
