import assert from "node:assert/strict";
import { test } from "node:test";
import { drawStrokes, smoothPath, toSvgPath } from "../src/canvas/pen.js";
import { PENS } from "../src/state/drawing.js";
import { strokeOf } from "./doubles.js";

/** A surface that records its calls. */
function newSurface() {
  const calls = [];
  const note = (name) => (...numbers) => calls.push([name, ...numbers]);
  const names = ["beginPath", "moveTo", "lineTo", "quadraticCurveTo", "arc", "fill", "stroke"];
  return { calls, ...Object.fromEntries(names.map((name) => [name, note(name)])) };
}

test("a tap draws a dot as wide as the pen", () => {
  const surface = newSurface();
  drawStrokes(surface, [strokeOf({ x: 0.5, y: 0.25 })], { side: 280, ink: "#000" });
  const [name, x, y, radius] = surface.calls.find(([called]) => called === "arc");
  assert.deepEqual([name, x, y, radius], ["arc", 140, 70, 9]);
  assert.ok(surface.calls.some(([called]) => called === "fill"));
});

test("the width of a pen is relative to the sheet", () => {
  for (const [pen, side, width] of [["medium", 280, 18], ["medium", 560, 36], ["fine", 280, 7], ["broad", 140, 17]]) {
    const surface = newSurface();
    drawStrokes(surface, [{ ...strokeOf({ x: 0, y: 0 }), width: PENS[pen] }], { side, ink: "#000" });
    assert.ok(Math.abs(surface.lineWidth - width) < 1e-9);
    assert.equal(surface.lineCap, "round");
  }
});

test("points are scaled to pixels", () => {
  const surface = newSurface();
  drawStrokes(surface, [strokeOf({ x: 0, y: 0 }, { x: 1, y: 0.5 })], { side: 100, ink: "#123" });
  assert.deepEqual(surface.calls, [["beginPath"], ["moveTo", 0, 0], ["lineTo", 100, 50], ["stroke"]]);
  assert.equal(surface.strokeStyle, "#123");
});

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
