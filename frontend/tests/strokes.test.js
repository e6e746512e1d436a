import assert from "node:assert/strict";
import { test } from "node:test";
import * as strokes from "../src/strokes.js";

const A = { x: 0.1, y: 0.1 };
const B = { x: 0.5, y: 0.2 };
const C = { x: 0.9, y: 0.8 };

/** A drawing with one finished stroke for each list of points. */
function drawn(...lines) {
  return lines.reduce(
    (drawing, [first, ...rest]) => strokes.end(strokes.extend(strokes.begin(drawing, first), rest)),
    strokes.newDrawing(),
  );
}

/** The points of each stroke. */
function linesOf({ strokes }) {
  return strokes.map((stroke) => stroke.points);
}

test("a stroke is the points from pen down to pen up", () => {
  const drawing = drawn([A, B], [C]);
  assert.deepEqual(linesOf(drawing), [[A, B], [C]]);
  assert.equal(drawing.active, false);
});

test("coalesced points come in one go and in order", () => {
  const drawing = strokes.extend(strokes.begin(strokes.newDrawing(), A), [B, C, A]);
  assert.deepEqual(linesOf(drawing), [[A, B, C, A]]);
});

test("points on top of the last one are left out, and nothing changes where all of them are", () => {
  const begun = strokes.begin(strokes.newDrawing(), A);
  assert.equal(strokes.extend(begun, [A, { x: A.x + 0.0005, y: A.y }]), begun);
  assert.deepEqual(linesOf(strokes.extend(begun, [A, B, B])), [[A, B]]);
});

test("points without a pen down draw nothing", () => {
  const drawing = drawn([A, B]);
  assert.equal(strokes.extend(drawing, [C]), drawing);
});

test("undo and redo go stroke by stroke", () => {
  const drawing = drawn([A], [B], [C]);
  const twice = strokes.undo(strokes.undo(drawing));
  assert.deepEqual(linesOf(twice), [[A]]);
  assert.deepEqual(linesOf(strokes.redo(twice)), [[A], [B]]);
  assert.deepEqual(strokes.redo(strokes.redo(twice)), drawing);
});

test("a stroke after an undo starts a new branch: there is nothing left to redo", () => {
  const branched = strokes.begin(strokes.undo(drawn([A], [B])), C);
  assert.deepEqual(linesOf(branched), [[A], [C]]);
  assert.equal(strokes.canRedo(branched), false);
  assert.deepEqual(strokes.redo(branched).strokes, branched.strokes);
});

test("undo beyond the first stroke and redo beyond the last change nothing", () => {
  const blank = strokes.newDrawing();
  assert.equal(strokes.undo(blank), blank);
  assert.equal(strokes.redo(blank), blank);
  assert.equal(strokes.canUndo(blank), false);
});

test("undo while the pen is down takes the unfinished stroke away and lifts the pen", () => {
  const drawing = strokes.undo(strokes.begin(drawn([A]), B));
  assert.deepEqual(linesOf(drawing), [[A]]);
  assert.equal(drawing.active, false);
});

test("undo brings a cleared drawing back", () => {
  const cleared = strokes.clear(drawn([A], [B]));
  assert.equal(strokes.isBlank(cleared), true);
  assert.deepEqual(linesOf(strokes.undo(cleared)), [[A], [B]]);
});

test("a picture is a sheet of the history like any other", () => {
  const picture = new File(["x"], "digit.png");
  const laid = strokes.turnTo(drawn([A]), { strokes: [], picture });
  assert.deepEqual([laid.strokes, laid.picture, strokes.isBlank(laid)], [[], picture, false]);
  const tapped = strokes.end(strokes.begin(laid, B));
  assert.deepEqual([linesOf(tapped), tapped.picture], [[[B]], null]);
  for (const away of [tapped, strokes.clear(laid)]) {
    const back = strokes.undo(away);
    assert.deepEqual([back.strokes, back.picture], [[], picture]);
    assert.deepEqual([linesOf(strokes.undo(back)), strokes.undo(back).picture], [[[A]], null]);
    assert.equal(strokes.redo(strokes.undo(back)).picture, picture);
  }
});

test("clearing a blank sheet is not worth an undo", () => {
  const blank = strokes.newDrawing();
  assert.equal(strokes.clear(blank), blank);
});

test("earlier drawings are never written to", () => {
  const before = drawn([A, B]);
  const copy = structuredClone(before);
  strokes.undo(strokes.extend(strokes.begin(before, C), [A, B]));
  assert.deepEqual(before, copy);
});

test("the smooth path bends at the points and joins at their midpoints", () => {
  assert.deepEqual(strokes.smoothPath([{ x: 0, y: 0 }, { x: 2, y: 0 }, { x: 4, y: 2 }, { x: 6, y: 2 }]), [
    ["M", 0, 0],
    ["Q", 2, 0, 3, 1],
    ["Q", 4, 2, 5, 2],
    ["L", 6, 2],
  ]);
});

test("two points make a straight line, one point no line, none no path", () => {
  assert.deepEqual(strokes.smoothPath([A, B]), [["M", 0.1, 0.1], ["L", 0.5, 0.2]]);
  assert.deepEqual(strokes.smoothPath([A]), [["M", 0.1, 0.1]]);
  assert.deepEqual(strokes.smoothPath([]), []);
});

test("each stroke keeps the width of the pen that drew it", () => {
  const fine = strokes.end(strokes.begin(strokes.newDrawing(), A, "fine"));
  const both = strokes.begin(fine, B, "broad");
  assert.deepEqual(both.strokes.map((stroke) => Math.round(stroke.width * 280)), [7, 34]);
});

test("a stroke as an SVG path, and a tap as a line of no length, which round caps make a dot of", () => {
  const points = [{ x: 0, y: 0 }, { x: 0.2, y: 0 }, { x: 1 / 3, y: 0.5 }];
  assert.equal(strokes.toSvgPath({ points, width: 0.1 }), "M0 0Q0.2 0 0.2667 0.25L0.3333 0.5");
  assert.equal(strokes.toSvgPath({ points: [A], width: 0.1 }), "M0.1 0.1l0 0");
});
