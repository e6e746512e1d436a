import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../src/api/problem.js";
import { countdownFor, sentenceFor } from "../src/state/status.js";
import { NO_FILE, TABLE_FAILED, STATUS, countdown, sentenceForProblem, sentenceForReading, sentenceForRefusal } from "../src/text/page.js";
import { pictureFile, pointsOf, readingOf, rejected, settled } from "./doubles.js";
import { A, B, C, draw, newPage, open } from "./page.js";

const SEVEN = sentenceForReading(readingOf(7));

test("the end of a stroke sends a request at once, with all strokes", async () => {
  const page = newPage();
  await draw(page, A, B);
  assert.deepEqual(page.api.requests.map(({ content }) => pointsOf(content)), [[[A, B]]]);
  await page.api.requests[0].respond(readingOf(7));
  assert.equal(page.state().reading.digit, 7);
  assert.equal(page.state().recognizing, false);
});

test("while the pen moves, requests are sent from time to time, not for every point", async () => {
  const page = newPage();
  page.beginStroke(A);
  for (let at = 1; at <= 30; at++) {
    page.extendStroke([{ x: at / 100, y: 0.5 }]);
    await page.clock.advance(10);
    for (const request of page.api.requests) await request.respond(readingOf(1));
  }
  assert.equal(page.api.requests.length, 2);
  assert.equal(page.state().reading.digit, 1);
});

test("a newer request cancels the older one", async () => {
  const page = newPage();
  await draw(page, A, B);
  await draw(page, C);
  const [older, newer] = page.api.requests;
  assert.deepEqual([older.signal.aborted, newer.signal.aborted], [true, false]);
});

test("a late response is never shown, even if the abort had no effect", async () => {
  const page = newPage();
  await draw(page, A, B);
  await draw(page, C);
  const [older, newer] = page.api.requests;
  await newer.respond(readingOf(4));
  await older.respond(readingOf(1));
  assert.equal(page.state().reading.digit, 4);
});

test("a late failure is never shown either", async () => {
  const page = newPage();
  await draw(page, A, B);
  await draw(page, C);
  const [older, newer] = page.api.requests;
  await older.fail(new Problem("unreachable"));
  assert.equal(page.state().recognizing, true);
  await newer.respond(readingOf(4));
  assert.equal(page.state().problem, null);
});

test("the last reading stays until the next one replaces it", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(1));
  await draw(page, C);
  assert.equal(page.state().reading.digit, 1);
  await page.api.requests[1].respond(readingOf(7));
  assert.equal(page.state().reading.digit, 7);
});

test("the lifted pen and its request appear in the state together", async () => {
  const page = newPage();
  page.beginStroke(A);
  const seen = [];
  page.store.subscribe(({ drawing, recognizing }) => seen.push([drawing.active, recognizing]));
  page.endStroke();
  assert.deepEqual(seen, [[true, false], [false, true]]);
});

test("clear empties everything, and a late response is ignored", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(1));
  await draw(page, C);
  page.clear();
  await page.api.requests[1].respond(readingOf(7));
  const { reading, recognizing, drawing } = page.state();
  assert.deepEqual([reading, recognizing, drawing.strokes, drawing.picture], [null, false, [], null]);
  assert.equal(page.api.requests[1].signal.aborted, true);
});

test("clear during a stroke ends it, and cancels the planned request", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  page.clear();
  page.extendStroke([C]);
  page.endStroke();
  await page.clock.advance(1000);
  assert.deepEqual(page.state().drawing.strokes, []);
  assert.equal(page.api.requests.length, 0);
});

test("undo and redo read what is then on the sheet, but not a blank sheet", async () => {
  const page = newPage();
  await draw(page, A);
  await draw(page, B);
  page.undo();
  await settled();
  assert.deepEqual(pointsOf(page.api.requests.at(-1).content), [[A]]);
  await page.api.requests.at(-1).respond(readingOf(1));
  page.undo();
  await settled();
  assert.equal(page.api.requests.length, 3);
  assert.equal(page.state().reading, null);
  page.redo();
  await settled();
  assert.deepEqual(pointsOf(page.api.requests.at(-1).content), [[A]]);
});

