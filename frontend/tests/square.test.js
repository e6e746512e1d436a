import assert from "node:assert/strict";
import { test } from "node:test";
import { SIDE, inkOf, squareArea } from "../src/square.js";

/** A square with a block of ink of one level. */
function blockOf({ left, top, width, height }, level = 255) {
  return Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    return x >= left && x < left + width && y >= top && y < top + height ? level : 0;
  });
}

test("the ink of a block is the block, and its middle is where the block's is", () => {
  const block = { left: 10, top: 4, width: 8, height: 20 };
  assert.deepEqual(inkOf(blockOf(block)), { ...block, middle: { x: 14, y: 14 } });
});

test("faint ink counts as ink, and weighs less", () => {
  const levels = blockOf({ left: 0, top: 0, width: 1, height: 1 }, 1);
  levels[SIDE * SIDE - 1] = 3;
  assert.deepEqual(inkOf(levels), { left: 0, top: 0, width: 28, height: 28, middle: { x: 0.5 + (27 * 3) / 4, y: 0.5 + (27 * 3) / 4 } });
});

test("a square without ink has none", () => {
  assert.equal(inkOf(Array(SIDE * SIDE).fill(0)), null);
});

test("the square lies so that its ink covers the picture's", () => {
  const ink = inkOf(blockOf({ left: 10, top: 4, width: 8, height: 20 }));
  const picture = { width: 400, height: 300 };
  const area = squareArea(ink, [100, 60, 80, 200], picture);
  const pixel = { x: (area.width * picture.width) / SIDE, y: (area.height * picture.height) / SIDE };
  assert.deepEqual([pixel.x, pixel.y], [10, 10]);
  const covered = [area.left * 400 + ink.left * 10, area.top * 300 + ink.top * 10].map(Math.round);
  assert.deepEqual(covered, [100, 60]);
});
