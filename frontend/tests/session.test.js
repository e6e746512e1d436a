import assert from "node:assert/strict";
import { test } from "node:test";
import { correct, record } from "../src/state/history.js";
import { newDrawing } from "../src/state/drawing.js";
import { fromSession, keepVisit, toSession } from "../src/state/session.js";
import { newDevice, pictureFile, readingOf, settled, strokeOf } from "./doubles.js";
import { A, B, C, draw, newPage } from "./page.js";

const STROKES = [strokeOf(A, B), strokeOf(C)];
const DRAWN = { sheet: { strokes: STROKES, picture: null }, reading: readingOf(4), sent: { content: [{ x: [1, 2], y: [3, 4] }], scale: 2800, explained: false, numbers: false }, at: new Date("2026-01-02T03:04:05.678Z") };

function photographed(bytes, more = {}) {
  const picture = pictureFile("a.jpg", { bytes: 3 * bytes });
  const content = pictureFile("a.jpg", { bytes });
  return { sheet: { strokes: [], picture }, reading: readingOf(7, { box: [100, 200, 300, 400] }), sent: { content, scale: 0.5, explained: false, numbers: false }, at: new Date(0), ...more };
}

async function reloaded(visit) {
  return fromSession(await toSession({ history: [], drawing: newDrawing(), unsaved: false, ...visit }));
}

test("a drawing, its reading and its correction outlive a reload, and can be undone stroke by stroke", async () => {
  const history = correct(record([], DRAWN), 1, 9);
  const after = await reloaded({ history, drawing: { ...newDrawing(), strokes: STROKES }, unsaved: true });
  assert.deepEqual(after.history, history);
  assert.equal(after.drawing.strokes, after.history[0].sheet.strokes, "its reading is known");
  assert.deepEqual(after.drawing.past.map(({ strokes }) => strokes.length), [0, 1]);
  assert.equal(after.unsaved, true);
});

test("of a photograph, the picture that was sent is kept, with the box in its pixels", async () => {
  const entry = record([], photographed(10));
  const { history, drawing } = await reloaded({ history: entry, drawing: { ...newDrawing(), picture: entry[0].sheet.picture } });
  const [{ sheet, sent, reading }] = history;
  assert.deepEqual([sheet.picture.name, sheet.picture.size, sent.scale, reading.box], ["a.jpg", 10, 1, [50, 100, 150, 200]]);
  assert.deepEqual([drawing.picture, sent.content], [sheet.picture, sheet.picture]);
});

test("what was not read yet outlives a reload, too", async () => {
  assert.deepEqual((await reloaded({ drawing: { ...newDrawing(), strokes: STROKES } })).drawing.strokes, STROKES);
  assert.equal((await reloaded({ drawing: { ...newDrawing(), picture: pictureFile("b.png") } })).drawing.picture.name, "b.png");
});

test("if there is too much, corrected entries and the newest ones are kept", async () => {
  const one = () => photographed(1_100_000);
  const history = [one(), one(), one(), one()].reduce((all, read) => record(all, read), []);
  const after = await reloaded({ history: correct(history, 1, 3) });
  assert.deepEqual(after.history.map(({ id }) => id), [1, 4]);
});

test("if there is too much, what is on the sheet is kept before all else", async () => {
  const history = [photographed(1_100_000), photographed(1_100_000), photographed(1_100_000)].reduce((all, read) => record(all, read), []);
  const after = await reloaded({ history: correct(history, 2, 3), drawing: { ...newDrawing(), picture: history[0].sheet.picture } });
  assert.deepEqual(after.history.map(({ id }) => id), [1, 2]);
  assert.equal(after.drawing.picture, after.history[0].sheet.picture);
});

test("what cannot be read is no visit", () => {
  for (const text of [null, "", "{", "null", "{}", '{"entries": 3}', '{"entries": [null]}']) assert.deepEqual(fromSession(text), {}, text ?? "null");
});

test("the visit is kept after each change, but not while the pen is down", async () => {
  const page = newPage();
  const device = newDevice();
  keepVisit(page.store, device, page.clock);
  await page.clock.advance(1000);
  device.kept.length = 0;
  page.beginStroke(A);
  await page.clock.advance(1000);
  assert.equal(device.kept.length, 0);
  page.endStroke();
  await page.clock.advance(1000);
  await settled();
  const before = device.kept.length;
  assert.ok(before > 0);
  await draw(page, B);
  await page.api.requests.at(-1).respond(readingOf(7));
  await page.clock.advance(1000);
  await settled();
  assert.equal(fromSession(device.kept.at(-1)).history[0].reading.digit, 7);
});