test("a picture is sent unchanged, and the reading refers to it", async () => {
  const page = newPage();
  const picture = new File(["the very bytes"], "a.png", { type: "image/png" });
  await open(page, picture);
  const { content: sent } = page.api.requests[0];
  assert.deepEqual([sent.name, sent.type, await sent.text()], ["a.png", "image/png", "the very bytes"]);
  assert.equal(page.state().readPicture, null);
  await page.api.requests[0].respond(readingOf(3, { box: [1, 2, 3, 4] }));
  assert.equal(page.state().readPicture, page.state().drawing.picture);
});

test("a picture replaces a drawing; undo restores the drawing, and redo the picture", async () => {
  const page = newPage();
  await draw(page, A, B);
  await open(page, pictureFile());
  const given = page.state().drawing.picture;
  assert.equal(page.api.requests[0].signal.aborted, true);
  assert.deepEqual(page.state().drawing.strokes, []);
  page.undo();
  await settled();
  assert.equal(page.state().drawing.picture, null);
  assert.deepEqual(pointsOf(page.api.requests.at(-1).content), [[A, B]]);
  page.redo();
  await settled();
  const { picture, strokes } = page.state().drawing;
  assert.deepEqual([picture, strokes], [given, []]);
  assert.equal(page.api.requests.at(-1).content.name, given.name);
});

for (const [title, replace] of [
  ["a tap", (page) => draw(page, A)],
  ["clear", (page) => page.clear()],
  ["another picture", (page) => open(page, pictureFile("other.png"))],
]) {
  test(`${title} replaces a picture, and undo restores and reads it`, async () => {
    const page = newPage();
    await open(page, pictureFile());
    const { picture } = page.state().drawing;
    await replace(page);
    assert.notEqual(page.state().drawing.picture, picture);
    page.undo();
    await settled();
    assert.equal(page.state().drawing.picture, picture);
    assert.deepEqual(page.state().drawing.strokes, []);
    assert.equal(page.api.requests.at(-1).content.name, picture.name);
    await page.api.requests.at(-1).respond(readingOf(6));
    assert.equal(page.state().readPicture, picture);
  });
}

test("undo of the first picture leaves no reading", async () => {
  const page = newPage();
  await open(page, pictureFile());
  await page.api.requests[0].respond(readingOf(6));
  page.undo();
  const { drawing, reading, readPicture } = page.state();
  assert.deepEqual([drawing.picture, reading, readPicture], [null, null, null]);
  assert.equal(page.api.requests.length, 1);
});

test("the response for a picture is not shown for a stroke", async () => {
  const page = newPage();
  await open(page, pictureFile());
  page.beginStroke(A);
  assert.equal(page.api.requests[0].signal.aborted, true);
  await page.api.requests[0].respond(readingOf(9));
  const { reading, recognizing } = page.state();
  assert.deepEqual([reading, recognizing], [null, false]);
  assert.equal(sentenceFor(page.state()), STATUS.drawing);
});

test("a stroke dismisses the reading of a picture, and cancels its retry", async () => {
  const page = newPage();
  await open(page, pictureFile());
  await page.api.requests[0].respond(readingOf(9));
  page.beginStroke(A);
  assert.deepEqual([page.state().reading, page.state().readPicture], [null, null]);
  page.endStroke();
  await open(page, pictureFile());
  await page.api.requests.at(-1).fail(new Problem("unavailable", { retryAfter: 1 }));
  const sent = page.api.requests.length;
  page.beginStroke(B);
  await page.clock.advance(5000);
  assert.equal(page.api.requests.length, sent);
  assert.deepEqual([page.state().problem, page.state().retryIn], [null, null]);
});

test("a stroke replaces a picture", async () => {
  const page = newPage();
  await open(page, pictureFile());
  page.beginStroke(A);
  assert.equal(page.state().drawing.picture, null);
  page.endStroke();
  await settled();
  assert.deepEqual(pointsOf(page.api.requests.at(-1).content), [[A]]);
});

