import assert from "node:assert/strict";
import { test } from "node:test";
import { createLatest } from "../src/latest.js";

test("a newer question aborts the older and takes its place", () => {
  const latest = createLatest();
  const older = latest.begin();
  assert.equal(older.isLatest(), true);
  const newer = latest.begin();
  assert.deepEqual([older.signal.aborted, older.isLatest()], [true, false]);
  assert.deepEqual([newer.signal.aborted, newer.isLatest()], [false, true]);
});

test("after a cancel no question is the latest", () => {
  const latest = createLatest();
  const question = latest.begin();
  latest.cancel();
  assert.deepEqual([question.signal.aborted, question.isLatest()], [true, false]);
});
