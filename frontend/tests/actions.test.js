import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../src/problem.js";
import { remainderFor, sentenceFor } from "../src/words.js";
import { pictureFile, readingOf, settled } from "./doubles.js";
import { A, B, C, draw, give, newPage } from "./page.js";

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
  const { reading, asking, drawing } = page.state();
  assert.deepEqual([reading, asking, drawing.strokes, drawing.picture], [null, false, [], null]);
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
  const picture = new File(["the very bytes"], "a.png", { type: "image/png" });
  await give(page, picture);
  const { picture: sent } = page.api.questions[0];
  assert.deepEqual([sent.name, sent.type, await sent.text()], ["a.png", "image/png", "the very bytes"]);
  assert.equal(page.state().readFrom, null);
  await page.api.questions[0].answer(readingOf(3, { box: [1, 2, 3, 4] }));
  assert.equal(page.state().readFrom, page.state().drawing.picture);
});

test("a picture takes the place of a drawing; undo brings the drawing back, and redo the picture", async () => {
  const page = newPage();
  await draw(page, A, B);
  await give(page, pictureFile());
  const given = page.state().drawing.picture;
  assert.equal(page.api.questions[0].signal.aborted, true);
  assert.deepEqual(page.state().drawing.strokes, []);
  page.undo();
  await settled();
  assert.equal(page.state().drawing.picture, null);
  assert.deepEqual(page.api.questions.at(-1).picture, [[A, B]]);
  page.redo();
  await settled();
  const { picture, strokes } = page.state().drawing;
  assert.deepEqual([picture, strokes], [given, []]);
  assert.equal(page.api.questions.at(-1).picture.name, given.name);
});

for (const [title, away] of [
  ["a tap", (page) => draw(page, A)],
  ["a clean sheet", (page) => page.clear()],
  ["another picture", (page) => give(page, pictureFile("other.png"))],
]) {
  test(`${title} puts a picture away, and undo brings it back and asks about it`, async () => {
    const page = newPage();
    await give(page, pictureFile());
    const { picture } = page.state().drawing;
    await away(page);
    assert.notEqual(page.state().drawing.picture, picture);
    page.undo();
    await settled();
    assert.equal(page.state().drawing.picture, picture);
    assert.deepEqual(page.state().drawing.strokes, []);
    assert.equal(page.api.questions.at(-1).picture.name, picture.name);
    await page.api.questions.at(-1).answer(readingOf(6));
    assert.equal(page.state().readFrom, picture);
  });
}

test("undo takes a first picture away and leaves nothing read", async () => {
  const page = newPage();
  await give(page, pictureFile());
  await page.api.questions[0].answer(readingOf(6));
  page.undo();
  const { drawing, reading, readFrom } = page.state();
  assert.deepEqual([drawing.picture, reading, readFrom], [null, null, null]);
  assert.equal(page.api.questions.length, 1);
});

test("what is asked about a picture is not answered to a stroke", async () => {
  const page = newPage();
  await give(page, pictureFile());
  page.beginStroke(A);
  assert.equal(page.api.questions[0].signal.aborted, true);
  await page.api.questions[0].answer(readingOf(9));
  const { reading, asking } = page.state();
  assert.deepEqual([reading, asking], [null, false]);
  assert.equal(sentenceFor(page.state()), "I am reading along.");
});

test("what is known about a picture goes with it, and so does its planned retry", async () => {
  const page = newPage();
  await give(page, pictureFile());
  await page.api.questions[0].answer(readingOf(9));
  page.beginStroke(A);
  assert.deepEqual([page.state().reading, page.state().readFrom], [null, null]);
  page.endStroke();
  await give(page, pictureFile());
  await page.api.questions.at(-1).refuse(new Problem("busy", { retryAfter: 1 }));
  const asked = page.api.questions.length;
  page.beginStroke(B);
  await page.clock.advance(5000);
  assert.equal(page.api.questions.length, asked);
  assert.deepEqual([page.state().problem, page.state().retryIn], [null, null]);
});

