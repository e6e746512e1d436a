import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, end, extend, newDrawing, undo } from "../src/state/drawing.js";
import { ERASER, erase } from "../src/state/eraser.js";

const LINE = { width: 0.02, points: [{ x: 0.1, y: 0.5 }, { x: 0.9, y: 0.5 }] };
const FAR = { width: 0.02, points: [{ x: 0.1, y: 0.9 }, { x: 0.9, y: 0.9 }] };

test("a stroke that is crossed in the middle becomes two", () => {
  const strokes = erase([LINE, FAR], [{ x: 0.5, y: 0.3 }, { x: 0.5, y: 0.7 }]);
  assert.equal(strokes.length, 3);
  const [left, right, far] = strokes;
  const gap = right.points[0].x - left.points.at(-1).x;
  assert.ok(gap > 2 * ERASER && gap < 3.5 * ERASER);
  assert.deepEqual([left.points[0], right.points.at(-1)], LINE.points);
  assert.equal(far, FAR);
});

test("what is left of a stroke keeps its time and pressure, which decide how broad its ink is", () => {
  const fast = { width: 0.02, points: [{ x: 0.1, y: 0.5, t: 100, pressure: 0.2 }, { x: 0.9, y: 0.5, t: 140, pressure: 0.6 }] };
  const [left, right] = erase([fast], [{ x: 0.5, y: 0.5 }]);
  for (const { x, t, pressure } of [...left.points, ...right.points]) {
    assert.ok(Math.abs(t - (95 + 50 * x)) < 1e-6, `t ${t} at ${x}`);
    assert.ok(Math.abs(pressure - (0.15 + 0.5 * x)) < 1e-6, `pressure ${pressure} at ${x}`);
  }
});

test("an eraser that touches nothing changes nothing", () => {
  const strokes = [LINE, FAR];
  assert.equal(erase(strokes, [{ x: 0.5, y: 0.2 }]), strokes);
});

test("a fast eraser erases all on its way", () => {
  const dots = [0.2, 0.4, 0.6].map((x) => ({ width: 0.02, points: [{ x, y: 0.5 }] }));
  assert.deepEqual(erase(dots, [{ x: 0, y: 0.5 }, { x: 1, y: 0.5 }]), []);
});

test("erasing is one step that can be undone", () => {
  const drawn = end(extend(begin(newDrawing(), { x: 0.1, y: 0.5 }), [{ x: 0.9, y: 0.5 }]));
  const erased = end(extend(extend(begin(drawn, { x: 0.5, y: 0.2 }, "eraser"), [{ x: 0.5, y: 0.5 }]), [{ x: 0.7, y: 0.5 }]));
  assert.equal(erased.strokes.length, 2);
  assert.equal(undo(erased).strokes, drawn.strokes);
});

test("an eraser that touched nothing leaves what can be redone", () => {
  const drawn = end(extend(begin(newDrawing(), { x: 0.1, y: 0.5 }), [{ x: 0.9, y: 0.5 }]));
  const undone = undo(end(begin(drawn, { x: 0.2, y: 0.9 })));
  assert.deepEqual(end(extend(begin(undone, { x: 0.5, y: 0.1 }, "eraser"), [{ x: 0.6, y: 0.1 }])), undone);
});

test("an eraser that touched nothing leaves nothing to undo", () => {
  const drawn = end(extend(begin(newDrawing(), { x: 0.1, y: 0.5 }), [{ x: 0.9, y: 0.5 }]));
  const after = end(extend(begin(drawn, { x: 0.5, y: 0.1 }, "eraser"), [{ x: 0.6, y: 0.1 }]));
  assert.deepEqual(after, drawn);
});

test("the eraser leaves a picture alone", () => {
  const drawing = { ...newDrawing(), picture: new File([""], "seven.png") };
  assert.equal(begin(drawing, { x: 0.5, y: 0.5 }, "eraser"), drawing);
});
