import assert from "node:assert/strict";
import { test } from "node:test";
import { countDown, createLatest, createThrottle, once } from "../src/api/timing.js";
import { newClock, settled } from "./doubles.js";

test("a newer task aborts the older one and is the latest", () => {
  const latest = createLatest();
  const older = latest.begin();
  assert.equal(older.isLatest(), true);
  const newer = latest.begin();
  assert.deepEqual([older.signal.aborted, older.isLatest()], [true, false]);
  assert.deepEqual([newer.signal.aborted, newer.isLatest()], [false, true]);
});

test("after a cancel, no task is the latest", () => {
  const latest = createLatest();
  const request = latest.begin();
  latest.cancel();
  assert.deepEqual([request.signal.aborted, request.isLatest()], [true, false]);
});

test("many calls within an interval cause one run at its end", async () => {
  const clock = newClock();
  let runs = 0;
  const throttle = createThrottle(150, async () => void runs++, clock);
  for (let call = 0; call < 20; call++) throttle.call();
  await clock.advance(149);
  assert.equal(runs, 0);
  await clock.advance(1);
  assert.equal(runs, 1);
  await clock.advance(1000);
  assert.equal(runs, 1);
});

test("a long run delays the next one", async () => {
  const clock = newClock();
  const finish = [];
  const throttle = createThrottle(150, () => new Promise((resolve) => finish.push(resolve)), clock);
  throttle.call();
  await clock.advance(150);
  throttle.call();
  await clock.advance(1000);
  assert.equal(finish.length, 1);
  finish[0]();
  await settled();
  await clock.advance(150);
  assert.equal(finish.length, 2);
});

test("the end of a cancelled run does not start another one beside the current one", async () => {
  const clock = newClock();
  const finish = [];
  const throttle = createThrottle(150, () => new Promise((resolve) => finish.push(resolve)), clock);
  throttle.call();
  await clock.advance(150);
  throttle.cancel();
  throttle.call();
  await clock.advance(150);
  finish[0]();
  await settled();
  throttle.call();
  await clock.advance(1000);
  assert.equal(finish.length, 2);
});

test("a cancelled throttle runs nothing, and does not wait for a run that never ends", async () => {
  const clock = newClock();
  let runs = 0;
  const throttle = createThrottle(150, () => (runs++, new Promise(() => {})), clock);
  throttle.call();
  throttle.cancel();
  await clock.advance(1000);
  assert.equal(runs, 0);
  throttle.call();
  await clock.advance(150);
  throttle.cancel();
  throttle.call();
  await clock.advance(150);
  assert.equal(runs, 2);
});

/** Counts down and records each report with its time. */
function startCountdown(seconds, { clock = newClock(), stopAt = () => false } = {}) {
  const reports = [];
  countDown(seconds, (left) => (reports.push([clock.now(), left]), !stopAt(left)), clock);
  return { clock, reports };
}

test("each second is reported when it begins, down to 0", async () => {
  const { clock, reports } = startCountdown(3);
  await clock.advance(10_000);
  assert.deepEqual(reports, [[0, 3], [1000, 2], [2000, 1], [3000, 0]]);
});

test("the countdown stops on request", async () => {
  const { clock, reports } = startCountdown(5, { stopAt: (left) => left === 4 });
  await clock.advance(10_000);
  assert.deepEqual(reports.map(([, left]) => left), [5, 4]);
});

test("late timers do not make the countdown longer", async () => {
  const punctual = newClock();
  const late = { ...punctual, setTimeout: (run, milliseconds) => punctual.setTimeout(run, milliseconds + 700) };
  const { reports } = startCountdown(4, { clock: late });
  await punctual.advance(10_000);
  assert.deepEqual(reports, [[0, 4], [1700, 3], [2700, 2], [3700, 1], [4700, 0]]);
});

test("early timers report no second too early", async () => {
  const punctual = newClock();
  const early = { ...punctual, setTimeout: (run, milliseconds) => punctual.setTimeout(run, Math.max(1, milliseconds - 2)) };
  const { reports } = startCountdown(2, { clock: early });
  await punctual.advance(10_000);
  assert.ok(reports.every(([at, left]) => left === Math.ceil((2000 - at) / 1000)), String(reports));
  assert.deepEqual(reports.at(-1), [2000, 0]);
});

test("what loads once is loaded again only after a failure", async () => {
  let calls = 0;
  const load = once(async () => {
    calls++;
    if (calls === 1) throw new Error("offline");
    return calls;
  });
  await assert.rejects(load());
  assert.deepEqual(await Promise.all([load(), load()]), [2, 2]);
  assert.equal(await load(), 2);
  assert.equal(calls, 2);
});
