import assert from "node:assert/strict";
import { test } from "node:test";
import { areaOf, fitted, isShowable, reduced } from "../src/placing.js";

test("a picture fills the longer side of its square and keeps its shape", () => {
  assert.deepEqual(fitted({ width: 400, height: 300 }), { width: 1, height: 0.75 });
  assert.deepEqual(fitted({ width: 10, height: 40 }), { width: 0.25, height: 1 });
});

test("a box in pixels becomes shares of the picture", () => {
  assert.deepEqual(areaOf([100, 30, 200, 150], { width: 400, height: 300 }), { left: 0.25, top: 0.1, width: 0.5, height: 0.5 });
});

test("a picture with more pixels than a browser can bear is not shown", () => {
  assert.equal(isShowable({ width: 10_000, height: 6000 }), true);
  assert.equal(isShowable({ width: 10_000, height: 6001 }), false);
  assert.equal(isShowable({ width: 20_000, height: 20_000 }), false);
});

test("a photograph is made no larger than is worth sending, in whole pixels, and a small one is left", () => {
  assert.deepEqual(reduced({ width: 4000, height: 3000 }), { width: 1600, height: 1200 });
  assert.deepEqual(reduced({ width: 3, height: 16_000 }), { width: 1, height: 1600 });
  assert.deepEqual(reduced({ width: 1600, height: 7 }), { width: 1600, height: 7 });
});
