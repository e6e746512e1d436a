import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PENS } from "../src/state/drawing.js";
import { fromHash, isLink, simplified, toHash } from "../src/state/link.js";
import { SAMPLES } from "../src/state/samples.js";
import { strokeOf } from "./doubles.js";

const PIXEL = 1 / 280;
const WRITTEN = JSON.parse(readFileSync(new URL("../../backend/tests/data/strokes.json", import.meta.url), "utf8"));
const DRAWN = SAMPLES.filter(({ strokes }) => strokes);
const SEVEN = SAMPLES.find(({ id }) => id === "seven").strokes;

/** Points as a pointer reports them: at whole pixels of the screen, at most `apart` pixels from each other. */
function asWritten(points, { side = 600, apart = 5 } = {}) {
  return points.flatMap((to, at) => {
    const from = points[at - 1] ?? to;
    const pieces = Math.max(1, Math.ceil((Math.hypot(to.x - from.x, to.y - from.y) * side) / apart));
    return Array.from({ length: at === 0 ? 1 : pieces }, (_, piece) => {
      const share = (piece + 1) / pieces;
      const [x, y] = [from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share];
      return { x: Math.round(x * side) / side, y: Math.round(y * side) / side };
    });
  });
}

/** Five real digits beside each other. */
function numberOfFive(first) {
  return Array.from({ length: 5 }, (_, at) => WRITTEN[(first + 7 * at) % WRITTEN.length]).flatMap(({ strokes }, at) => {
    const all = strokes.flat();
    const [xs, ys] = [0, 1].map((side) => all.map((point) => point[side]));
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    const size = Math.max(Math.max(...xs) - left, Math.max(...ys) - top);
    const placed = (x, y) => ({ x: 0.03 + 0.19 * at + (0.17 * (x - left)) / size, y: 0.3 + (0.3 * (y - top)) / size });
    return strokes.map((stroke) => ({ points: asWritten(stroke.map(([x, y]) => placed(x, y)), { apart: 3 }), width: PENS.medium }));
  });
}

function distanceTo({ x, y }, points) {
  return Math.min(...points.map((to, at) => {
    const from = points[at - 1] ?? to;
    const [across, down] = [to.x - from.x, to.y - from.y];
    const share = Math.min(1, Math.max(0, ((x - from.x) * across + (y - from.y) * down) / (across ** 2 + down ** 2 || 1)));
    return Math.hypot(x - from.x - share * across, y - from.y - share * down);
  }));
}

/** The largest distance between the lines of both, in either direction. */
function difference(strokes, others) {
  return Math.max(...strokes.flatMap(({ points }, at) => {
    const theirs = others[at].points;
    return [...points.map((point) => distanceTo(point, theirs)), ...theirs.map((point) => distanceTo(point, points))];
  }));
}

test("a drawing comes back within half a pixel, with its pens", () => {
  const pens = [PENS.fine, PENS.medium, PENS.broad];
  const drawings = [...DRAWN.map(({ strokes }) => strokes), ...[0, 1, 2, 3].map(numberOfFive)];
  for (const strokes of drawings) {
    const mixed = strokes.map((stroke, at) => ({ ...stroke, width: pens[at % 3] }));
    const again = fromHash(toHash(mixed));
    assert.deepEqual(again.map(({ width }) => width), mixed.map(({ width }) => width));
    assert.ok(difference(mixed, again) <= PIXEL / 2 + 1e-9, String(difference(mixed, again) / PIXEL));
  }
});

test("a number of five digits stays under 1,500 characters", () => {
  for (let first = 0; first < WRITTEN.length; first++) {
    const strokes = numberOfFive(first);
    const points = strokes.reduce((sum, stroke) => sum + stroke.points.length, 0);
    const { length } = `https://digits.example/${toHash(strokes)}`;
    assert.ok(points > 300 && length < 1500, `${points} points, ${length} characters`);
  }
});

test("points are as close as they were, so that corners look as sharp", () => {
  const corner = asWritten([{ x: 0.1, y: 0.1 }, { x: 0.9, y: 0.1 }, { x: 0.4, y: 0.9 }]);
  const [{ points }] = fromHash(toHash([strokeOf(...corner)]));
  assert.ok(Math.abs(points.length - corner.length) < corner.length / 4, `${points.length} instead of ${corner.length}`);
  const sparse = SAMPLES.find(({ id }) => id === "star").strokes;
  assert.equal(fromHash(toHash(sparse))[0].points.length, sparse[0].points.length);
});

test("a drawing from a link gives the same link again, or nearly", () => {
  const once = fromHash(toHash(SEVEN));
  const twice = fromHash(toHash(once));
  assert.ok(difference(once, twice) <= PIXEL / 2);
});

test("a dot, the edges of the sheet and what is beyond them survive", () => {
  const again = fromHash(toHash([strokeOf({ x: 0.5, y: 0.25 }), strokeOf({ x: 0, y: 1 }, { x: 1, y: 0 }), strokeOf({ x: -0.2, y: 1.5 })]));
  assert.deepEqual(again[0].points, [{ x: 0.5, y: 0.25 }]);
  assert.deepEqual([again[1].points[0], again[1].points.at(-1)], [{ x: 0, y: 1 }, { x: 1, y: 0 }]);
  assert.deepEqual(again[2].points, [{ x: 0, y: 1 }]);
});

