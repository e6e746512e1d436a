import assert from "node:assert/strict";
import { test } from "node:test";
import { countDown, createPace } from "../src/pace.js";
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

/** Counts down and writes down what is told, and when. */
function counting(seconds, { clock = newClock(), enough = () => false } = {}) {
  const told = [];
  countDown(seconds, (left) => (told.push([clock.now(), left]), !enough(left)), clock);
  return { clock, told };
}

test("each second is told as it begins, from all of them to none, and then no more", async () => {
  const { clock, told } = counting(3);
  await clock.advance(10_000);
  assert.deepEqual(told, [[0, 3], [1000, 2], [2000, 1], [3000, 0]]);
});

test("who wants no more is told no more", async () => {
  const { clock, told } = counting(5, { enough: (left) => left === 4 });
  await clock.advance(10_000);
  assert.deepEqual(told.map(([, left]) => left), [5, 4]);
});

test("timers that are late do not make the time longer", async () => {
  const punctual = newClock();
  const late = { ...punctual, setTimeout: (run, milliseconds) => punctual.setTimeout(run, milliseconds + 700) };
  const { told } = counting(4, { clock: late });
  await punctual.advance(10_000);
  assert.deepEqual(told, [[0, 4], [1700, 3], [2700, 2], [3700, 1], [4700, 0]]);
});

test("timers that are a little early tell nothing too early", async () => {
  const punctual = newClock();
  const early = { ...punctual, setTimeout: (run, milliseconds) => punctual.setTimeout(run, Math.max(1, milliseconds - 2)) };
  const { told } = counting(2, { clock: early });
  await punctual.advance(10_000);
  assert.ok(told.every(([at, left]) => left === Math.ceil((2000 - at) / 1000)), String(told));
  assert.deepEqual(told.at(-1), [2000, 0]);
});
