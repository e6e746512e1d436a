import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../src/api/problem.js";
import { toColumns } from "../src/api/upload.js";
import { explainedReading } from "../src/state/numbers.js";
import { SAMPLES } from "../src/state/samples.js";
import { pictureFile, readingOf, settled } from "./doubles.js";
import { A, B, C, draw, newPage, open } from "./page.js";

async function drawAndRead(page, digit, ...points) {
  await draw(page, ...points);
  await page.api.requests.at(-1).respond(readingOf(digit));
}

async function openAndRead(page, digit, picture) {
  await open(page, picture);
  await page.api.requests.at(-1).respond(readingOf(digit));
}

// --- history ---

test("a reading is recorded, but not while the pen moves", async () => {
  const page = newPage();
  page.beginStroke(A);
  page.extendStroke([B]);
  await page.clock.advance(150);
  await page.api.requests[0].respond(readingOf(1));
  assert.deepEqual(page.state().history, []);
  page.endStroke();
  await settled();
  await page.api.requests[1].respond(readingOf(7));
  assert.deepEqual(page.state().history.map(({ reading }) => reading.digit), [7]);
});

test("a failed request is not recorded", async () => {
  const page = newPage();
  await draw(page, A);
  await page.api.requests[0].fail(new Problem("unreadable"));
  assert.deepEqual(page.state().history, []);
});

test("an entry is opened as it was, and undo leads back", async () => {
  const page = newPage();
  const picture = pictureFile();
  await openAndRead(page, 3, picture);
  await drawAndRead(page, 7, A, B);
  page.openEntry(1);
  const { drawing, reading, readPicture } = page.state();
  assert.deepEqual([drawing.picture, reading.digit, readPicture, page.api.requests.length], [picture, 3, picture, 2]);
  page.undo();
  assert.deepEqual(page.state().drawing.strokes.map(({ points }) => points), [[A, B]]);
  assert.equal(page.state().reading.digit, 7);
});

test("clearing the history also clears the sheet, undo and later responses", async () => {
  const page = newPage();
  await drawAndRead(page, 7, A);
  await draw(page, B);
  page.clearHistory();
  await page.api.requests[1].respond(readingOf(4));
  page.undo();
  page.openEntry(1);
  assert.deepEqual([page.state().history, page.state().drawing.strokes, page.state().reading], [[], [], null]);
});

test("an entry that is already on the sheet is not opened again", async () => {
  const page = newPage();
  await drawAndRead(page, 7, A);
  page.openEntry(1);
  page.undo();
  assert.deepEqual(page.state().drawing.strokes, []);
});

test("a sample that is opened twice is one entry", async () => {
  const page = newPage();
  for (let time = 0; time < 2; time++) {
    page.openSample("print-three");
    await settled();
    await page.api.requests[0].respond(readingOf(3));
    page.clear();
  }
  assert.deepEqual([page.api.requests.length, page.state().history.length], [1, 1]);
});

test("corrections are unsaved until they are saved, removed or deleted", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  const after = [];
  const now = () => after.push(page.state().unsaved);
  now();
  page.correct(7), now();
  page.correct(null), now();
  page.correct(7);
  page.device.save = () => {};
  page.store.set({ history: page.state().history.map((entry) => ({ ...entry, sent: { ...entry.sent, content: new File(["x"], "x.png") } })) });
  await page.saveCorrections(), now();
  page.correct(4), now();
  page.confirmClear(), now();
  assert.deepEqual(after, [false, true, false, false, true, false]);
});

test("the history is saved as CSV and as JSON", async () => {
  const page = newPage();
  await drawAndRead(page, 7, A, B);
  page.saveCsv();
  page.saveJson();
  assert.deepEqual(page.device.saved.map(({ name, content }) => [name, content.type]), [["digits.csv", "text/csv"], ["digits.json", "application/json"]]);
  const [csv, json] = await Promise.all(page.device.saved.map(({ content }) => content.text()));
  assert.match(csv, /\r\n1,.*,drawing-1,accepted,,7,0\.991,/);
  assert.equal(JSON.parse(json).readings[0].digit, 7);
});

test("corrections are saved as one file", async () => {
  const page = newPage();
  await openAndRead(page, 1, pictureFile("a.png"));
  page.toggleCorrecting();
  assert.equal(page.state().correcting, true);
  page.correct(7);
  assert.deepEqual([page.state().correcting, page.state().history[0].label], [false, 7]);
  await openAndRead(page, 2, pictureFile("b.png"));
  await page.saveCorrections();
  const [{ name, content }] = page.device.saved;
  assert.equal(name, "digits-marked.json");
  assert.deepEqual(JSON.parse(await content.text()).pictures.map((picture) => [picture.name, picture.label]), [["a.png", 7]]);
});

