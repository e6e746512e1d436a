import assert from "node:assert/strict";
import { test } from "node:test";
import { secondsToWait, timeOf } from "../src/waiting.js";

const NOW = Date.UTC(2026, 9, 21, 7, 28, 0);

for (const [title, header, seconds] of [
  ["seconds", "120", 120],
  ["no seconds", "0", 0],
  ["seconds with space around them", " 12\t", 12],
  ["more seconds than anyone waits", `1${"0".repeat(30)}`, 1e30],
  ["the form of a date that servers write", "Wed, 21 Oct 2026 07:28:30 GMT", 30],
  ["the form of RFC 850", "Wednesday, 21-Oct-26 07:29:00 GMT", 60],
  ["the form of C's asctime, which is in UTC, too", "Wed Oct 21 07:28:07 2026", 7],
  ["a day of one digit in the form of asctime", "Sun Nov  1 07:28:00 2026", 11 * 86_400],
  ["a date that is now", "Wed, 21 Oct 2026 07:28:00 GMT", 0],
  ["a date that is past", "Fri, 31 Dec 1999 23:59:59 GMT", 0],
  ["a leap second", "Wed, 21 Oct 2026 07:28:60 GMT", 60],
]) {
  test(`how long to wait: ${title}`, () => assert.equal(secondsToWait(header, NOW), seconds));
}

test("a part of a second is waited for as a whole one, or the server would be asked too early", () => {
  assert.equal(secondsToWait("Wed, 21 Oct 2026 07:28:30 GMT", NOW - 1), 31);
});

for (const nonsense of [
  null,
  "",
  "soon",
  "-1",
  "1.5",
  "1e3",
  "0x10",
  "12 s",
  "2026-10-21T07:29:00Z",
  "Wed, 21 Oct 2026 07:29:00 CET",
  "Wed, 21 Oct 2026 07:29:00",
  "Wed, 21 Foo 2026 07:29:00 GMT",
  "Wed, 31 Feb 2027 07:29:00 GMT",
  "Wed, 00 Oct 2026 07:29:00 GMT",
  "Wed, 21 Oct 2026 24:00:00 GMT",
  "Wed, 21 Oct 2026 07:60:00 GMT",
  "Wed, 21 Oct 2026 07:28:61 GMT",
]) {
  test(`what cannot be understood names no time: ${nonsense}`, () => assert.equal(secondsToWait(nonsense, NOW), null));
}

test("every date that the machine writes is read as the machine reads it", () => {
  for (let day = 0; day < 1500; day += 1) {
    const written = new Date(NOW + day * 86_413_000).toUTCString();
    assert.equal(timeOf(written, NOW), Date.parse(written), written);
  }
});

test("two digits of a year are of this century, but where that would be more than 50 years ahead", () => {
  assert.equal(timeOf("Sunday, 06-Nov-94 08:49:37 GMT", NOW), Date.UTC(1994, 10, 6, 8, 49, 37));
  assert.equal(timeOf("Friday, 06-Nov-76 08:49:37 GMT", NOW), Date.UTC(2076, 10, 6, 8, 49, 37));
});