test("no number that is not finite gets into a link", () => {
  const [{ points }] = fromHash(toHash([strokeOf({ x: NaN, y: Infinity }, { x: 0.5, y: -Infinity })]));
  assert.ok(points.flatMap(({ x, y }) => [x, y]).every((number) => number >= 0 && number <= 1));
});

test("a blank sheet and far too much ink have no link", () => {
  assert.equal(toHash([]), null);
  const scribble = Array.from({ length: 15_000 }, (_, at) => ({ x: (at * 0.618) % 1, y: (at * 0.414) % 1 }));
  assert.equal(toHash([strokeOf(...scribble)]), null);
  assert.equal(toHash(Array.from({ length: 501 }, () => strokeOf({ x: 0.5, y: 0.5 }))), null);
});

test("a link has only letters that survive in a chat", () => {
  for (const { strokes } of DRAWN) assert.match(toHash(strokes), /^#s=[\w-]+$/);
});

test("each link that was cut, and nearly each with a wrong letter, is recognised", () => {
  const hash = toHash(SEVEN);
  for (let length = 0; length < hash.length; length++) assert.equal(fromHash(hash.slice(0, length)), null, String(length));
  const wrong = [...hash].map((letter, at) => hash.slice(0, at) + (letter === "A" ? "B" : "A") + hash.slice(at + 1)).slice(3);
  const accepted = wrong.filter((one) => one !== hash && fromHash(one) !== null);
  assert.ok(accepted.length <= 1, `${accepted.length} of ${wrong.length}`); // unused bits of the last letter
});

test("hostile links carry no drawing", () => {
  const garbage = ["", "#", "#s=", "#s", "#s=%00", "#s=NaN", "#s=AAAA", "#s=____", "#s=AQ", "#s=🖊", "#s=..", "#x=AQAA", `#s=${"A".repeat(100_000)}`];
  for (const hash of garbage) assert.equal(fromHash(hash), null, hash.slice(0, 20));
});

test("links with the right checksum but a hostile content carry no drawing", () => {
  const contents = {
    "another version": [2, 72, 1, 1, 0, 0],
    "no stroke": [1],
    "more points than bytes": [1, 72, 1, 0xff, 0xff, 0xff, 0x7f, 0, 0],
    "an endless number": [1, 72, 1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0],
    "no point": [1, 72, 1, 0],
    "a pen without width": [1, 0, 1, 1, 0, 0],
    "a pen wider than the sheet": [1, 0xff, 0x7f, 1, 1, 0, 0],
    "a place beyond the sheet": [1, 72, 1, 2, 0, 0, 1, 1],
    "no spacing": [1, 72, 0, 1, 0, 0],
  };
  for (const [why, bytes] of Object.entries(contents)) assert.equal(fromHash(withChecksum(bytes)), null, why);
  assert.equal(fromHash(withChecksum([1, 72, 1, 1, 0, 0])).length, 1);
});

test("a short link cannot ask for millions of points", () => {
  const there = [0xc0, 0x11, 0xc0, 0x11]; // from corner to corner, 1,120 units: 2,240 in zigzag
  const back = [0xbf, 0x11, 0xbf, 0x11];
  const moves = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? there : back)).flat();
  assert.notEqual(fromHash(withChecksum([1, 72, 1, 3, 0, 0, ...moves.slice(0, 8)])), null);
  assert.equal(fromHash(withChecksum([1, 72, 1, 101, 0, 0, ...moves])), null);
});

test("random bytes never throw", () => {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647);
  for (let round = 0; round < 2000; round++) {
    const bytes = [1, ...Array.from({ length: random() % 60 }, () => random() % 256)];
    const strokes = fromHash(withChecksum(bytes));
    for (const { points } of strokes ?? []) assert.ok(points.every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1));
  }
});

test("only a hash of this kind is a link", () => {
  assert.deepEqual(["#s=", "#s=AQ", "#", "", "#section"].map(isLink), [true, true, false, false, false]);
});

test("simplifying keeps corners and leaves out what lies on a line", () => {
  const line = Array.from({ length: 11 }, (_, at) => ({ x: 10 * at, y: 0 }));
  const turned = Array.from({ length: 10 }, (_, at) => ({ x: 100, y: 10 * (at + 1) }));
  assert.deepEqual(simplified([...line, ...turned]), [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 100 }]);
  assert.deepEqual(simplified([{ x: 1, y: 2 }]), [{ x: 1, y: 2 }]);
  // It ends where it began.
  assert.equal(simplified([{ x: 0, y: 0 }, { x: 50, y: 0 }, { x: 0, y: 0 }]).length, 3);
});

function withChecksum(bytes) {
  let [sum, sums] = [0, 0];
  for (const byte of bytes) {
    sum = (sum + byte) % 255;
    sums = (sums + sum) % 255;
  }
  return `#s=${Buffer.from([...bytes, sum, sums]).toString("base64url")}`;
}