test("one more stroke on a corrected drawing is a new entry", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  page.correct(7);
  await drawAndRead(page, 4, C);
  assert.deepEqual(page.state().history.map(({ label, reading }) => [label, reading.digit]), [[7, 1], [null, 4]]);
});

test("a correction can be removed", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  page.correct(7);
  page.correct(null);
  assert.equal(page.state().history[0].label, null);
});

test("clearing the history needs confirmation only if there are corrections", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  page.toggleCorrecting();
  page.clearHistory();
  assert.deepEqual([page.state().history, page.state().correcting], [[], false]);
  await openAndRead(page, 1, pictureFile());
  page.correct(7);
  page.clearHistory();
  assert.deepEqual([page.state().history.length, page.state().confirmingClear], [1, true]);
  page.cancelClear();
  assert.deepEqual([page.state().history.length, page.state().confirmingClear], [1, false]);
  page.clearHistory();
  page.confirmClear();
  assert.deepEqual([page.state().history, page.state().confirmingClear], [[], false]);
});

test("Escape dismisses what is open, and clears the sheet only if nothing is", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  page.toggleCorrecting();
  page.escape();
  assert.deepEqual([page.state().correcting, page.state().drawing.strokes.length], [false, 1]);
  page.correct(7);
  page.clearHistory();
  page.escape();
  assert.deepEqual([page.state().confirmingClear, page.state().drawing.strokes.length], [false, 1]);
  page.escape();
  assert.equal(page.state().drawing.strokes.length, 0);
});

test("corrections that cannot be saved cause a sentence", async () => {
  const page = newPage();
  await openAndRead(page, 1, pictureFile());
  page.correct(7);
  page.device.save = () => {
    throw new DOMException("no", "NotReadableError");
  };
  await page.saveCorrections();
  assert.match(page.state().fileError, /corrections/);
});

test("the labels are dismissed when the sheet changes", async () => {
  const page = newPage();
  await drawAndRead(page, 7, A);
  page.toggleCorrecting();
  page.beginStroke(B);
  assert.equal(page.state().correcting, false);
  page.endStroke();
  page.clear();
  page.correct(3);
  assert.equal(page.state().history[0].label, null);
});

// --- samples ---

test("a sample of strokes is shown, read and undone", async () => {
  const page = newPage();
  const seven = SAMPLES.find(({ id }) => id === "seven");
  page.openSample("seven");
  await settled();
  assert.equal(page.state().drawing.strokes, seven.strokes);
  assert.deepEqual(page.api.requests[0].content, toColumns(seven.strokes).content);
  page.undo();
  assert.deepEqual(page.state().drawing.strokes, []);
});

test("a sample picture is opened like any other picture", async () => {
  const page = newPage();
  page.openSample("print-three");
  assert.equal(page.state().drawing.picture.name, "mnist-18.png", "it needs no request, so it works offline");
  await settled();
  assert.equal(page.api.requests[0].content.name, "mnist-18.png");
});

test("an unknown sample is ignored", async () => {
  const page = newPage();
  page.openSample("no such sample");
  await settled();
  assert.equal(page.api.requests.length, 0);
});

// --- the keyboard's pen ---

test("the keyboard's pen draws a stroke that is read", async () => {
  const page = newPage();
  page.moveCursor(["ArrowLeft"], false);
  assert.deepEqual(page.state().drawing.strokes, []);
  page.toggleCursor();
  for (let step = 0; step < 5; step++) page.moveCursor(["ArrowDown"], false);
  assert.equal(page.state().drawing.active, true);
  page.toggleCursor();
  await settled();
  const [{ points }] = page.state().drawing.strokes;
  assert.equal(points.length, 6);
  assert.deepEqual(page.api.requests.at(-1).content, toColumns(page.state().drawing.strokes).content);
});

test("leaving the sheet lifts the keyboard's pen, and clear hides it", async () => {
  const page = newPage();
  page.toggleCursor();
  page.moveCursor(["ArrowRight"], true);
  page.hideCursor();
  assert.deepEqual([page.state().cursor, page.state().drawing.active], [null, false]);
  page.moveCursor(["ArrowRight"], true);
  page.clear();
  assert.equal(page.state().cursor, null);
});

