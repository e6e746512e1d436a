import assert from "node:assert/strict";
import { test } from "node:test";
import { START, isWay, moved } from "../src/cursor.js";

test("the arrows move the pen, each its own way", () => {
  const { x, y } = START;
  for (const [key, right, down] of [["ArrowLeft", -1, 0], ["ArrowRight", 1, 0], ["ArrowUp", 0, -1], ["ArrowDown", 0, 1]]) {
    const now = moved(START, [key], false);
    assert.deepEqual([Math.sign(now.x - x), Math.sign(now.y - y)], [right, down], key);
    assert.equal(isWay(key), true);
  }
  assert.equal(isWay("a"), false);
});

test("two arrows at once go aslant, opposite ones nowhere", () => {
  const aslant = moved(START, ["ArrowLeft", "ArrowDown"], false);
  assert.ok(aslant.x < START.x && aslant.y > START.y);
  assert.deepEqual(moved(START, ["ArrowLeft", "ArrowRight"], false), START);
});

test("fine steps are a fifth of the others", () => {
  const [coarse, fine] = [false, true].map((finely) => moved(START, ["ArrowRight"], finely).x - START.x);
  assert.ok(Math.abs(coarse / fine - 5) < 1e-9);
});

test("the pen stays on the sheet, and stays down or up", () => {
  let cursor = { ...START, down: true };
  for (let step = 0; step < 100; step++) cursor = moved(cursor, ["ArrowRight", "ArrowDown"], false);
  assert.deepEqual(cursor, { x: 1, y: 1, down: true });
});