test("several files are opened in a table, and the sheet stays as it is", async () => {
  const page = newPage();
  await open(page, pictureFile("one.png"));
  const files = [pictureFile("two.png"), pictureFile("notes.txt", { type: "text/plain" })];
  await open(page, ...files);
  assert.deepEqual(page.tables, [files]);
  assert.equal(page.state().drawing.picture.name, "one.png");
});

test("if the table can't be loaded, the page says so", async () => {
  const page = newPage();
  page.openTable = () => Promise.reject(new Error("offline"));
  await open(page, pictureFile("one.png"), pictureFile("two.png"));
  assert.equal(page.state().fileError, TABLE_FAILED);
});

test("a table that loads late does not cover what was drawn meanwhile", async () => {
  for (const late of [(page) => (files) => void page.tables.push(files), () => Promise.reject(new Error("offline"))]) {
    const page = newPage();
    let load;
    page.openTable = () => new Promise((resolve) => (load = resolve));
    await open(page, pictureFile("one.png"), pictureFile("two.png"));
    await draw(page, A, B);
    load(late(page));
    await settled();
    assert.deepEqual(page.tables, []);
    assert.equal(page.state().fileError, null);
  }
});

test("a file that cannot be opened is not sent, and changes nothing on the sheet", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(7));
  await open(page, pictureFile("notes.txt", { type: "text/plain" }));
  assert.equal(page.api.requests.length, 1);
  assert.match(page.state().fileError, /notes\.txt.*text\/plain/);
  assert.equal(page.state().reading.digit, 7);
  await draw(page, C);
  assert.equal(page.state().fileError, null);
});

test("an empty clipboard and an empty drop have sentences of their own", async () => {
  const page = newPage();
  page.openFiles([], "clipboard");
  assert.equal(page.state().fileError, NO_FILE.clipboard);
  page.openFiles([], "drop");
  assert.equal(page.state().fileError, NO_FILE.drop);
});

test("a problem removes the reading of another sheet", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(7));
  await open(page, pictureFile());
  await page.api.requests[1].fail(new Problem("malformed", { detail: "Not a request." }));
  const { reading, problem, recognizing } = page.state();
  assert.deepEqual([reading, problem.detail, recognizing], [null, "Not a request.", false]);
});

for (const kind of ["unreadable", "unsupported", "too_large"]) {
  test(`a picture that the server refuses leaves the drawing and its reading whole, with a notice that passes: ${kind}`, async () => {
    const page = newPage();
    await draw(page, A, B);
    await page.api.requests[0].respond(readingOf(7));
    const { drawing } = page.state();
    await open(page, pictureFile("b.png"));
    await page.api.requests[1].fail(new Problem(kind));
    const { reading, problem, recognizing, fileError } = page.state();
    assert.deepEqual([reading.digit, problem, recognizing, fileError], [7, null, false, sentenceForRefusal(new Problem(kind), "b.png")]);
    assert.deepEqual(page.state().drawing, drawing);
    await page.clock.advance(10_000);
    assert.deepEqual([page.state().fileError, page.state().reading.digit], [null, 7]);
  });
}

test("a refused picture leaves a blank sheet blank", async () => {
  const page = newPage();
  await open(page, pictureFile("b.png"));
  await page.api.requests[0].fail(new Problem("unreadable"));
  const { drawing, reading, problem } = page.state();
  assert.deepEqual([drawing.picture, drawing.past, reading, problem], [null, [], null, null]);
});

test("nothing is refused while the pen is down, or a moment later", async () => {
  const page = newPage();
  const refused = rejected("not_a_digit");
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(150);
  await page.api.requests[0].respond(refused);
  assert.notEqual(sentenceFor(page.state()), sentenceForReading(refused));
  page.endStroke();
  await settled();
  await page.api.requests[1].respond(refused);
  assert.notEqual(sentenceFor(page.state()), sentenceForReading(refused));
  await page.clock.advance(1000);
  assert.equal(sentenceFor(page.state()), sentenceForReading(refused));
});