test("undo lifts the keyboard's pen, which stays where it is and begins a new stroke when it is lowered", () => {
  const page = newPage();
  page.toggleCursor();
  page.moveCursor(["ArrowDown"], false);
  const { x, y } = page.state().cursor;
  page.undo();
  assert.deepEqual([page.state().drawing.active, page.state().cursor], [false, { x, y, down: false }]);
  page.toggleCursor();
  assert.deepEqual([page.state().drawing.active, page.state().drawing.strokes.length], [true, 1]);
});

test("a pointer takes over from the keyboard's pen", () => {
  const page = newPage();
  page.toggleCursor();
  page.beginStroke(B);
  page.moveCursor(["ArrowDown"], false);
  assert.deepEqual(page.state().drawing.strokes.at(-1).points, [B]);
});

// --- palms ---

test("a discarded stroke leaves nothing, not even for undo or redo", async () => {
  const page = newPage();
  await drawAndRead(page, 1, A, B);
  const { drawing } = page.state();
  page.beginStroke(C);
  page.extendStroke([A]);
  page.discardStroke();
  await settled();
  assert.deepEqual(page.state().drawing, drawing);
  assert.deepEqual([page.state().reading.digit, page.state().recognizing], [1, false]);
  page.discardStroke();
  assert.deepEqual(page.state().drawing, drawing);
});

// --- a closer look ---

test("an explanation is requested for what is on the sheet, and not while the pen moves", async () => {
  const page = newPage();
  page.toggleExplanation();
  assert.equal(page.api.requests.length, 0);
  page.toggleExplanation();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(7, { square: "data:image/png;base64,AA==" }));
  page.toggleExplanation();
  await settled();
  assert.deepEqual(page.api.requests.map(({ explained }) => explained), [false, true]);
  await page.api.requests[1].respond(readingOf(7, { square: "data:image/png;base64,AA==", explanation: "data:image/png;base64,BB==" }));
  page.toggleExplanation();
  page.toggleExplanation();
  await settled();
  assert.equal(page.api.requests.length, 2, "an explanation that is known is not requested again");
  page.beginStroke(C);
  page.extendStroke([A]);
  await page.clock.advance(150);
  assert.equal(page.api.requests[2].explained, false);
});

test("the runner-up is explained on request, and forgotten with the next stroke", async () => {
  const page = newPage();
  page.toggleExplanation();
  await draw(page, A, B);
  const probabilities = [0, 0.3, 0, 0, 0, 0, 0, 0.7, 0, 0];
  const reading = { probabilities, square: "data:image/png;base64,AA==", explanation: "data:image/png;base64,BB==" };
  await page.api.requests[0].respond(readingOf(7, { ...reading, explained: 7 }));
  page.toggleRival();
  await settled();
  assert.deepEqual(page.api.requests.map(({ rival }) => rival), [null, 1]);
  await page.api.requests[1].respond(readingOf(7, { ...reading, explained: 1 }));
  assert.equal(page.state().reading.explained, 1);
  page.toggleRival();
  await settled();
  assert.deepEqual(page.api.requests.map(({ rival }) => rival), [null, 1, null]);
  await page.api.requests[2].respond(readingOf(7, { ...reading, explained: 7 }));
  page.toggleRival();
  page.beginStroke(C);
  assert.equal(page.state().rival, null);
});

test("the runner-up is forgotten with the next sheet", async () => {
  for (const next of [(page) => page.openSample(SAMPLES[0].id), (page) => page.undo(), (page) => page.clear()]) {
    const page = newPage();
    page.toggleExplanation();
    await draw(page, A, B);
    await draw(page, B, C);
    const probabilities = [0, 0.3, 0, 0, 0, 0, 0, 0.7, 0, 0];
    const square = "data:image/png;base64,AA==";
    await page.api.requests.at(-1).respond(readingOf(7, { probabilities, square, explanation: square, explained: 7 }));
    page.toggleRival();
    assert.equal(page.state().rival, 1);
    next(page);
    assert.equal(page.state().rival, null);
  }
});

test("two quick clicks on the runner-up explain the digit that was read", async () => {
  const page = newPage();
  page.toggleExplanation();
  await draw(page, A, B);
  const probabilities = [0, 0.3, 0, 0, 0, 0, 0, 0.7, 0, 0];
  const reading = { probabilities, square: "data:image/png;base64,AA==", explanation: "data:image/png;base64,BB==" };
  await page.api.requests[0].respond(readingOf(7, { ...reading, explained: 7 }));
  page.toggleRival();
  page.toggleRival();
  await settled();
  assert.equal(page.api.requests.at(-1).rival, null);
  await page.api.requests.at(-1).respond(readingOf(7, { ...reading, explained: 7 }));
  await page.api.requests.at(-2).respond(readingOf(7, { ...reading, explained: 1 }));
  assert.equal(page.state().reading.explained, 7);
});