test("a stroke takes the place of a picture", async () => {
  const page = newPage();
  await give(page, pictureFile());
  page.beginStroke(A);
  assert.equal(page.state().drawing.picture, null);
  page.endStroke();
  await settled();
  assert.deepEqual(page.api.questions.at(-1).picture, [[A]]);
});

test("of several files the first is taken, and that is said", async () => {
  const page = newPage();
  const files = [pictureFile("one.png"), pictureFile("two.png")];
  await give(page, ...files);
  assert.equal(page.state().drawing.picture.name, "one.png");
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

test("of several files the first that can be taken is taken", async () => {
  const page = newPage();
  const files = [pictureFile("notes.txt", { type: "text/plain" }), pictureFile("two.png"), pictureFile("three.png")];
  await give(page, ...files);
  assert.equal(page.state().drawing.picture.name, "two.png");
  assert.equal(page.state().aside, "I took “two.png”, the first of 3 files that I could take.");
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
  assert.deepEqual(page.reported.map(String), ["TypeError: x is not a function"]);
});

test("neither a problem nor a question that was given up is reported as a fault of the page", async () => {
  const page = newPage();
  await draw(page, A, B);
  await draw(page, C);
  await page.api.questions[0].refuse(new DOMException("aborted", "AbortError"));
  await page.api.questions[1].refuse(new Problem("unreachable"));
  assert.deepEqual(page.reported, []);
});

test("a view that fails is not taken for a problem with the question", async () => {
  const page = newPage();
  page.store.watch((state) => state.reading, (reading) => {
    if (reading) throw new RangeError("a view is broken");
  });
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(7));
  assert.deepEqual([page.state().problem, page.state().reading.digit], [null, 7]);
  assert.deepEqual(page.reported.map(String), ["RangeError: a view is broken"]);
});

test("who waits is told so after half a second, and not before", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.clock.advance(499);
  assert.equal(sentenceFor(page.state()), null);
  await page.clock.advance(1);
  assert.equal(sentenceFor(page.state()), "I am reading.");
  await page.api.questions[0].answer(readingOf(7));
  assert.equal(sentenceFor(page.state()), "This is a 7.");
  await draw(page, C);
  assert.equal(sentenceFor(page.state()), null);
});

test("the half second begins anew when the pen goes up, and a quick answer is not announced later", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(1000);
  assert.equal(sentenceFor(page.state()), null);
  page.endStroke();
  await settled();
  assert.equal(sentenceFor(page.state()), null);
  await page.api.questions.at(-1).answer(readingOf(7));
  await page.clock.advance(1000);
  assert.deepEqual([page.state().overdue, sentenceFor(page.state())], [false, "This is a 7."]);
});

/** The sentence that stands on the page: the last that there was one to say. */
function standing(page) {
  const said = [];
  page.store.watch(sentenceFor, (sentence) => sentence !== null && said.push(sentence));
  return () => said.at(-1);
}

test("an old problem is not left standing as if it were the answer", async () => {
  const page = newPage();
  const said = standing(page);
  await draw(page, A, B);
  await page.api.questions[0].refuse(new Problem("unreachable"));
  await draw(page, C);
  assert.equal(said(), "I am reading along.");
  await page.clock.advance(500);
  assert.equal(said(), "I am reading.");
});

test("an old refusal is not left standing beside a new stroke", async () => {
  const page = newPage();
  const said = standing(page);
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(7));
  await give(page, pictureFile("notes.txt", { type: "text/plain" }));
  assert.match(said(), /notes\.txt/);
  page.beginStroke(C);
  assert.equal(said(), "I am reading along.");
});

test("once there is an answer nobody gives up on it", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(7));
  await page.clock.advance(120_000);
  assert.deepEqual([page.state().problem, page.state().reading.digit], [null, 7]);
});