test("an unexpected error is shown as a problem, too", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].fail(new TypeError("x is not a function"));
  assert.deepEqual([page.state().problem.kind, page.state().problem.detail], ["broken", null]);
  assert.deepEqual(page.reported.map(String), ["TypeError: x is not a function"]);
});

test("neither problems nor cancelled requests are reported as errors of the page", async () => {
  const page = newPage();
  await draw(page, A, B);
  await draw(page, C);
  await page.api.requests[0].fail(new DOMException("aborted", "AbortError"));
  await page.api.requests[1].fail(new Problem("unreachable"));
  assert.deepEqual(page.reported, []);
});

test("an error in a view is reported, and is not shown as a problem of the request", async () => {
  const page = newPage();
  page.store.watch((state) => state.reading, (reading) => {
    if (reading) throw new RangeError("a view is broken");
  });
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(7));
  assert.deepEqual([page.state().problem, page.state().reading.digit], [null, 7]);
  assert.deepEqual(page.reported.map(String), ["RangeError: a view is broken"]);
});

test("after half a second the page says that it is still reading, and not before", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.clock.advance(499);
  assert.equal(sentenceFor(page.state()), null);
  await page.clock.advance(1);
  assert.equal(sentenceFor(page.state()), STATUS.reading);
  await page.api.requests[0].respond(readingOf(7));
  assert.equal(sentenceFor(page.state()), SEVEN);
  await draw(page, C);
  assert.equal(sentenceFor(page.state()), null);
});

test("the half second starts again when the pen is lifted, and a quick response cancels it", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(1000);
  assert.equal(sentenceFor(page.state()), STATUS.drawing);
  page.endStroke();
  await settled();
  assert.equal(sentenceFor(page.state()), null);
  await page.api.requests.at(-1).respond(readingOf(7));
  await page.clock.advance(1000);
  assert.deepEqual([page.state().slow, sentenceFor(page.state())], [false, SEVEN]);
});

/** The sentence on the page: the last one that was not null. */
function shownSentence(page) {
  const sentences = [];
  page.store.watch(sentenceFor, (sentence) => sentence !== null && sentences.push(sentence));
  return () => sentences.at(-1);
}

test("an old problem is replaced while the page waits for the next response", async () => {
  const page = newPage();
  const shown = shownSentence(page);
  await draw(page, A, B);
  await page.api.requests[0].fail(new Problem("unreachable"));
  await draw(page, C);
  assert.equal(shown(), STATUS.drawing);
  await page.clock.advance(500);
  assert.equal(shown(), STATUS.reading);
});

test("a refused file leaves the reading as it is, and its notice goes when a stroke begins", async () => {
  const page = newPage();
  const shown = shownSentence(page);
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(7));
  await open(page, pictureFile("notes.txt", { type: "text/plain" }));
  assert.deepEqual([shown(), page.state().reading.digit], [SEVEN, 7]);
  assert.match(page.state().fileError, /notes\.txt/);
  page.beginStroke(C);
  assert.equal(page.state().fileError, null);
});

test("after the response, there is no timeout", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(7));
  await page.clock.advance(120_000);
  assert.deepEqual([page.state().problem, page.state().reading.digit], [null, 7]);
});

test("after a success, requests are sent while the pen moves again", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].fail(new Problem("unreachable"));
  await draw(page, C);
  await page.api.requests[1].respond(readingOf(7));
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(150);
  assert.equal(page.api.requests.length, 3);
});

test("the end of a stroke cancels the planned request", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.clock.advance(1000);
  assert.equal(page.api.requests.length, 1);
});

test("a stroke is read even if the request of the previous one never ends", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(150);
  page.endStroke();
  await settled();
  page.beginStroke(C);
  page.extendStroke([A]);
  await page.clock.advance(150);
  assert.equal(page.api.requests.length, 3);
});

test("after a timeout, the moving pen is read again", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(150);
  await page.clock.advance(60_000);
  assert.equal(page.state().problem.kind, "timeout");
  page.extendStroke([C]);
  await page.clock.advance(150);
  assert.equal(page.api.requests.length, 2);
});

