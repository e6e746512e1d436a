import assert from "node:assert/strict";
import { test } from "node:test";
import { SIDE, areaOf, boxOfInk, fitted, inkOf, inputArea, isShowable, reducedSize } from "../src/canvas/geometry.js";

test("a picture is fitted into a square and keeps its shape", () => {
  assert.deepEqual(fitted({ width: 400, height: 300 }), { width: 1, height: 0.75 });
  assert.deepEqual(fitted({ width: 10, height: 40 }), { width: 0.25, height: 1 });
});

test("the box of a drawing has the width of its pen", () => {
  const strokes = [{ width: 0.1, points: [{ x: 0.5, y: 0.25 }, { x: 0.75, y: 0.5 }] }, { width: 0.2, points: [{ x: 0.3, y: 0.4 }] }];
  for (const [at, side] of [0.2, 0.2, 0.6, 0.35].entries()) assert.ok(Math.abs(boxOfInk(strokes)[at] - side) < 1e-9, String(at));
});

test("a box in pixels becomes fractions of the picture", () => {
  assert.deepEqual(areaOf([100, 30, 200, 150], { width: 400, height: 300 }), { left: 0.25, top: 0.1, width: 0.5, height: 0.5 });
});

test("a picture with too many pixels for a browser is not shown", () => {
  assert.equal(isShowable({ width: 10_000, height: 6000 }), true);
  assert.equal(isShowable({ width: 10_000, height: 6001 }), false);
  assert.equal(isShowable({ width: 20_000, height: 20_000 }), false);
});

test("a photograph is reduced, in whole pixels, and a small picture is not", () => {
  assert.deepEqual(reducedSize({ width: 4000, height: 3000 }), { width: 1600, height: 1200 });
  assert.deepEqual(reducedSize({ width: 3, height: 16_000 }), { width: 1, height: 1600 });
  assert.deepEqual(reducedSize({ width: 1600, height: 7 }), { width: 1600, height: 7 });
});

/** An input with a block of ink. */
function blockOf({ left, top, width, height }, level = 255) {
  return Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    return x >= left && x < left + width && y >= top && y < top + height ? level : 0;
  });
}

test("the ink of a block is the block, and its centre of mass is the block's", () => {
  const block = { left: 10, top: 4, width: 8, height: 20 };
  assert.deepEqual(inkOf(blockOf(block)), { ...block, middle: { x: 14, y: 14 } });
});

test("faint ink is ink, and weighs less", () => {
  const levels = blockOf({ left: 0, top: 0, width: 1, height: 1 }, 1);
  levels[SIDE * SIDE - 1] = 3;
  assert.deepEqual(inkOf(levels), { left: 0, top: 0, width: 28, height: 28, middle: { x: 0.5 + (27 * 3) / 4, y: 0.5 + (27 * 3) / 4 } });
});

test("an empty input has no ink", () => {
  assert.equal(inkOf(Array(SIDE * SIDE).fill(0)), null);
});

test("the input's ink covers the picture's ink", () => {
  const ink = inkOf(blockOf({ left: 10, top: 4, width: 8, height: 20 }));
  const picture = { width: 400, height: 300 };
  const area = inputArea(ink, [100, 60, 80, 200], picture);
  const pixel = { x: (area.width * picture.width) / SIDE, y: (area.height * picture.height) / SIDE };
  assert.deepEqual([pixel.x, pixel.y], [10, 10]);
  const covered = [area.left * 400 + ink.left * 10, area.top * 300 + ink.top * 10].map(Math.round);
  assert.deepEqual(covered, [100, 60]);
});
