import assert from "node:assert/strict";
import { test } from "node:test";
import { smoothPath, toSvgPath } from "../src/canvas/ink.js";

const A = { x: 0.1, y: 0.1 };
const B = { x: 0.5, y: 0.2 };

test("the smooth path has the points as control points and goes through the midpoints", () => {
  assert.deepEqual(smoothPath([{ x: 0, y: 0 }, { x: 2, y: 0 }, { x: 4, y: 2 }, { x: 6, y: 2 }]), [
    ["M", 0, 0],
    ["Q", 2, 0, 3, 1],
    ["Q", 4, 2, 5, 2],
    ["L", 6, 2],
  ]);
});

test("two points are a straight line, one point is no line, none is no path", () => {
  assert.deepEqual(smoothPath([A, B]), [["M", 0.1, 0.1], ["L", 0.5, 0.2]]);
  assert.deepEqual(smoothPath([A]), [["M", 0.1, 0.1]]);
  assert.deepEqual(smoothPath([]), []);
});

test("a stroke becomes an SVG path, and a tap a line of length 0", () => {
  const points = [{ x: 0, y: 0 }, { x: 0.2, y: 0 }, { x: 1 / 3, y: 0.5 }];
  assert.equal(toSvgPath({ points, width: 0.1 }), "M0 0Q0.2 0 0.2667 0.25L0.3333 0.5");
  assert.equal(toSvgPath({ points: [A], width: 0.1 }), "M0.1 0.1l0 0");
});
