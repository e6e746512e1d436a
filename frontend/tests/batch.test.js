import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../src/api/problem.js";
import { createTable } from "../src/batch.js";
import { countsOf } from "../src/state/rows.js";
import { createStore, newState } from "../src/state/store.js";
import { newApi, newClock, newDevice, pictureFile, readingOf, rejected, settled } from "./doubles.js";

const BUSY = new Problem("unavailable", { retryAfter: 2 });
const NUMBER = { status: "accepted", text: "42", confidence: 0.9, digits: [{ digit: 4 }, { digit: 2 }] };

function newTablePage() {
  const store = createStore(newState());
  const [api, clock, device, reported, opened] = [newApi(), newClock(), newDevice(), [], []];
  const page = { shrink: async (picture) => ({ content: picture, scale: 1 }) };
  const table = createTable({ store, api, clock, device, shrink: (picture) => page.shrink(picture), openFiles: (files) => void opened.push(files), report: (error) => void reported.push(error) });
  return Object.assign(page, table, { store, api, clock, device, reported, opened, rows: () => store.get().table.rows });
}

function files(count) {
  return Array.from({ length: count }, (_, at) => pictureFile(`${at + 1}.png`));
}

/** Opens files and waits until nothing more happens by itself. */
async function open(page, some) {
  page.open(some);
  await calm();
}

async function calm() {
  for (let time = 0; time < 40; time++) await settled();
}

function summary(page) {
  return page.rows().map(({ reading, problem }) => problem?.kind ?? reading?.digit ?? reading?.reason ?? null);
}

test("files are read in their order, with one request after the other", async () => {
  const page = newTablePage();
  let running = 0;
  page.api.batch = async (names) => {
    assert.equal(++running, 1);
    await settled();
    running--;
    return names.map((name) => readingOf(Number.parseInt(name, 10) % 10));
  };
  await open(page, files(130));
  assert.deepEqual(page.api.batches.map(({ names }) => names.length), [8, 16, 32, 64, 10]);
  assert.deepEqual(summary(page), Array.from({ length: 130 }, (_, at) => (at + 1) % 10));
  assert.equal(page.store.get().table.reading, false);
  assert.deepEqual(page.reported, []);
});

test("a file that isn't a picture is not sent, and neither is one that has been moved", async () => {
  const page = newTablePage();
  const moved = Object.assign(pictureFile("moved.png"), { arrayBuffer: () => Promise.reject(new Error("moved")) });
  await open(page, [pictureFile("notes.txt", { type: "text/plain" }), moved, pictureFile("one.png")]);
  assert.deepEqual(page.api.batches.map(({ names }) => names), [["one.png"]]);
  assert.deepEqual(summary(page), ["unsupported", "lost", 1]);
});

test("what is shrunk is sent, and what is too large even then is refused", async () => {
  const page = newTablePage();
  page.shrink = async (picture) => ({ content: pictureFile(`small ${picture.name}`, { bytes: picture.name === "2.png" ? 17 * 1024 * 1024 : 5 }), scale: 0.5 });
  await open(page, files(3));
  assert.deepEqual(page.api.batches.map(({ names }) => names), [["small 1.png", "small 3.png"]]);
  assert.deepEqual(summary(page), [1, "too_large", 1]);
});

test("only where there may be several digits, numbers are read", async () => {
  const page = newTablePage();
  page.api.batch = () => [readingOf(7), rejected("several_digits"), new Problem("unreadable"), rejected("several_digits")];
  page.api.numbersBatch = (names) => names.map((name) => (name === "2.png" ? [NUMBER] : []));
  await open(page, files(4));
  assert.deepEqual(page.api.batches.map(({ kind, names }) => [kind, names.length]), [["digits", 4], ["numbers", 2]]);
  assert.deepEqual(page.api.batches[1].names, ["2.png", "4.png"]);
  assert.deepEqual(page.rows()[1].reading.numbers, [NUMBER]);
  assert.deepEqual(summary(page), [7, null, "unreadable", "several_digits"]);
});

test("a busy server is asked again after the time it names, a few times", async () => {
  const page = newTablePage();
  page.api.batch = () => { throw BUSY; };
  await open(page, files(2));
  assert.deepEqual([page.store.get().table.problem, page.store.get().table.retryIn], [BUSY, 2]);
  page.api.batch = (names) => names.map(() => readingOf(3));
  await page.clock.advance(1999);
  assert.equal(page.api.batches.length, 1);
  await page.clock.advance(1);
  await calm();
  assert.deepEqual([summary(page), page.store.get().table.problem], [[3, 3], null]);
});

