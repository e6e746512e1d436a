import assert from "node:assert/strict";
import { test } from "node:test";
import { createActions } from "../src/actions.js";
import { Problem } from "../src/problem.js";
import { newState } from "../src/state.js";
import { createStore } from "../src/store.js";
import { newApi, newClock, pictureFile, readingOf, settled } from "./doubles.js";

const A = { x: 0.1, y: 0.1 };
const B = { x: 0.5, y: 0.5 };
const C = { x: 0.9, y: 0.9 };

/** The page without its page: rendering a drawing gives back its strokes. */
function newPage() {
  const store = createStore(newState());
  const api = newApi();
  const clock = newClock();
  const actions = createActions({ store, api, clock, render: async (strokes) => strokes });
  return { store, api, clock, ...actions, state: store.get };
}

async function draw(page, ...points) {
  const [first, ...rest] = points;
  page.beginStroke(first);
  page.extendStroke(rest);
  page.endStroke();
  await settled();
}

async function give(page, ...files) {
  page.givePicture(files);
  await settled();
}

test("the end of a stroke asks at once, with the strokes as they are", async () => {
  const page = newPage();
  await draw(page, A, B);
  assert.deepEqual(page.api.questions.map((question) => question.picture), [[[A, B]]]);
  await page.api.questions[0].answer(readingOf(7));
  assert.equal(page.state().reading.digit, 7);
  assert.equal(page.state().asking, false);
});

test("while the pen moves it is asked now and then, not for every point", async () => {
  const page = newPage();
  page.beginStroke(A);
  for (let at = 1; at <= 30; at++) {
    page.extendStroke([{ x: at / 100, y: 0.5 }]);
    await page.clock.advance(10);
    for (const question of page.api.questions) await question.answer(readingOf(1));
  }
  assert.equal(page.api.questions.length, 2);
  assert.equal(page.state().reading.digit, 1);
});

test("a newer question cancels the older one", async () => {
  const page = newPage();
  await draw(page, A, B);
  await draw(page, C);
  const [older, newer] = page.api.questions;
  assert.deepEqual([older.signal.aborted, newer.signal.aborted], [true, false]);
});

test("a late answer is never shown, even where the abort was not heeded", async () => {
  const page = newPage();
  await draw(page, A, B);
  await draw(page, C);
  const [older, newer] = page.api.questions;
  await newer.answer(readingOf(4));
  await older.answer(readingOf(1));
  assert.equal(page.state().reading.digit, 4);
});

test("a late failure is never shown either", async () => {
  const page = newPage();
  await draw(page, A, B);
  await draw(page, C);
  const [older, newer] = page.api.questions;
  await older.refuse(new Problem("unreachable"));
  assert.equal(page.state().asking, true);
  await newer.answer(readingOf(4));
  assert.equal(page.state().problem, null);
});

test("the last answer stays until the next one replaces it", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(1));
  await draw(page, C);
  assert.equal(page.state().reading.digit, 1);
  await page.api.questions[1].answer(readingOf(7));
  assert.equal(page.state().reading.digit, 7);
});

test("nobody sees a lifted pen without the question that it leads to", async () => {
  const page = newPage();
  page.beginStroke(A);
  const seen = [];
  page.store.subscribe(({ drawing, asking }) => seen.push([drawing.active, asking]));
  page.endStroke();
  assert.deepEqual(seen, [[true, false], [false, true]]);
});

test("clear empties everything and lets no answer through any more", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(1));
  await draw(page, C);
  page.clear();
  await page.api.questions[1].answer(readingOf(7));
  const { reading, asking, drawing, picture } = page.state();
  assert.deepEqual([reading, asking, drawing.strokes, picture], [null, false, [], null]);
  assert.equal(page.api.questions[1].signal.aborted, true);
});

test("clear in the middle of a stroke ends it: neither the pen nor a planned question goes on", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  page.clear();
  page.extendStroke([C]);
  page.endStroke();
  await page.clock.advance(1000);
  assert.deepEqual(page.state().drawing.strokes, []);
  assert.equal(page.api.questions.length, 0);
});

test("undo and redo ask about what is then on the sheet, and a blank sheet is not asked about", async () => {
  const page = newPage();
  await draw(page, A);
  await draw(page, B);
  page.undo();
  await settled();
  assert.deepEqual(page.api.questions.at(-1).picture, [[A]]);
  await page.api.questions.at(-1).answer(readingOf(1));
  page.undo();
  await settled();
  assert.equal(page.api.questions.length, 3);
  assert.equal(page.state().reading, null);
  page.redo();
  await settled();
  assert.deepEqual(page.api.questions.at(-1).picture, [[A]]);
});

test("a picture is sent as it is, and the reading knows what it is about", async () => {
  const page = newPage();
  const picture = pictureFile();
  await give(page, picture);
  assert.equal(page.api.questions[0].picture, picture);
  assert.equal(page.state().readFrom, null);
  await page.api.questions[0].answer(readingOf(3, { box: [1, 2, 3, 4] }));
  assert.equal(page.state().readFrom, picture);
});

