import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../src/api/problem.js";
import { createGame } from "../src/play.js";
import { fromSession, keepVisit } from "../src/state/session.js";
import { taskOf } from "../src/state/rounds.js";
import { settled, readingOf, rejected, uncertain } from "./doubles.js";
import { A, B, C, draw, newPage } from "./page.js";

/** The page with a game on it. */
function newGamePage() {
  const page = newPage();
  const stored = [];
  const game = createGame({
    store: page.store, page, device: page.device, clock: page.clock, random: () => 0.5,
    paint: async () => new Blob(["picture"]), bests: { load: () => ({}), keep: (bests) => void stored.push(bests) },
    report: (error) => void page.reported.push(error),
  });
  return Object.assign(page, { own: game, stored, game: () => page.state().game, asked: () => taskOf(page.state().game) });
}

function begin(page, mode) {
  page.own.toggle();
  page.own.play(mode);
}

/** Draws, and the response to the finished drawing is this reading. */
async function drawAs(page, reading) {
  await draw(page, A, B);
  await page.api.requests.at(-1).respond(reading);
}

function other(page) {
  return (Number(page.asked()) + 1) % 10;
}

/** Until the next task is there. */
async function moveOn(page) {
  await page.clock.advance(2000);
}

test("a drawing that is read as what was asked leads to the next task, on a fresh sheet", async () => {
  const page = newGamePage();
  begin(page, "digits");
  const first = page.asked();
  await drawAs(page, readingOf(Number(first)));
  assert.equal(page.game().phase, "shown");
  assert.equal(page.state().drawing.strokes.length, 1, "one sees what was read");
  await moveOn(page);
  assert.equal(page.game().phase, "playing");
  assert.notEqual(page.asked(), first);
  assert.deepEqual([page.state().drawing.strokes, page.state().drawing.past], [[], []]);
  assert.deepEqual(page.reported, []);
});

test("neither an uncertain reading nor another digit ends the task", async () => {
  const page = newGamePage();
  begin(page, "digits");
  const first = page.asked();
  await drawAs(page, uncertain(Number(first), { [first]: 0.6 }, { confidence: 0.6 }));
  await drawAs(page, readingOf(other(page)));
  await drawAs(page, rejected("not_a_digit"));
  assert.deepEqual([page.asked(), page.game().phase, page.game().turns.length], [first, "playing", 0]);
  await drawAs(page, readingOf(Number(first)));
  assert.equal(page.game().turns[0].outcome, "right");
});

test("what it looks like while the pen is down never ends the task", async () => {
  const page = newGamePage();
  begin(page, "digits");
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(200);
  await page.api.requests[0].respond(readingOf(Number(page.asked())));
  assert.equal(page.state().reading.digit, Number(page.asked()));
  assert.equal(page.game().phase, "playing");
  page.extendStroke([C]);
  page.endStroke();
  await settled();
  assert.equal(page.game().phase, "playing", "the finished stroke has not been read yet");
  await page.api.requests.at(-1).respond(readingOf(Number(page.asked())));
  assert.equal(page.game().phase, "shown");
});

test("a stroke that is being drawn when the result is shown belongs to the last task", async () => {
  const page = newGamePage();
  begin(page, "digits");
  await drawAs(page, readingOf(Number(page.asked())));
  page.beginStroke(B);
  await moveOn(page);
  assert.equal(page.game().phase, "shown");
  page.endStroke();
  await moveOn(page);
  assert.equal(page.game().phase, "playing");
  assert.equal(page.state().drawing.strokes.length, 0);
});

test("the clock begins with the first stroke and counts down to the end of the round", async () => {
  const page = newGamePage();
  begin(page, "digits");
  await page.clock.advance(5000);
  assert.equal(page.game().secondsLeft, 60);
  await drawAs(page, readingOf(other(page)));
  await page.clock.advance(3000);
  assert.equal(page.game().secondsLeft, 57);
  await page.clock.advance(57_000);
  assert.equal(page.game().phase, "over");
  assert.equal(page.game().turns.at(-1).outcome, "late");
  assert.equal(page.game().turns.at(-1).reading.status, "accepted", "what was read last is in the results");
});

test("a stroke that was begun in time may be finished", async () => {
  const page = newGamePage();
  begin(page, "digits");
  page.beginStroke(A);
  await page.clock.advance(61_000);
  assert.deepEqual([page.game().phase, page.game().secondsLeft], ["playing", 0]);
  page.extendStroke([B]);
  page.endStroke();
  await settled();
  await page.api.requests.at(-1).respond(readingOf(Number(page.asked())));
  await moveOn(page);
  assert.deepEqual([page.game().phase, page.game().turns.map(({ outcome }) => outcome)], ["over", ["right"]]);
});

