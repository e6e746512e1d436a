import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../src/problem.js";
import { SAMPLES } from "../src/samples.js";
import { sentenceFor } from "../src/words.js";
import { pictureFile, readingOf, settled } from "./doubles.js";
import { A, B, C, draw, give, newPage } from "./page.js";

async function drawAndRead(page, digit, ...points) {
  await draw(page, ...points);
  await page.api.questions.at(-1).answer(readingOf(digit));
}

async function giveAndRead(page, digit, picture) {
  await give(page, picture);
  await page.api.questions.at(-1).answer(readingOf(digit));
}

// --- history ---

test("what was read is kept, but not every look at the moving pen", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(150);
  await page.api.questions[0].answer(readingOf(1));
  assert.deepEqual(page.state().history, []);
  page.endStroke();
  await settled();
  await page.api.questions[1].answer(readingOf(7));
  assert.deepEqual(page.state().history.map(({ reading }) => reading.digit), [7]);
});

test("what has no answer is not kept", async () => {
  const page = newPage();
  await draw(page, A);
  await page.api.questions[0].refuse(new Problem("unreadable"));
  assert.deepEqual(page.state().history, []);
});

test("an entry is seen again as it was, and undo leads back", async () => {
  const page = newPage();
  const picture = pictureFile();
  await giveAndRead(page, 3, picture);
  await drawAndRead(page, 7, A, B);
  page.revisit(1);
  const { drawing, reading, readFrom } = page.state();
  assert.deepEqual([drawing.picture, reading.digit, readFrom, page.api.questions.length], [picture, 3, picture, 2]);
  page.undo();
  assert.deepEqual(page.state().drawing.strokes.map(({ points }) => points), [[A, B]]);
  assert.equal(page.state().reading.digit, 7);
});

test("an entry that is gone cannot be seen again", async () => {
  const page = newPage();
  await drawAndRead(page, 7, A);
  page.clearHistory();
  const { drawing } = page.state();
  page.revisit(1);
  assert.equal(page.state().drawing, drawing);
});

test("the history is saved as CSV and as JSON", async () => {
  const page = newPage();
  await drawAndRead(page, 7, A, B);
  page.saveCsv();
  page.saveJson();
  assert.deepEqual(page.device.saved.map(({ name, content }) => [name, content.type]), [["digits.csv", "text/csv"], ["digits.json", "application/json"]]);
  const [csv, json] = await Promise.all(page.device.saved.map(({ content }) => content.text()));
  assert.match(csv, /\r\n1,.*,drawing-1\.png,accepted,,7,0\.991,/);
  assert.equal(JSON.parse(json).readings[0].digit, 7);
});

test("what was read wrongly is marked, and all that is marked is saved as one file", async () => {
  const page = newPage();
  await giveAndRead(page, 1, pictureFile("a.png"));
  page.turnDoubt();
  assert.equal(page.state().doubted, true);
  page.say(7);
  assert.deepEqual([page.state().doubted, page.state().history[0].truth], [false, 7]);
  await giveAndRead(page, 2, pictureFile("b.png"));
  await page.saveMarked();
  const [{ name, content }] = page.device.saved;
  assert.equal(name, "digits-marked.json");
  assert.deepEqual(JSON.parse(await content.text()).pictures.map((picture) => [picture.name, picture.label]), [["a.png", 7]]);
});

test("the question what it is does not outlast the sheet that it is about", async () => {
  const page = newPage();
  await drawAndRead(page, 7, A);
  page.turnDoubt();
  page.beginStroke(B);
  assert.equal(page.state().doubted, false);
  page.endStroke();
  page.clear();
  page.say(3);
  assert.equal(page.state().history[0].truth, null);
});

// --- samples ---

test("a sample of strokes is laid on the sheet, asked about, and undone", async () => {
  const page = newPage();
  const seven = SAMPLES.find(({ id }) => id === "seven");
  await page.giveSample("seven");
  assert.equal(page.state().drawing.strokes, seven.strokes);
  assert.deepEqual(page.api.questions[0].picture, seven.strokes.map(({ points }) => points));
  page.undo();
  assert.deepEqual(page.state().drawing.strokes, []);
});

test("a sample that is a picture is given like any other picture", async () => {
  const page = newPage();
  await page.giveSample("print-three");
  await settled();
  assert.equal(page.api.questions[0].picture.name, "mnist-18.png");
  assert.equal(page.state().drawing.picture, page.api.questions[0].picture);
});