test("an explanation that is requested during a request replaces that request", async () => {
  const page = newPage();
  await draw(page, A, B);
  page.toggleExplanation();
  await settled();
  assert.deepEqual(page.api.requests.map(({ explained, signal }) => [explained, signal.aborted]), [[false, true], [true, false]]);
});

test("a failed explanation keeps the reading", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(7, { square: "data:image/png;base64,AA==" }));
  page.toggleCorrecting();
  page.toggleExplanation();
  await settled();
  assert.equal(page.state().correcting, true);
  await page.api.requests[1].fail(new Problem("unavailable", { retryAfter: 1 }));
  const { reading, problem, explanationProblem, recognizing } = page.state();
  assert.deepEqual([reading.digit, problem, explanationProblem.kind, recognizing], [7, null, "unavailable", false]);
  page.clear();
  page.undo();
  assert.equal(page.state().reading.digit, 7, "the reading is shown before its explanation arrives");
});

test("a rejected picture has no explanation, and none is requested again", async () => {
  const page = newPage();
  page.toggleExplanation();
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(null, { status: "rejected", reason: "not_a_digit", square: "data:image/png;base64,AA==" }));
  page.toggleExplanation();
  page.toggleExplanation();
  page.openEntry(1);
  await settled();
  assert.equal(page.api.requests.length, 1);
});

test("the overlay is toggled", () => {
  const page = newPage();
  page.toggleOverlay();
  assert.equal(page.state().overlaid, true);
  page.toggleOverlay();
  assert.equal(page.state().overlaid, false);
});

test("the request is copied as a curl command, with a message for some seconds", async () => {
  const page = newPage();
  await page.copyRequest("curl");
  assert.deepEqual(page.device.copied, []);
  await openAndRead(page, 7, pictureFile());
  await page.copyRequest("curl");
  assert.match(page.device.copied[0], /^curl .*'http:\/\/digits\.example\/api\/v1\/digits\?include=input'$/);
  assert.equal(page.state().copied, true);
  await page.clock.advance(5000);
  assert.equal(page.state().copied, false);
});

