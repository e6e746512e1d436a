import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDate, parseRetryAfter } from "../src/api/problem.js";

const NOW = Date.UTC(2026, 9, 21, 7, 28, 0);

for (const [title, header, seconds] of [
  ["seconds", "120", 120],
  ["0 seconds", "0", 0],
  ["seconds surrounded by spaces", " 12\t", 12],
  ["a very large number", `1${"0".repeat(30)}`, 1e30],
  ["the usual date format", "Wed, 21 Oct 2026 07:28:30 GMT", 30],
  ["the date format of RFC 850", "Wednesday, 21-Oct-26 07:29:00 GMT", 60],
  ["the date format of C's asctime, in UTC", "Wed Oct 21 07:28:07 2026", 7],
  ["a day with one digit in the format of asctime", "Sun Nov  1 07:28:00 2026", 11 * 86_400],
  ["the current time", "Wed, 21 Oct 2026 07:28:00 GMT", 0],
  ["a date in the past", "Fri, 31 Dec 1999 23:59:59 GMT", 0],
  ["a leap second", "Wed, 21 Oct 2026 07:28:60 GMT", 60],
]) {
  test(`Retry-After: ${title}`, () => assert.equal(parseRetryAfter(header, NOW), seconds));
}

test("a fraction of a second is rounded up", () => {
  assert.equal(parseRetryAfter("Wed, 21 Oct 2026 07:28:30 GMT", NOW - 1), 31);
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
  test(`an invalid Retry-After is ignored: ${nonsense}`, () => assert.equal(parseRetryAfter(nonsense, NOW), null));
}

test("dates are parsed like JavaScript's own", () => {
  for (let day = 0; day < 1500; day += 1) {
    const written = new Date(NOW + day * 86_413_000).toUTCString();
    assert.equal(parseDate(written, NOW), Date.parse(written), written);
  }
});

test("a year with two digits is at most 50 years in the future", () => {
  assert.equal(parseDate("Sunday, 06-Nov-94 08:49:37 GMT", NOW), Date.UTC(1994, 10, 6, 8, 49, 37));
  assert.equal(parseDate("Friday, 06-Nov-76 08:49:37 GMT", NOW), Date.UTC(2076, 10, 6, 8, 49, 37));
});