test("a sample that cannot be fetched is a problem in words, and one that is unknown is nothing", async () => {
  const page = newPage();
  page.api.sample = () => Promise.reject(new Problem("unreachable"));
  await page.giveSample("print-three");
  assert.match(sentenceFor(page.state()), /cannot reach/);
  await page.giveSample("no such sample");
  assert.equal(page.api.questions.length, 0);
});

// --- the keyboard's pen ---

test("the keyboard draws: down, along, up is a stroke, and it is read", async () => {
  const page = newPage();
  page.moveCursor(["ArrowLeft"], false);
  assert.deepEqual(page.state().drawing.strokes, []);
  page.turnCursor();
  for (let step = 0; step < 5; step++) page.moveCursor(["ArrowDown"], false);
  assert.equal(page.state().drawing.active, true);
  page.turnCursor();
  await settled();
  const [{ points }] = page.state().drawing.strokes;
  assert.equal(points.length, 6);
  assert.deepEqual(page.api.questions.at(-1).picture, [points]);
});

test("whoever leaves the sheet lifts the pen, and clear takes it away", async () => {
  const page = newPage();
  page.turnCursor();
  page.moveCursor(["ArrowRight"], true);
  page.leaveCursor();
  assert.deepEqual([page.state().cursor, page.state().drawing.active], [null, false]);
  page.moveCursor(["ArrowRight"], true);
  page.clear();
  assert.equal(page.state().cursor, null);
});

test("the pen that clear has lifted begins a new stroke when it is put down", () => {
  const page = newPage();
  page.turnCursor();
  page.undo();
  assert.equal(page.state().drawing.active, false);
  page.turnCursor();
  assert.deepEqual([page.state().drawing.active, page.state().drawing.strokes.length], [true, 1]);
});

// --- looking closer ---

test("an explanation is asked for when it is wanted, for what is on the sheet, and not while the pen moves", async () => {
  const page = newPage();
  page.turnExplanation();
  assert.equal(page.api.questions.length, 0);
  page.turnExplanation();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(7, { square: "data:image/png;base64,AA==" }));
  page.turnExplanation();
  await settled();
  assert.deepEqual(page.api.questions.map(({ explained }) => explained), [false, true]);
  await page.api.questions[1].answer(readingOf(7, { square: "data:image/png;base64,AA==", explanation: "data:image/png;base64,BB==" }));
  page.turnExplanation();
  page.turnExplanation();
  await settled();
  assert.equal(page.api.questions.length, 2, "what is explained already is not asked about again");
  page.beginStroke(C);
  page.extendStroke([A]);
  await page.clock.advance(150);
  assert.equal(page.api.questions[2].explained, false);
});

test("the lens is laid and taken off", () => {
  const page = newPage();
  page.turnLens();
  assert.equal(page.state().laid, true);
  page.turnLens();
  assert.equal(page.state().laid, false);
});

test("the very question is copied for curl, and that is said for a while", async () => {
  const page = newPage();
  await page.copyCurl();
  assert.deepEqual(page.device.copied, []);
  await giveAndRead(page, 7, pictureFile());
  await page.copyCurl();
  assert.match(page.device.copied[0], /^curl .*'http:\/\/digits\.example\/api\/v1\/digits\?include=input'$/);
  assert.equal(page.state().copied, "Copied.");
  await page.clock.advance(5000);
  assert.equal(page.state().copied, null);
});

test("a browser that does not let copy is not passed over in silence", async () => {
  const page = newPage();
  page.device.copy = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  await giveAndRead(page, 7, pictureFile());
  await page.copyCurl();
  assert.match(page.state().copied, /does not let me copy/);
});

// --- as the person likes it ---

test("pens, colours and hands go round, and colours and hands are remembered", () => {
  const page = newPage();
  const pens = [1, 2, 3].map(() => (page.nextPen(), page.state().pen));
  assert.deepEqual(pens, ["broad", "fine", "medium"]);
  const themes = [1, 2, 3].map(() => (page.nextTheme(), page.state().choices.theme));
  assert.deepEqual(themes, ["light", "dark", "auto"]);
  page.turnHand();
  assert.deepEqual(page.device.remembered.at(-1), { theme: "auto", hand: "left" });
});

test("a stroke is drawn with the pen that was chosen", () => {
  const page = newPage();
  page.nextPen();
  page.beginStroke(A);
  assert.ok(Math.abs(page.state().drawing.strokes[0].width - 34 / 280) < 1e-9);
});