test("503 is retried after Retry-After, and not before", async () => {
  const page = newPage();
  const picture = pictureFile();
  await open(page, picture);
  await page.api.requests[0].fail(new Problem("unavailable", { retryAfter: 2 }));
  assert.equal(page.state().retryIn, 2);
  await page.clock.advance(1999);
  assert.equal(page.api.requests.length, 1);
  await page.clock.advance(1);
  assert.equal(page.api.requests[1].content.name, picture.name);
  await page.api.requests[1].respond(readingOf(5));
  const { reading, problem, retryIn } = page.state();
  assert.deepEqual([reading.digit, problem, retryIn], [5, null, null]);
});

test("the countdown changes every second, and the sentence stays", async () => {
  const page = newPage();
  await open(page, pictureFile());
  const problem = new Problem("unavailable", { retryAfter: 3 });
  await page.api.requests[0].fail(problem);
  const sentences = [];
  const counted = [];
  page.store.watch(sentenceFor, (sentence) => sentences.push(sentence));
  page.store.watch(countdownFor, (text) => counted.push(text));
  await page.clock.advance(3000);
  assert.deepEqual(counted, [countdown(3), countdown(2), countdown(1), ""]);
  assert.deepEqual(sentences, [sentenceForProblem(problem, 3), null]);
});

test("there is no countdown after the retry was cancelled", async () => {
  for (const cancel of [(page) => page.clear(), (page) => page.beginStroke(A), (page) => page.retry(), (page) => page.confirmClear()]) {
    const page = newPage();
    await open(page, pictureFile());
    await page.api.requests[0].fail(new Problem("unavailable", { retryAfter: 9 }));
    cancel(page);
    assert.equal(countdownFor(page.state()), "");
    await page.clock.advance(2000);
    assert.equal(countdownFor(page.state()), "");
  }
});

test("an unavailable server is retried a few times, not forever", async () => {
  const page = newPage();
  await open(page, pictureFile());
  for (let attempt = 0; attempt < 6; attempt++) {
    await page.api.requests[attempt].fail(new Problem("unavailable", { retryAfter: 1 }));
    await page.clock.advance(1000);
  }
  assert.equal(page.api.requests.length, 6);
  assert.deepEqual([page.state().retryIn, page.state().problem.kind], [null, "unavailable"]);
});

for (const [wait, retried] of [[30, true], [600, true], [601, false]]) {
  test(`Retry-After: ${wait} is ${retried ? "" : "not "}retried automatically`, async () => {
    const page = newPage();
    await open(page, pictureFile());
    await page.api.requests[0].fail(new Problem("unavailable", { retryAfter: wait }));
    assert.equal(page.state().retryIn, retried ? wait : null);
    await page.clock.advance(wait * 1000);
    assert.equal(page.api.requests.length, retried ? 2 : 1);
  });
}

test("without Retry-After, each wait is twice as long", async () => {
  const page = newPage();
  await open(page, pictureFile());
  for (const [attempt, wait] of [2, 4, 8].entries()) {
    await page.api.requests[attempt].fail(new Problem("unavailable"));
    assert.equal(page.state().retryIn, wait);
    await page.clock.advance(wait * 1000);
  }
  assert.equal(page.api.requests.length, 4);
});

test("a Retry-After of 0 waits 1 second", async () => {
  const page = newPage();
  await open(page, pictureFile());
  await page.api.requests[0].fail(new Problem("unavailable", { retryAfter: 0 }));
  assert.equal(page.state().retryIn, 1);
  await page.clock.advance(1000);
  assert.equal(page.api.requests.length, 2);
});

test("a newer request or clear cancels the retry", async () => {
  const page = newPage();
  await open(page, pictureFile());
  await page.api.requests[0].fail(new Problem("unavailable", { retryAfter: 2 }));
  await draw(page, A);
  await page.api.requests[1].fail(new Problem("unavailable", { retryAfter: 2 }));
  page.clear();
  await page.clock.advance(10_000);
  assert.equal(page.api.requests.length, 2);
});