test("a picture takes the place of a drawing, and undo brings the drawing back", async () => {
  const page = newPage();
  await draw(page, A, B);
  await give(page, pictureFile());
  assert.equal(page.api.questions[0].signal.aborted, true);
  assert.deepEqual(page.state().drawing.strokes, []);
  page.undo();
  await settled();
  assert.equal(page.state().picture, null);
  assert.deepEqual(page.api.questions.at(-1).picture, [[A, B]]);
});

test("a stroke takes the place of a picture", async () => {
  const page = newPage();
  await give(page, pictureFile());
  page.beginStroke(A);
  assert.equal(page.state().picture, null);
  page.endStroke();
  await settled();
  assert.deepEqual(page.api.questions.at(-1).picture, [[A]]);
});

test("of several files the first is taken, and that is said", async () => {
  const page = newPage();
  const files = [pictureFile("one.png"), pictureFile("two.png")];
  await give(page, ...files);
  assert.equal(page.state().picture, files[0]);
  await page.api.questions[0].answer(readingOf(1));
  assert.match(page.state().aside, /first of 2/);
});

test("a file that is refused is not sent, and leaves what was there", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(7));
  await give(page, pictureFile("notes.txt", { type: "text/plain" }));
  assert.equal(page.api.questions.length, 1);
  assert.match(page.state().refusal, /notes\.txt.*text\/plain/);
  assert.equal(page.state().reading.digit, 7);
  await draw(page, C);
  assert.equal(page.state().refusal, null);
});

test("nothing in the clipboard is refused in words", async () => {
  const page = newPage();
  await give(page);
  assert.match(page.state().refusal, /no picture/);
});

test("a problem takes the reading away, since it was about something else", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(7));
  await give(page, pictureFile());
  await page.api.questions[1].refuse(new Problem("unreadable", { detail: "Not a picture." }));
  const { reading, problem, asking } = page.state();
  assert.deepEqual([reading, problem.detail, asking], [null, "Not a picture.", false]);
});

test("an error that nobody foresaw is a problem too", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].refuse(new TypeError("x is not a function"));
  assert.deepEqual([page.state().problem.kind, page.state().problem.detail], ["broken", null]);
});

test("503 is asked again after Retry-After, and not before", async () => {
  const page = newPage();
  const picture = pictureFile();
  await give(page, picture);
  await page.api.questions[0].refuse(new Problem("busy", { retryAfter: 2 }));
  assert.equal(page.state().retrying, true);
  await page.clock.advance(1999);
  assert.equal(page.api.questions.length, 1);
  await page.clock.advance(1);
  assert.equal(page.api.questions[1].picture, picture);
  await page.api.questions[1].answer(readingOf(5));
  const { reading, problem, retrying } = page.state();
  assert.deepEqual([reading.digit, problem, retrying], [5, null, false]);
});

test("a busy server is asked again a few times, not for ever", async () => {
  const page = newPage();
  await give(page, pictureFile());
  for (let asked = 0; asked < 6; asked++) {
    await page.api.questions[asked].refuse(new Problem("busy", { retryAfter: 1 }));
    await page.clock.advance(1000);
  }
  assert.equal(page.api.questions.length, 6);
  assert.deepEqual([page.state().retrying, page.state().problem.kind], [false, "busy"]);
});

test("a planned retry is dropped when something newer is asked or all is cleared", async () => {
  const page = newPage();
  await give(page, pictureFile());
  await page.api.questions[0].refuse(new Problem("busy", { retryAfter: 2 }));
  await draw(page, A);
  await page.api.questions[1].refuse(new Problem("busy", { retryAfter: 2 }));
  page.clear();
  await page.clock.advance(10_000);
  assert.equal(page.api.questions.length, 2);
});

test("a busy server is left alone until the stroke ends", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(150);
  await page.api.questions[0].refuse(new Problem("busy", { retryAfter: 20 }));
  assert.equal(page.state().problem, null);
  page.extendStroke([C]);
  await page.clock.advance(1000);
  assert.equal(page.api.questions.length, 1);
  page.endStroke();
  await settled();
  assert.equal(page.api.questions.length, 2);
});

test("an answer that never comes is given up after a minute", async () => {
  const page = newPage();
  await draw(page, A);
  await page.clock.advance(60_000);
  assert.deepEqual([page.state().problem?.kind, page.state().asking], ["slow", false]);
  assert.equal(page.api.questions[0].signal.aborted, true);
});

test("what may pass can be asked again, what will not cannot", async () => {
  for (const [kind, questions] of [["unreachable", 2], ["unreadable", 1]]) {
    const page = newPage();
    await give(page, pictureFile());
    await page.api.questions[0].refuse(new Problem(kind));
    page.askAgain();
    await settled();
    assert.equal(page.api.questions.length, questions, kind);
  }
});