test("then the rows of that request show the error, and the next requests are tried once", async () => {
  const page = newTablePage();
  page.api.batch = () => { throw BUSY; };
  await open(page, files(30));
  for (let time = 0; time < 3; time++) {
    await page.clock.advance(2000);
    await calm();
  }
  assert.deepEqual(page.api.batches.map(({ names }) => names.length), [8, 8, 8, 8, 16, 6]);
  assert.deepEqual(countsOf(page.store.get().table), { total: 30, done: 30, read: 0, unread: 0, failed: 30 });
  page.api.batch = (names) => names.map(() => readingOf(3));
  page.retryRow(4);
  await calm();
  assert.equal(countsOf(page.store.get().table).read, 1);
  page.readRest();
  await calm();
  assert.equal(countsOf(page.store.get().table).read, 30);
});

test("a server that accepts fewer files gets fewer", async () => {
  const page = newTablePage();
  page.api.batch = (names) => {
    if (names.length > 2) throw new Problem("malformed");
    return names.map((name) => readingOf(Number.parseInt(name, 10)));
  };
  await open(page, files(7));
  assert.deepEqual(summary(page), [1, 2, 3, 4, 5, 6, 7]);
});

test("a request that takes too long is aborted", async () => {
  const page = newTablePage();
  page.api.batch = () => new Promise(() => {});
  page.api.readBatch = (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  await open(page, files(2));
  await page.clock.advance(60_000);
  await calm();
  assert.deepEqual(summary(page), ["timeout", "timeout"]);
  assert.deepEqual(page.reported, []);
});

test("after a stop nothing more is sent, and late results are ignored", async () => {
  const page = newTablePage();
  let respond = () => {};
  page.api.batch = () => new Promise((resolve) => { respond = () => resolve(Array(8).fill(readingOf(1))); });
  await open(page, files(20));
  page.stop();
  respond();
  await calm();
  assert.equal(page.api.batches[0].signal.aborted, true);
  assert.deepEqual([page.api.batches.length, countsOf(page.store.get().table).unread, page.store.get().table.reading], [1, 20, false]);
  page.api.batch = (names) => names.map(() => readingOf(1));
  page.readRest();
  await calm();
  assert.equal(countsOf(page.store.get().table).read, 20);
});

test("a row that is retried while others are read comes after them", async () => {
  const page = newTablePage();
  page.api.batch = (names) => names.map((name) => (name === "1.png" ? new Problem("broken") : readingOf(1)));
  page.open(files(20));
  while (page.api.batches.length < 2) await settled();
  page.api.batch = (names) => names.map(() => readingOf(2));
  page.retryRow(1);
  await calm();
  assert.deepEqual(page.api.batches.at(-1).names, ["1.png"]);
  assert.equal(countsOf(page.store.get().table).read, 20);
});

test("a file is opened as if it were the only one, and the table stays", async () => {
  const page = newTablePage();
  const some = files(3);
  await open(page, some);
  page.openRow(2);
  assert.deepEqual(page.opened, [[some[1]]]);
  page.hide();
  assert.deepEqual([page.store.get().tableOpen, page.rows().length], [false, 3]);
  page.show();
  assert.equal(page.store.get().tableOpen, true);
  page.close();
  assert.deepEqual([page.store.get().tableOpen, page.store.get().table], [false, null]);
});

test("the table is saved as CSV and as JSON", async () => {
  const page = newTablePage();
  page.api.batch = () => [readingOf(7), new Problem("unreadable")];
  await open(page, files(2));
  page.saveCsv();
  page.saveJson();
  assert.deepEqual(page.device.saved.map(({ name, content }) => [name, content.type]), [["digits-files.csv", "text/csv"], ["digits-files.json", "application/json"]]);
  const [csv, json] = await Promise.all(page.device.saved.map(({ content }) => content.text()));
  assert.match(csv, /2\.png,error,unreadable/);
  assert.deepEqual(JSON.parse(json).readings.map(({ digit, error }) => [digit, Boolean(error)]), [[7, false], [null, true]]);
});
