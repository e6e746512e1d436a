import assert from "node:assert/strict";
import { test } from "node:test";
import { drawStrokes } from "../src/pen.js";
import { PENS } from "../src/strokes.js";
import { strokeOf } from "./doubles.js";

/** A surface that writes down what is drawn on it. */
function newSurface() {
  const calls = [];
  const note = (name) => (...numbers) => calls.push([name, ...numbers]);
  const names = ["beginPath", "moveTo", "lineTo", "quadraticCurveTo", "arc", "fill", "stroke"];
  return { calls, ...Object.fromEntries(names.map((name) => [name, note(name)])) };
}

test("a tap makes a dot as wide as the pen", () => {
  const surface = newSurface();
  drawStrokes(surface, [strokeOf({ x: 0.5, y: 0.25 })], { side: 280, ink: "#000" });
  const [name, x, y, radius] = surface.calls.find(([called]) => called === "arc");
  assert.deepEqual([name, x, y, radius], ["arc", 140, 70, 9]);
  assert.ok(surface.calls.some(([called]) => called === "fill"));
});

test("a pen keeps its share of the sheet at every size", () => {
  for (const [pen, side, width] of [["medium", 280, 18], ["medium", 560, 36], ["fine", 280, 7], ["broad", 140, 17]]) {
    const surface = newSurface();
    drawStrokes(surface, [{ ...strokeOf({ x: 0, y: 0 }), width: PENS[pen] }], { side, ink: "#000" });
    assert.ok(Math.abs(surface.lineWidth - width) < 1e-9);
    assert.equal(surface.lineCap, "round");
  }
});

test("a stroke is scaled from the unit sheet to pixels", () => {
  const surface = newSurface();
  drawStrokes(surface, [strokeOf({ x: 0, y: 0 }, { x: 1, y: 0.5 })], { side: 100, ink: "#123" });
  assert.deepEqual(surface.calls, [["beginPath"], ["moveTo", 0, 0], ["lineTo", 100, 50], ["stroke"]]);
  assert.equal(surface.strokeStyle, "#123");
});
