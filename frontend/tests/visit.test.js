import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../src/problem.js";
import { SAMPLES } from "../src/samples.js";
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

test("what is forgotten is gone: from the history, from the sheet, for undo, and for an answer that comes later", async () => {
  const page = newPage();
  await drawAndRead(page, 7, A);
  await draw(page, B);
  page.clearHistory();
  await page.api.questions[1].answer(readingOf(4));
  page.undo();
  page.revisit(1);
  assert.deepEqual([page.state().history, page.state().drawing.strokes, page.state().reading], [[], [], null]);
});

test("an entry that is on the sheet already is not laid on it again", async () => {
  const page = newPage();
  await drawAndRead(page, 7, A);
  page.revisit(1);
  page.undo();
  assert.deepEqual(page.state().drawing.strokes, []);
});

test("a sample that is taken twice is one sheet and one entry", async () => {
  const page = newPage();
  for (let time = 0; time < 2; time++) {
    page.giveSample("print-three");
    await settled();
    await page.api.questions[0].answer(readingOf(3));
    page.clear();
  }
  assert.deepEqual([page.api.questions.length, page.state().history.length], [1, 1]);
});

test("marks are unsaved until they are saved, taken back or forgotten", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  const after = [];
  const now = () => after.push(page.state().unsaved);
  now();
  page.say(7), now();
  page.say(null), now();
  page.say(7);
  page.device.save = () => {};
  page.store.set({ history: page.state().history.map((entry) => ({ ...entry, sent: { ...entry.sent, blob: new Blob(["x"]) } })) });
  await page.saveMarked(), now();
  page.say(4), now();
  page.forgetHistory(), now();
  assert.deepEqual(after, [false, true, false, false, true, false]);
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

test("one more stroke on a marked drawing leaves it marked", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  page.say(7);
  await drawAndRead(page, 4, C);
  assert.deepEqual(page.state().history.map(({ truth, reading }) => [truth, reading.digit]), [[7, 1], [null, 4]]);
});

test("a mark can be taken back", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  page.say(7);
  page.say(null);
  assert.equal(page.state().history[0].truth, null);
});

test("what is forgotten is forgotten at once, but for what was marked, which is asked about", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  page.turnDoubt();
  page.clearHistory();
  assert.deepEqual([page.state().history, page.state().doubted], [[], false]);
  await giveAndRead(page, 1, pictureFile());
  page.say(7);
  page.clearHistory();
  assert.deepEqual([page.state().history.length, page.state().forgetting], [1, true]);
  page.keepHistory();
  assert.deepEqual([page.state().history.length, page.state().forgetting], [1, false]);
  page.clearHistory();
  page.forgetHistory();
  assert.deepEqual([page.state().history, page.state().forgetting], [[], false]);
});

test("Escape closes what is open, and clears the sheet only where nothing is", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  page.turnDoubt();
  page.escape();
  assert.deepEqual([page.state().doubted, page.state().drawing.strokes.length], [false, 1]);
  page.say(7);
  page.clearHistory();
  page.escape();
  assert.deepEqual([page.state().forgetting, page.state().drawing.strokes.length], [false, 1]);
  page.escape();
  assert.equal(page.state().drawing.strokes.length, 0);
});

test("marked pictures that cannot be saved are not passed over in silence", async () => {
  const page = newPage();
  await giveAndRead(page, 1, pictureFile());
  page.say(7);
  page.device.save = () => {
    throw new DOMException("no", "NotReadableError");
  };
  await page.saveMarked();
  assert.match(page.state().refusal, /could not save/);
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
  page.giveSample("seven");
  await settled();
  assert.equal(page.state().drawing.strokes, seven.strokes);
  assert.deepEqual(page.api.questions[0].picture, seven.strokes.map(({ points }) => points));
  page.undo();
  assert.deepEqual(page.state().drawing.strokes, []);
});

test("a sample that is a picture is given like any other picture", async () => {
  const page = newPage();
  page.giveSample("print-three");
  assert.equal(page.state().drawing.picture.name, "mnist-18.png", "it is there at once, offline too, and never comes late");
  await settled();
  assert.equal(page.api.questions[0].picture.name, "mnist-18.png");
});