test("a server that answers again is asked while the pen moves again", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].refuse(new Problem("unreachable"));
  await draw(page, C);
  await page.api.questions[1].answer(readingOf(7));
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(150);
  assert.equal(page.api.questions.length, 3);
});

test("the end of a stroke drops the question that was planned", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.clock.advance(1000);
  assert.equal(page.api.questions.length, 1);
});

test("a stroke is asked about although the question of the one before never ends", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(150);
  page.endStroke();
  await settled();
  page.beginStroke(C);
  page.extendStroke([A]);
  await page.clock.advance(150);
  assert.equal(page.api.questions.length, 3);
});

test("after an answer was given up the moving pen is asked about again", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(150);
  await page.clock.advance(60_000);
  assert.equal(page.state().problem.kind, "slow");
  page.extendStroke([C]);
  await page.clock.advance(150);
  assert.equal(page.api.questions.length, 2);
});

test("503 is asked again after Retry-After, and not before", async () => {
  const page = newPage();
  const picture = pictureFile();
  await give(page, picture);
  await page.api.questions[0].refuse(new Problem("busy", { retryAfter: 2 }));
  assert.equal(page.state().retryIn, 2);
  await page.clock.advance(1999);
  assert.equal(page.api.questions.length, 1);
  await page.clock.advance(1);
  assert.equal(page.api.questions[1].picture.name, picture.name);
  await page.api.questions[1].answer(readingOf(5));
  const { reading, problem, retryIn } = page.state();
  assert.deepEqual([reading.digit, problem, retryIn], [5, null, null]);
});

test("while a busy server is left alone the seconds are counted, and what is told stays as it is", async () => {
  const page = newPage();
  await give(page, pictureFile());
  await page.api.questions[0].refuse(new Problem("busy", { retryAfter: 3 }));
  const told = [];
  const counted = [];
  page.store.watch(sentenceFor, (sentence) => told.push(sentence));
  page.store.watch(remainderFor, (words) => counted.push(words));
  await page.clock.advance(3000);
  assert.deepEqual(counted, ["3 seconds left", "2 seconds left", "1 second left", ""]);
  assert.deepEqual(told, ["The server is busy. I will wait 3 seconds and ask again.", null]);
});

test("nothing is counted any more once something else is on the sheet, or there is nothing to wait for", async () => {
  for (const away of [(page) => page.clear(), (page) => page.beginStroke(A), (page) => page.askAgain(), (page) => page.forgetHistory()]) {
    const page = newPage();
    await give(page, pictureFile());
    await page.api.questions[0].refuse(new Problem("busy", { retryAfter: 9 }));
    away(page);
    assert.equal(remainderFor(page.state()), "");
    await page.clock.advance(2000);
    assert.equal(remainderFor(page.state()), "");
  }
});

test("a busy server is asked again a few times, not for ever", async () => {
  const page = newPage();
  await give(page, pictureFile());
  for (let asked = 0; asked < 6; asked++) {
    await page.api.questions[asked].refuse(new Problem("busy", { retryAfter: 1 }));
    await page.clock.advance(1000);
  }
  assert.equal(page.api.questions.length, 6);
  assert.deepEqual([page.state().retryIn, page.state().problem.kind], [null, "busy"]);
});

for (const [wait, retried] of [[30, true], [600, true], [601, false]]) {
  test(`a server that wants to be left alone for ${wait} s is ${retried ? "" : "not "}asked again without being told to`, async () => {
    const page = newPage();
    await give(page, pictureFile());
    await page.api.questions[0].refuse(new Problem("busy", { retryAfter: wait }));
    assert.equal(page.state().retryIn, retried ? wait : null);
    await page.clock.advance(wait * 1000);
    assert.equal(page.api.questions.length, retried ? 2 : 1);
  });
}