test("the clock stops while the page is hidden, and goes on with the next stroke", async () => {
  const page = newGamePage();
  begin(page, "digits");
  await drawAs(page, readingOf(other(page)));
  await page.clock.advance(1000);
  page.own.setAway(true);
  await page.clock.advance(100_000);
  page.own.setAway(false);
  await page.clock.advance(100_000);
  assert.equal(page.game().secondsLeft, 59);
  await drawAs(page, readingOf(other(page)));
  await page.clock.advance(2000);
  assert.equal(page.game().secondsLeft, 57);
});

test("the clock stops while the server can't be reached", async () => {
  const page = newGamePage();
  begin(page, "digits");
  await draw(page, A, B);
  await page.clock.advance(400);
  await page.api.requests.at(-1).fail(new Problem("unavailable", { retryAfter: 30 }));
  const { secondsLeft } = page.game();
  await page.clock.advance(29_000);
  assert.equal(page.game().secondsLeft, secondsLeft);
  await page.clock.advance(2000);
  await page.api.requests.at(-1).respond(readingOf(Number(page.asked())));
  assert.equal(page.game().turns[0].outcome, "right", "the retry counts");
});

test("a round without the clock has no end of time and is never the best", async () => {
  const page = newGamePage();
  page.own.toggle();
  page.own.toggleTimed();
  page.own.play("digits");
  await drawAs(page, readingOf(other(page)));
  await page.clock.advance(1_000_000);
  assert.deepEqual([page.game().phase, page.game().secondsLeft], ["playing", null]);
  for (let count = 0; count < 10; count++) {
    await drawAs(page, readingOf(Number(page.asked())));
    await moveOn(page);
  }
  assert.equal(page.game().phase, "over");
  assert.deepEqual(page.stored, []);
});

test("a round that is the best is stored", async () => {
  const page = newGamePage();
  begin(page, "digits");
  await drawAs(page, readingOf(Number(page.asked())));
  await moveOn(page);
  for (let count = 0; count < 9; count++) page.own.skip();
  assert.equal(page.game().phase, "over");
  assert.equal(page.stored[0].digits.score, 1);
});

test("numbers are compared as a whole", async () => {
  const page = newGamePage();
  begin(page, "numbers");
  const asked = page.asked();
  assert.ok(asked.length >= 2);
  page.api.numbers = () => [{ status: "accepted", text: asked, confidence: 0.9, digits: [...asked].map((digit) => ({ digit: Number(digit), box: [0, 0, 1, 1] })) }];
  await drawAs(page, rejected("several_digits"));
  await settled();
  assert.equal(page.game().turns[0]?.outcome, "right");
});

test("a drawing fools the reader only if the player says that a person can read it", async () => {
  const page = newGamePage();
  begin(page, "fool");
  await drawAs(page, readingOf(other(page)));
  assert.equal(page.game().phase, "playing");
  page.own.judge(true);
  assert.equal(page.game().turns[0].points, 100);
  await moveOn(page);
  await drawAs(page, readingOf(other(page)));
  page.own.skip();
  assert.equal(page.game().turns[1].points, 0);
});

test("when the time is up, the player is asked about the last drawing", async () => {
  const page = newGamePage();
  begin(page, "fool");
  await drawAs(page, readingOf(other(page)));
  await page.clock.advance(91_000);
  assert.equal(page.game().phase, "asking");
  page.own.judge(true);
  await moveOn(page);
  assert.deepEqual([page.game().phase, page.game().turns[0].points], ["over", 100]);
});

test("a drawing that was cleared after it was misread is in the results, one that was undone is not", async () => {
  const page = newGamePage();
  begin(page, "digits");
  await drawAs(page, readingOf(other(page)));
  page.undo();
  assert.equal(page.game().turns.length, 0);
  await drawAs(page, readingOf(other(page)));
  page.clear();
  assert.deepEqual(page.game().turns.map(({ outcome }) => outcome), ["misread"]);
});