test("a sample that is unknown is nothing", async () => {
  const page = newPage();
  page.giveSample("no such sample");
  await settled();
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

test("undo lifts the keyboard's pen, which stays where it is and begins a new stroke when it is put down", () => {
  const page = newPage();
  page.turnCursor();
  page.moveCursor(["ArrowDown"], false);
  const { x, y } = page.state().cursor;
  page.undo();
  assert.deepEqual([page.state().drawing.active, page.state().cursor], [false, { x, y, down: false }]);
  page.turnCursor();
  assert.deepEqual([page.state().drawing.active, page.state().drawing.strokes.length], [true, 1]);
});

test("a pointer takes over from the keyboard's pen", () => {
  const page = newPage();
  page.turnCursor();
  page.beginStroke(B);
  page.moveCursor(["ArrowDown"], false);
  assert.deepEqual(page.state().drawing.strokes.at(-1).points, [B]);
});

// --- the pen and the hand that holds it ---

test("a stroke that is dropped was never there: not on the sheet, not to be undone, not to be redone", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  const { drawing } = page.state();
  page.beginStroke(C);
  page.extendStroke([A]);
  page.dropStroke();
  await settled();
  assert.deepEqual(page.state().drawing, drawing);
  assert.deepEqual([page.state().reading.digit, page.state().asking], [1, false]);
  page.dropStroke();
  assert.deepEqual(page.state().drawing, drawing);
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

test("what is asked about while the reason is asked for is explained, too", async () => {
  const page = newPage();
  await draw(page, A, B);
  page.turnExplanation();
  await settled();
  assert.deepEqual(page.api.questions.map(({ explained, signal }) => [explained, signal.aborted]), [[false, true], [true, false]]);
});

test("a reason that cannot be had takes nothing away that is known", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(7, { square: "data:image/png;base64,AA==" }));
  page.turnDoubt();
  page.turnExplanation();
  await settled();
  assert.equal(page.state().doubted, true);
  await page.api.questions[1].refuse(new Problem("busy", { retryAfter: 1 }));
  const { reading, problem, unexplained, asking } = page.state();
  assert.deepEqual([reading.digit, problem, unexplained.kind, asking], [7, null, "busy", false]);
  page.clear();
  page.undo();
  assert.equal(page.state().reading.digit, 7, "what is known is shown before the reason for it is asked for");
});

test("what is no digit has no reason, and is not asked about again and again", async () => {
  const page = newPage();
  page.turnExplanation();
  await draw(page, A, B);
  await page.api.questions[0].answer(readingOf(null, { status: "rejected", reason: "not_a_digit", square: "data:image/png;base64,AA==" }));
  page.turnExplanation();
  page.turnExplanation();
  page.revisit(1);
  await settled();
  assert.equal(page.api.questions.length, 1);
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

test("what is copied is the question that was answered, not the one that would be asked now", async () => {
  const page = newPage();
  const square = "data:image/png;base64,AA==";
  page.turnExplanation();
  await give(page, pictureFile());
  await page.api.questions[0].answer(readingOf(7, { square, explanation: square }));
  page.turnExplanation();
  await page.copyCurl();
  assert.match(page.device.copied[0], /include=input,explanation'$/);
});

test("a second copy is said as long as the first", async () => {
  const page = newPage();
  await giveAndRead(page, 7, pictureFile());
  await page.copyCurl();
  await page.clock.advance(3000);
  await page.copyCurl();
  await page.clock.advance(3000);
  assert.notEqual(page.state().copied, null);
});

test("where a browser does not let copy, the command is shown to be copied by hand", async () => {
  const page = newPage();
  page.device.copy = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  await giveAndRead(page, 7, pictureFile());
  await page.copyCurl();
  assert.match(page.state().command, /^curl /);
  await draw(page, A);
  assert.equal(page.state().command, null);
});

// --- as the person likes it ---

test("pens, colours and hands go round, and colours and hands are remembered", () => {
  const page = newPage();
  const pens = [1, 2, 3].map(() => (page.nextPen(), page.state().pen));
  assert.deepEqual(pens, ["broad", "fine", "medium"]);
  const themes = [1, 2, 3].map(() => (page.nextTheme(), page.state().choices.theme));
  assert.deepEqual(themes, ["dark", "light", "auto"]);
  page.device.isDark = () => true;
  page.nextTheme();
  assert.equal(page.state().choices.theme, "light", "what is seen changes with the first press");
  page.nextTheme();
  page.nextTheme();
  page.turnHand();
  assert.deepEqual(page.device.remembered.at(-1), { theme: "auto", hand: "left" });
});

test("a stroke is drawn with the pen that was chosen", () => {
  const page = newPage();
  page.nextPen();
  page.beginStroke(A);
  assert.ok(Math.abs(page.state().drawing.strokes[0].width - 34 / 280) < 1e-9);
});
