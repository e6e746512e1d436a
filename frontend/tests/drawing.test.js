import assert from "node:assert/strict";
import { test } from "node:test";
import * as drawings from "../src/state/drawing.js";

const A = { x: 0.1, y: 0.1 };
const B = { x: 0.5, y: 0.2 };
const C = { x: 0.9, y: 0.8 };

/** A drawing with one finished stroke for each list of points. */
function drawn(...lines) {
  return lines.reduce(
    (drawing, [first, ...rest]) => drawings.end(drawings.extend(drawings.begin(drawing, first), rest)),
    drawings.newDrawing(),
  );
}

/** The points of each stroke. */
function linesOf({ strokes }) {
  return strokes.map((stroke) => stroke.points);
}

test("a stroke has the points from pen down to pen up", () => {
  const drawing = drawn([A, B], [C]);
  assert.deepEqual(linesOf(drawing), [[A, B], [C]]);
  assert.equal(drawing.active, false);
});

test("coalesced points are added in order", () => {
  const drawing = drawings.extend(drawings.begin(drawings.newDrawing(), A), [B, C, A]);
  assert.deepEqual(linesOf(drawing), [[A, B, C, A]]);
});

test("points very close to the last one are skipped, and if all are, the drawing stays the same", () => {
  const begun = drawings.begin(drawings.newDrawing(), A);
  assert.equal(drawings.extend(begun, [A, { x: A.x + 0.0005, y: A.y }]), begun);
  assert.deepEqual(linesOf(drawings.extend(begun, [A, B, B])), [[A, B]]);
});

test("a pen that leaves the sheet draws along its edge", () => {
  const drawing = drawn([A, { x: 1.5, y: 0.4 }, { x: 3, y: 0.4 }, { x: 0.5, y: -0.2 }, B]);
  assert.deepEqual(linesOf(drawing), [[A, { x: 1, y: 0.4 }, { x: 0.5, y: 0 }, B]]);
});

test("without a pen down, points draw nothing", () => {
  const drawing = drawn([A, B]);
  assert.equal(drawings.extend(drawing, [C]), drawing);
});

test("undo and redo work stroke by stroke", () => {
  const drawing = drawn([A], [B], [C]);
  const twice = drawings.undo(drawings.undo(drawing));
  assert.deepEqual(linesOf(twice), [[A]]);
  assert.deepEqual(linesOf(drawings.redo(twice)), [[A], [B]]);
  assert.deepEqual(drawings.redo(drawings.redo(twice)), drawing);
});

test("a stroke after an undo leaves nothing to redo", () => {
  const branched = drawings.begin(drawings.undo(drawn([A], [B])), C);
  assert.deepEqual(linesOf(branched), [[A], [C]]);
  assert.equal(drawings.canRedo(branched), false);
  assert.deepEqual(drawings.redo(branched).strokes, branched.strokes);
});

test("a stroke that is discarded leaves what can be redone", () => {
  const undone = drawings.undo(drawn([A], [B], [C]));
  const begun = drawings.extend(drawings.begin(undone, B), [C]);
  assert.equal(drawings.canRedo(begun), false);
  assert.deepEqual(drawings.discard(begun), undone);
  assert.equal(drawings.canRedo(drawings.end(begun)), false);
});

test("undo before the first stroke and redo after the last one change nothing", () => {
  const blank = drawings.newDrawing();
  assert.equal(drawings.undo(blank), blank);
  assert.equal(drawings.redo(blank), blank);
  assert.equal(drawings.canUndo(blank), false);
});

test("undo while the pen is down removes the unfinished stroke and lifts the pen", () => {
  const drawing = drawings.undo(drawings.begin(drawn([A]), B));
  assert.deepEqual(linesOf(drawing), [[A]]);
  assert.equal(drawing.active, false);
});

test("undo restores a cleared drawing", () => {
  const cleared = drawings.clear(drawn([A], [B]));
  assert.equal(drawings.isBlank(cleared), true);
  assert.deepEqual(linesOf(drawings.undo(cleared)), [[A], [B]]);
});

test("undo and redo work for pictures, too", () => {
  const picture = new File(["x"], "digit.png");
  const opened = drawings.replace(drawn([A]), { strokes: [], picture });
  assert.deepEqual([opened.strokes, opened.picture, drawings.isBlank(opened)], [[], picture, false]);
  const tapped = drawings.end(drawings.begin(opened, B));
  assert.deepEqual([linesOf(tapped), tapped.picture], [[[B]], null]);
  for (const away of [tapped, drawings.clear(opened)]) {
    const back = drawings.undo(away);
    assert.deepEqual([back.strokes, back.picture], [[], picture]);
    assert.deepEqual([linesOf(drawings.undo(back)), drawings.undo(back).picture], [[[A]], null]);
    assert.equal(drawings.redo(drawings.undo(back)).picture, picture);
  }
});

test("clearing a blank sheet adds nothing to undo", () => {
  const blank = drawings.newDrawing();
  assert.equal(drawings.clear(blank), blank);
});

test("drawings are immutable", () => {
  const before = drawn([A, B]);
  const copy = structuredClone(before);
  drawings.undo(drawings.extend(drawings.begin(before, C), [A, B]));
  assert.deepEqual(before, copy);
});

test("each stroke keeps the width of its pen", () => {
  const fine = drawings.end(drawings.begin(drawings.newDrawing(), A, "fine"));
  const both = drawings.begin(fine, B, "broad");
  assert.deepEqual(both.strokes.map((stroke) => Math.round(stroke.width * 280)), [7, 34]);
});


test("each arrow key moves the cursor in its direction", () => {
  const { x, y } = drawings.CURSOR_START;
  for (const [key, right, down] of [["ArrowLeft", -1, 0], ["ArrowRight", 1, 0], ["ArrowUp", 0, -1], ["ArrowDown", 0, 1]]) {
    const now = drawings.moveCursor(drawings.CURSOR_START, [key], false);
    assert.deepEqual([Math.sign(now.x - x), Math.sign(now.y - y)], [right, down], key);
    assert.equal(drawings.isArrow(key), true);
  }
  assert.equal(drawings.isArrow("a"), false);
});

test("two arrow keys move it diagonally, and opposite ones not at all", () => {
  const aslant = drawings.moveCursor(drawings.CURSOR_START, ["ArrowLeft", "ArrowDown"], false);
  assert.ok(aslant.x < drawings.CURSOR_START.x && aslant.y > drawings.CURSOR_START.y);
  assert.deepEqual(drawings.moveCursor(drawings.CURSOR_START, ["ArrowLeft", "ArrowRight"], false), drawings.CURSOR_START);
});

test("fine steps are a fifth of the others", () => {
  const [coarse, fine] = [false, true].map((finely) => drawings.moveCursor(drawings.CURSOR_START, ["ArrowRight"], finely).x - drawings.CURSOR_START.x);
  assert.ok(Math.abs(coarse / fine - 5) < 1e-9);
});

test("the cursor stays on the sheet, and stays down or up", () => {
  let cursor = { ...drawings.CURSOR_START, down: true };
  for (let step = 0; step < 100; step++) cursor = drawings.moveCursor(cursor, ["ArrowRight", "ArrowDown"], false);
  assert.deepEqual(cursor, { x: 1, y: 1, down: true });
});