test("the command is that of the request that was sent, not of the next one", async () => {
  const page = newPage();
  const square = "data:image/png;base64,AA==";
  page.toggleExplanation();
  await open(page, pictureFile());
  await page.api.requests[0].respond(readingOf(7, { square, explanation: square }));
  page.toggleExplanation();
  await page.copyRequest("curl");
  assert.match(page.device.copied[0], /include=input,explanation'$/);
});

test("a second copy shows the message for its full time", async () => {
  const page = newPage();
  await openAndRead(page, 7, pictureFile());
  await page.copyRequest("curl");
  await page.clock.advance(3000);
  await page.copyRequest("curl");
  await page.clock.advance(3000);
  assert.notEqual(page.state().copied, false);
});

test("a program that reads the picture from a file says which, and the picture can be saved under this name", async () => {
  const page = newPage();
  await openAndRead(page, 7, pictureFile("image.png"));
  await page.copyRequest("python");
  assert.equal(page.state().needed.name, "image.png");
  page.saveNeeded();
  assert.deepEqual(page.device.saved.map(({ name }) => name), ["image.png"]);
  await page.copyRequest("curl");
  assert.equal(page.state().needed, null, "the command has the picture in it");
  await page.copyRequest("javascript");
  await draw(page, A);
  assert.equal(page.state().needed, null);
});

test("if the browser does not copy, the command is shown", async () => {
  const page = newPage();
  page.device.copy = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  await openAndRead(page, 7, pictureFile());
  await page.copyRequest("curl");
  assert.match(page.state().command, /^curl /);
  await draw(page, A);
  assert.equal(page.state().command, null);
});

// --- preferences ---

test("pens, themes and hands take turns, and themes and hands are remembered", () => {
  const page = newPage();
  const pens = [1, 2, 3].map(() => (page.nextPen(), page.state().pen));
  assert.deepEqual(pens, ["broad", "fine", "medium"]);
  const themes = [1, 2, 3].map(() => (page.nextTheme(), page.state().preferences.theme));
  assert.deepEqual(themes, ["dark", "light", "auto"]);
  page.device.isDark = () => true;
  page.nextTheme();
  assert.equal(page.state().preferences.theme, "light", "the first click must change something");
  page.nextTheme();
  page.nextTheme();
  page.toggleHand();
  assert.deepEqual(page.device.remembered.at(-1), { theme: "auto", hand: "left" });
});

test("a stroke has the width of the selected pen", () => {
  const page = newPage();
  page.nextPen();
  page.beginStroke(A);
  assert.ok(Math.abs(page.state().drawing.strokes[0].width - 34 / 280) < 1e-9);
});

test("an eraser that touches nothing asks for nothing", async () => {
  const page = newPage();
  await draw(page, A, B);
  await page.api.requests.at(-1).respond(readingOf(7));
  const asked = page.api.requests.length;
  page.store.set({ pen: "eraser" });
  await draw(page, { x: 0.9, y: 0.1 }, { x: 0.9, y: 0.2 });
  await page.clock.advance(5000);
  assert.equal(page.api.requests.length, asked);
  assert.equal(page.state().reading.digit, 7);
  assert.equal(page.state().drawing.active, false);
});

// --- explanations of numbers ---

const PNG = "data:image/png;base64,AA==";

/** A page that has read the number 42. */
async function pageWithNumber() {
  const page = newPage();
  const digits = [4, 2].map((digit) => ({ digit, confidence: 0.9, probabilities: Array.from({ length: 10 }, (_, at) => (at === digit ? 0.91 : 0.01)), box: [0, 0, 1, 1], square: `data:image/png;base64,${digit}${digit}AA` }));
  page.api.numbers = () => [{ status: "accepted", text: "42", confidence: 0.8, digits }];
  await draw(page, A, B);
  await page.api.requests[0].respond(readingOf(null, { status: "rejected", reason: "several_digits", probabilities: Array(10).fill(0.1), severalDigits: 1, square: PNG }));
  return page;
}

/** @param {number} digit */
function explained(digit) {
  return readingOf(digit, { square: PNG, explanation: `${PNG}${digit}`, explained: digit });
}

test("of a number, the chosen digit is explained, and the reading stays as it is", async () => {
  const page = await pageWithNumber();
  const { reading } = page.state();
  page.toggleExplanation();
  await settled();
  const [, first] = page.api.requests;
  assert.deepEqual([first.content.type, first.explained, first.rival], ["image/png", true, 4]);
  await first.respond(explained(4));
  assert.deepEqual([explainedReading(page.state()).explained, page.state().reading], [4, reading]);
  page.chooseDigit(1);
  await settled();
  assert.equal(explainedReading(page.state()), null);
  await page.api.requests[2].respond(explained(2));
  assert.equal(explainedReading(page.state()).explained, 2);
});

test("an explanation that arrives after another digit was chosen is not shown", async () => {
  const page = await pageWithNumber();
  page.toggleExplanation();
  page.chooseDigit(1);
  await settled();
  const [, first, second] = page.api.requests;
  assert.equal(first.signal.aborted, true);
  await second.respond(explained(2));
  await first.respond(explained(4));
  assert.equal(explainedReading(page.state()).explained, 2);
});

test("a failed explanation of a digit keeps the number", async () => {
  const page = await pageWithNumber();
  page.toggleExplanation();
  await settled();
  await page.api.requests[1].fail(new Problem("unreachable"));
  assert.deepEqual([page.state().explanationProblem.kind, page.state().problem, page.state().reading.numbers[0].text], ["unreachable", null, "42"]);
});

test("a number that is read while explanations are shown is explained", async () => {
  const page = await pageWithNumber();
  page.toggleExplanation();
  await settled();
  await draw(page, B, C);
  await page.api.requests.at(-1).respond(readingOf(null, { status: "rejected", reason: "several_digits", probabilities: Array(10).fill(0.1), severalDigits: 1, square: PNG }));
  await settled();
  assert.equal(page.api.requests.at(-1).content.name, "digit.png");
});

test("numbers are not explained while the pen is down", async () => {
  const page = await pageWithNumber();
  page.toggleExplanation();
  await settled();
  const count = page.api.requests.length;
  page.beginStroke(B);
  page.extendStroke([C]);
  await page.clock.advance(1000);
  await page.api.requests.at(-1).respond(readingOf(null, { status: "rejected", reason: "several_digits", probabilities: Array(10).fill(0.1), severalDigits: 1, square: PNG }));
  await settled();
  assert.deepEqual(page.api.requests.slice(count).map(({ explained: wanted }) => wanted), [false]);
});

test("a digit that is chosen during a request does not start it again", async () => {
  const page = await pageWithNumber();
  page.toggleExplanation();
  await settled();
  await draw(page, B, C);
  const count = page.api.requests.length;
  page.chooseDigit(1);
  await settled();
  assert.deepEqual([page.api.requests.length, page.api.requests.at(-1).signal.aborted], [count, false]);
});
