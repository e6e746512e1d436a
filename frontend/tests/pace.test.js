import assert from "node:assert/strict";
import { test } from "node:test";
import { createPace } from "../src/pace.js";
import { newClock, settled } from "./doubles.js";

test("many calls in an interval are one run at its end", async () => {
  const clock = newClock();
  let runs = 0;
  const pace = createPace(150, async () => void runs++, clock);
  for (let call = 0; call < 20; call++) pace.call();
  await clock.advance(149);
  assert.equal(runs, 0);
  await clock.advance(1);
  assert.equal(runs, 1);
  await clock.advance(1000);
  assert.equal(runs, 1);
});

test("a run that takes long is not joined by another; what was called meanwhile comes after it", async () => {
  const clock = newClock();
  const finish = [];
  const pace = createPace(150, () => new Promise((resolve) => finish.push(resolve)), clock);
  pace.call();
  await clock.advance(150);
  pace.call();
  await clock.advance(1000);
  assert.equal(finish.length, 1);
  finish[0]();
  await settled();
  await clock.advance(150);
  assert.equal(finish.length, 2);
});

test("the end of a run that was given up does not let another begin beside the one that runs", async () => {
  const clock = newClock();
  const finish = [];
  const pace = createPace(150, () => new Promise((resolve) => finish.push(resolve)), clock);
  pace.call();
  await clock.advance(150);
  pace.cancel();
  pace.call();
  await clock.advance(150);
  finish[0]();
  await settled();
  pace.call();
  await clock.advance(1000);
  assert.equal(finish.length, 2);
});

test("a cancelled pace runs nothing, and does not wait for a run that never ends", async () => {
  const clock = newClock();
  let runs = 0;
  const pace = createPace(150, () => (runs++, new Promise(() => {})), clock);
  pace.call();
  pace.cancel();
  await clock.advance(1000);
  assert.equal(runs, 0);
  pace.call();
  await clock.advance(150);
  pace.cancel();
  pace.call();
  await clock.advance(150);
  assert.equal(runs, 2);
});