test("a busy server that names no time is asked again by itself, each time after twice as long", async () => {
  const page = newPage();
  await give(page, pictureFile());
  for (const [asked, wait] of [2, 4, 8].entries()) {
    await page.api.questions[asked].refuse(new Problem("busy"));
    assert.equal(page.state().retryIn, wait);
    await page.clock.advance(wait * 1000);
  }
  assert.equal(page.api.questions.length, 4);
});

test("a time that is past is as soon as may be, and not at once again and again", async () => {
  const page = newPage();
  await give(page, pictureFile());
  await page.api.questions[0].refuse(new Problem("busy", { retryAfter: 0 }));
  assert.equal(page.state().retryIn, 1);
  await page.clock.advance(1000);
  assert.equal(page.api.questions.length, 2);
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

test("a server that cannot be reached is asked again by itself, each time after twice as long", async () => {
  const page = newPage();
  await give(page, pictureFile());
  for (const [asked, wait] of [2, 4, 8, 16].entries()) {
    await page.api.questions[asked].refuse(new Problem("unreachable"));
    assert.equal(page.state().retryIn, wait);
    await page.clock.advance(wait * 1000 - 1);
    assert.equal(page.api.questions.length, asked + 1);
    await page.clock.advance(1);
    assert.equal(page.api.questions.length, asked + 2);
  }
  await page.api.questions.at(-1).answer(readingOf(5));
  assert.equal(page.state().reading.digit, 5);
});

test("who is offline is told so, keeps everything, and is answered when back", async () => {
  const page = newPage();
  page.setOffline(true);
  await draw(page, A, B);
  await page.api.questions[0].refuse(new Problem("unreachable"));
  assert.match(sentenceFor(page.state()), /offline/);
  page.setOffline(false);
  await settled();
  assert.deepEqual(page.api.questions.at(-1).picture, [[A, B]]);
  await page.api.questions.at(-1).answer(readingOf(7));
  assert.equal(sentenceFor(page.state()), "This is a 7.");
});

test("coming online asks nothing where nothing is left to ask", async () => {
  const page = newPage();
  page.setOffline(false);
  await draw(page, A);
  await page.api.questions[0].answer(readingOf(1));
  page.setOffline(false);
  await settled();
  assert.equal(page.api.questions.length, 1);
});

test("what is known already is shown again without asking", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(1));
  await draw(page, C);
  await page.api.questions[1].answer(readingOf(7));
  page.clear();
  page.undo();
  await settled();
  assert.deepEqual([page.api.questions.length, page.state().reading.digit, page.state().asking], [2, 7, false]);
});

test("a smaller picture may be sent, and its box is told in the pixels of the one that was given", async () => {
  const page = newPage();
  const [picture, smaller] = [pictureFile("photo.jpg"), pictureFile("photo.jpg")];
  page.renderer.shrink = async () => ({ blob: smaller, scale: 0.25 });
  await give(page, picture);
  assert.equal(page.api.questions[0].picture, smaller);
  await page.api.questions[0].answer(readingOf(3, { box: [10, 20, 30, 40] }));
  assert.deepEqual(page.state().reading.box, [40, 80, 120, 160]);
  assert.deepEqual([page.state().readFrom.name, page.state().sent], [picture.name, { blob: smaller, scale: 0.25, explained: false }]);
});

test("what is still too large when it was made smaller is not sent, and that is said", async () => {
  const page = newPage();
  const picture = pictureFile("scan.tif", { type: "image/tiff", bytes: 17 * 1024 * 1024 });
  await give(page, picture);
  assert.equal(page.api.questions.length, 0);
  assert.match(sentenceFor(page.state()), /“scan\.tif” has 17 MB, and this browser cannot make it smaller; I send up to 16 MB/);
  page.renderer.shrink = async () => ({ blob: pictureFile("scan.tif"), scale: 0.1 });
  await give(page, pictureFile("scan.tif", { type: "image/tiff", bytes: 17 * 1024 * 1024 }));
  assert.equal(page.api.questions.length, 1);
});