test("a misread drawing can be kept as a correction, and that can be undone", async () => {
  const page = newGamePage();
  begin(page, "digits");
  const asked = Number(page.asked());
  await drawAs(page, readingOf(other(page)));
  page.own.skip();
  page.own.toggleKept(0);
  const { history, unsaved } = page.state();
  assert.deepEqual(history.map(({ label }) => label), [asked]);
  assert.equal(history[0].sheet.strokes.length, 1);
  assert.ok(unsaved && page.game().turns[0].kept);
  page.own.toggleKept(0);
  assert.deepEqual(page.state().history, []);
  assert.deepEqual([page.state().unsaved, page.game().turns[0].kept], [false, null]);
});

test("the game leaves no trace: the sheet, its reading and the history are as before", async () => {
  const page = newGamePage();
  await drawAs(page, readingOf(3));
  const before = page.state();
  begin(page, "digits");
  await drawAs(page, readingOf(Number(page.asked())));
  await moveOn(page);
  await drawAs(page, readingOf(other(page)));
  page.own.toggle();
  const { drawing, reading, history, game } = page.state();
  assert.equal(game, null);
  assert.deepEqual([drawing, reading, history], [before.drawing, before.reading, before.history]);
  await page.clock.advance(100_000);
  assert.equal(page.state().reading, before.reading, "no timer of the game is left");
});

test("after a reload in the middle of a game, the sheet from before is there", async () => {
  const page = newGamePage();
  await drawAs(page, readingOf(3));
  const { strokes } = page.state().drawing;
  keepVisit(page.store, page.device, page.clock);
  begin(page, "digits");
  await drawAs(page, readingOf(other(page)));
  await page.clock.advance(1000);
  assert.deepEqual(fromSession(page.device.kept.at(-1)).drawing.strokes, strokes);
});

/** The page that is loaded after the language was switched. */
async function switched(page) {
  await page.switchLanguage();
  const { interrupted, ...visit } = fromSession(page.device.kept.at(-1));
  const next = newGamePage();
  next.store.set(visit);
  next.own.resume(interrupted);
  await settled();
  return next;
}

test("a drawing that was kept can be undone after the language was switched", async () => {
  const page = newGamePage();
  begin(page, "digits");
  await drawAs(page, readingOf(other(page)));
  page.own.skip();
  page.own.toggleKept(0);
  const next = await switched(page);
  assert.equal(next.state().history.length, 1);
  next.own.toggleKept(0);
  assert.deepEqual([next.state().history, next.game().turns[0].kept], [[], null]);
});

test("a round goes on after the language was switched, and so does the drawing", async () => {
  const page = newGamePage();
  await drawAs(page, readingOf(3));
  begin(page, "digits");
  await drawAs(page, readingOf(Number(page.asked())));
  await moveOn(page);
  await page.clock.advance(10_000);
  await draw(page, A, B);
  const next = await switched(page);
  const { turns, tasks, phase, secondsLeft, waiting } = next.game();
  assert.deepEqual([turns.length, turns[0].outcome, tasks, phase, waiting], [1, "right", page.game().tasks, "playing", true]);
  assert.ok(secondsLeft === page.game().secondsLeft && secondsLeft <= 50);
  assert.equal(next.state().drawing.strokes.length, 1);
  await next.clock.advance(5000);
  assert.equal(next.game().secondsLeft, secondsLeft, "the clock waits");
  await next.api.requests.at(-1).respond(readingOf(Number(next.asked())));
  assert.equal(next.game().phase, "shown", "what was on the sheet is read");
  assert.deepEqual(next.state().history.length, 1, "a game leaves no trace");
  next.own.close();
  assert.equal(next.state().reading.digit, 3);
});

test("a result that is shown while the language is switched counts, and the next task comes", async () => {
  const page = newGamePage();
  begin(page, "digits");
  await drawAs(page, readingOf(Number(page.asked())));
  const next = await switched(page);
  assert.deepEqual([next.game().phase, next.game().turns.length, next.state().drawing.strokes], ["playing", 1, []]);
});

test("the results of a round are there in the other language, too", async () => {
  const page = newGamePage();
  begin(page, "digits");
  for (let done = 0; done < 10; done++) page.own.skip();
  const next = await switched(page);
  assert.deepEqual([next.game().phase, next.game().turns.length], ["over", 10]);
});

test("what is not a game is not played", () => {
  const page = newGamePage();
  for (const kept of [null, 3, {}, { tasks: [], turns: [], strokes: [], clock: { elapsed: 0 }, mode: "chess" }]) page.own.resume(kept);
  assert.equal(page.game(), null);
});

test("the results are saved as a picture", async () => {
  const page = newGamePage();
  begin(page, "digits");
  await page.own.savePicture();
  assert.match(page.device.saved[0].name, /\.png$/);
});