test("an unavailable server gets no requests until the stroke ends", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(150);
  await page.api.requests[0].fail(new Problem("unavailable", { retryAfter: 20 }));
  assert.equal(page.state().problem, null);
  page.extendStroke([C]);
  await page.clock.advance(1000);
  assert.equal(page.api.requests.length, 1);
  page.endStroke();
  await settled();
  assert.equal(page.api.requests.length, 2);
});

test("a request without a response ends with a timeout after a minute", async () => {
  const page = newPage();
  await draw(page, A);
  await page.clock.advance(60_000);
  assert.deepEqual([page.state().problem?.kind, page.state().recognizing], ["timeout", false]);
  assert.equal(page.api.requests[0].signal.aborted, true);
});

test("only retryable problems can be retried", async () => {
  for (const [kind, requests] of [["unreachable", 2], ["unreadable", 1]]) {
    const page = newPage();
    await open(page, pictureFile());
    await page.api.requests[0].fail(new Problem(kind));
    page.retry();
    await settled();
    assert.equal(page.api.requests.length, requests, kind);
  }
});

test("an unreachable server is retried, each time after twice as long", async () => {
  const page = newPage();
  await open(page, pictureFile());
  for (const [attempt, wait] of [2, 4, 8, 16].entries()) {
    await page.api.requests[attempt].fail(new Problem("unreachable"));
    assert.equal(page.state().retryIn, wait);
    await page.clock.advance(wait * 1000 - 1);
    assert.equal(page.api.requests.length, attempt + 1);
    await page.clock.advance(1);
    assert.equal(page.api.requests.length, attempt + 2);
  }
  await page.api.requests.at(-1).respond(readingOf(5));
  assert.equal(page.state().reading.digit, 5);
});

test("a user who is offline keeps everything, and gets the reading when online again", async () => {
  const page = newPage();
  page.setOffline(true);
  await draw(page, A, B);
  await page.api.requests[0].fail(new Problem("unreachable"));
  assert.equal(sentenceFor(page.state()), STATUS.offline);
  page.setOffline(false);
  await settled();
  assert.deepEqual(pointsOf(page.api.requests.at(-1).content), [[A, B]]);
  await page.api.requests.at(-1).respond(readingOf(7));
  assert.equal(sentenceFor(page.state()), SEVEN);
});

test("being online again sends no request if nothing failed", async () => {
  const page = newPage();
  page.setOffline(false);
  await draw(page, A);
  await page.api.requests[0].respond(readingOf(1));
  page.setOffline(false);
  await settled();
  assert.equal(page.api.requests.length, 1);
});

test("a sheet that was read before is shown without a request", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(1));
  await draw(page, C);
  await page.api.requests[1].respond(readingOf(7));
  page.clear();
  page.undo();
  await settled();
  assert.deepEqual([page.api.requests.length, page.state().reading.digit, page.state().recognizing], [2, 7, false]);
});

test("a smaller picture may be sent, and its box is in pixels of the original", async () => {
  const page = newPage();
  const [picture, smaller] = [pictureFile("photo.jpg"), pictureFile("photo.jpg")];
  page.shrink = async () => ({ content: smaller, scale: 0.25 });
  await open(page, picture);
  assert.equal(page.api.requests[0].content, smaller);
  await page.api.requests[0].respond(readingOf(3, { box: [10, 20, 30, 40] }));
  assert.deepEqual(page.state().reading.box, [40, 80, 120, 160]);
  assert.deepEqual([page.state().readPicture.name, page.state().sent], [picture.name, { content: smaller, scale: 0.25, explained: false, numbers: false }]);
});

test("a picture that is still too large after shrinking is not sent", async () => {
  const page = newPage();
  const picture = pictureFile("scan.tif", { type: "image/tiff", bytes: 17 * 1024 * 1024 });
  await open(page, picture);
  assert.equal(page.api.requests.length, 0);
  assert.match(page.state().fileError, /“scan\.tif”.*17 MB.*\b16 MB/);
  page.shrink = async () => ({ content: pictureFile("scan.tif"), scale: 0.1 });
  await open(page, pictureFile("scan.tif", { type: "image/tiff", bytes: 17 * 1024 * 1024 }));
  assert.equal(page.api.requests.length, 1);
});

