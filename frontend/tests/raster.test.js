import assert from "node:assert/strict";
import test from "node:test";
import { rasterize } from "../src/canvas/raster.js";

const SIDE = 100;

/** @param {Uint8Array} levels */
function inkOf(levels) {
  return levels.reduce((sum, level) => sum + (255 - level) / 255, 0);
}

test("a blank sheet is white", () => {
  assert.ok(rasterize([], SIDE).every((level) => level === 255));
});

test("a dot has the area of a circle", () => {
  const ink = inkOf(rasterize([{ points: [{ x: 0.5, y: 0.5 }], width: 0.2 }], SIDE));
  assert.ok(Math.abs(ink - Math.PI * 10 ** 2) < 2, `${ink}`);
});

test("a straight stroke has the area of its rectangle and its round ends", () => {
  const points = [{ x: 0.2, y: 0.3 }, { x: 0.5, y: 0.5 }, { x: 0.8, y: 0.7 }];
  const ink = inkOf(rasterize([{ points, width: 0.1 }], SIDE));
  assert.ok(Math.abs(ink - (10 * Math.hypot(60, 40) + Math.PI * 5 ** 2)) < 8, `${ink}`);
});

test("ink beyond the sheet is cut off", () => {
  const levels = rasterize([{ points: [{ x: -0.5, y: 0.5 }, { x: 1.5, y: 0.5 }], width: 0.1 }], SIDE);
  assert.equal(levels.length, SIDE * SIDE);
  assert.equal(levels[50 * SIDE], 0);
  assert.equal(levels[50 * SIDE + 99], 0);
  assert.equal(levels[0], 255);
});