/** A file that has been moved: a browser tells it by failing to read it. */
function moved(file) {
  file.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
}

test("a file that was moved before it could be read is told so, and leaves what was there", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(7));
  const picture = pictureFile();
  moved(picture);
  await give(page, picture);
  assert.equal(page.api.questions.length, 1);
  assert.deepEqual([page.state().reading.digit, page.reported], [7, []]);
  assert.match(sentenceFor(page.state()), /can no longer open this file/);
});

test("a file that is moved after it was given is kept: asked about again, and still there after undo", async () => {
  const page = newPage();
  page.setOffline(true);
  const picture = pictureFile();
  await give(page, picture);
  await page.api.questions[0].refuse(new Problem("unreachable"));
  moved(picture);
  page.setOffline(false);
  await settled();
  await page.api.questions[1].answer(readingOf(3));
  page.clear();
  page.undo();
  assert.equal(await page.state().drawing.picture.text(), "\0".repeat(10));
  assert.equal(page.state().reading.digit, 3);
});

test("what was sent once is sent again, in its own pixels", async () => {
  const page = newPage();
  page.renderer.shrink = async (file) => ({ blob: new File([file], file.name), scale: 0.5 });
  await give(page, pictureFile());
  await page.api.questions[0].answer(readingOf(3, { square: "data:image/png;base64,AA==" }));
  page.turnExplanation();
  await settled();
  assert.deepEqual([page.api.questions.length, page.api.questions[1].explained], [2, true]);
  assert.equal(page.api.questions[1].picture, page.api.questions[0].picture);
  await page.api.questions[1].answer(readingOf(3, { box: [1, 2, 3, 4] }));
  assert.deepEqual(page.state().reading.box, [2, 4, 6, 8]);
});

test("of two files that are given one after the other the last one is laid, and none under a stroke that has begun", async () => {
  const page = newPage();
  const slow = pictureFile("slow.png");
  let arrive = () => {};
  slow.arrayBuffer = () => new Promise((resolve) => (arrive = () => resolve(new ArrayBuffer(1))));
  await give(page, slow);
  await give(page, pictureFile("quick.png"));
  arrive();
  await settled();
  assert.equal(page.state().drawing.picture.name, "quick.png");
  await give(page, slow);
  page.beginStroke(A);
  arrive();
  await settled();
  assert.deepEqual([page.state().drawing.picture, page.state().drawing.active], [null, true]);
});

test("nothing is said for long of another sheet than the one that lies there", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(7));
  await give(page, pictureFile());
  await page.clock.advance(499);
  assert.equal(page.state().reading.digit, 7);
  await page.clock.advance(1);
  assert.deepEqual([page.state().reading, page.state().sent, page.state().asking], [null, null, true]);
});

test("what was read of the strokes so far stays while one more is read", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(7));
  await draw(page, C);
  await page.clock.advance(5000);
  assert.equal(page.state().reading.digit, 7);
});

test("an answer that comes after a refusal is told", async () => {
  const page = newPage();
  await give(page, pictureFile());
  await page.api.questions[0].refuse(new Problem("busy", { retryAfter: 2 }));
  await give(page, pictureFile("notes.txt", { type: "text/plain" }));
  await page.clock.advance(2000);
  await page.api.questions[1].answer(readingOf(7));
  assert.equal(sentenceFor(page.state()), "This is a 7.");
});

test("who is offline is not asked for again and again, which would be told each time", async () => {
  const page = newPage();
  const said = [];
  page.setOffline(true);
  await draw(page, A, B);
  page.store.watch(sentenceFor, (sentence) => said.push(sentence));
  await page.api.questions[0].refuse(new Problem("unreachable"));
  await page.clock.advance(60_000);
  assert.equal(page.api.questions.length, 1);
  assert.equal(said.filter((sentence) => sentence !== null).length, 1);
});