/** Simulates that a file was moved: the browser fails to read it. */
function moved(file) {
  file.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
}

test("a file that was moved before it could be opened changes nothing on the sheet", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(7));
  const picture = pictureFile();
  moved(picture);
  await open(page, picture);
  assert.equal(page.api.requests.length, 1);
  assert.deepEqual([page.state().reading.digit, page.reported], [7, []]);
  assert.equal(page.state().fileError, sentenceForProblem(new Problem("lost")));
});

test("a file that is moved after it was opened can be sent again, and restored by undo", async () => {
  const page = newPage();
  page.setOffline(true);
  const picture = pictureFile();
  await open(page, picture);
  await page.api.requests[0].fail(new Problem("unreachable"));
  moved(picture);
  page.setOffline(false);
  await settled();
  await page.api.requests[1].respond(readingOf(3));
  page.clear();
  page.undo();
  assert.equal(await page.state().drawing.picture.text(), "\0".repeat(10));
  assert.equal(page.state().reading.digit, 3);
});

test("an explanation sends the same picture again", async () => {
  const page = newPage();
  page.shrink = async (file) => ({ content: new File([file], file.name), scale: 0.5 });
  await open(page, pictureFile());
  await page.api.requests[0].respond(readingOf(3, { square: "data:image/png;base64,AA==" }));
  page.toggleExplanation();
  await settled();
  assert.deepEqual([page.api.requests.length, page.api.requests[1].explained], [2, true]);
  assert.equal(page.api.requests[1].content, page.api.requests[0].content);
  await page.api.requests[1].respond(readingOf(3, { box: [1, 2, 3, 4] }));
  assert.deepEqual(page.state().reading.box, [2, 4, 6, 8]);
});

test("of two files the latest wins, and a stroke cancels both", async () => {
  const page = newPage();
  const slow = pictureFile("slow.png");
  let arrive = () => {};
  slow.arrayBuffer = () => new Promise((resolve) => (arrive = () => resolve(new ArrayBuffer(1))));
  await open(page, slow);
  await open(page, pictureFile("quick.png"));
  arrive();
  await settled();
  assert.equal(page.state().drawing.picture.name, "quick.png");
  await open(page, slow);
  page.beginStroke(A);
  arrive();
  await settled();
  assert.deepEqual([page.state().drawing.picture, page.state().drawing.active], [null, true]);
});

test("a slow response removes the reading of another sheet", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(7));
  await open(page, pictureFile());
  await page.clock.advance(499);
  assert.equal(page.state().reading.digit, 7);
  await page.clock.advance(1);
  assert.deepEqual([page.state().reading, page.state().sent, page.state().recognizing], [null, null, true]);
});

test("a slow response keeps the reading of the strokes so far", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(7));
  await draw(page, C);
  await page.clock.advance(5000);
  assert.equal(page.state().reading.digit, 7);
});

test("a response replaces a file error", async () => {
  const page = newPage();
  await open(page, pictureFile());
  await page.api.requests[0].fail(new Problem("unavailable", { retryAfter: 2 }));
  await open(page, pictureFile("notes.txt", { type: "text/plain" }));
  await page.clock.advance(2000);
  await page.api.requests[1].respond(readingOf(7));
  assert.equal(sentenceFor(page.state()), SEVEN);
});

test("a user who is offline gets no retries and no repeated sentences", async () => {
  const page = newPage();
  const sentences = [];
  page.setOffline(true);
  await draw(page, A, B);
  page.store.watch(sentenceFor, (sentence) => sentences.push(sentence));
  await page.api.requests[0].fail(new Problem("unreachable"));
  await page.clock.advance(60_000);
  assert.equal(page.api.requests.length, 1);
  assert.equal(sentences.filter((sentence) => sentence !== null).length, 1);
});
