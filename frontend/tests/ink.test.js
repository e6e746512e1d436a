import assert from "node:assert/strict";
import { test } from "node:test";
import { drawInk, drawPiece, newPainter, steadyEnd, widthsOf } from "../src/canvas/ink.js";
import { PENS } from "../src/state/drawing.js";

const WIDTH = PENS.medium;

/** A straight stroke whose points are 1/100 of the sheet and some milliseconds apart. */
function straight(count, milliseconds, width = WIDTH) {
  return { width, points: Array.from({ length: count }, (_, at) => ({ x: at / 100, y: 0.5, t: 1000 + at * milliseconds })) };
}

/** A surface that records what it strokes. */
function newSurface() {
  const pieces = [];
  let start = null;
  return {
    pieces,
    layers: 0,
    dots: [],
    beginPath() {},
    moveTo: (...place) => (start = place),
    lineTo(...place) {
      pieces.push({ from: start, to: place, width: this.lineWidth });
    },
    stroke() {},
    fill() {},
    arc(...circle) {
      this.dots.push(circle);
    },
    clearRect() {},
    drawImage() {
      this.layers += 1;
    },
  };
}

test("a fast pen draws a narrower line than a slow one, within bounds", () => {
  const [fast, slow] = [3, 60].map((milliseconds) => widthsOf(straight(40, milliseconds)).at(-1));
  assert.ok(fast < 0.8 * slow);
  for (const width of [fast, slow]) assert.ok(width >= 0.6 * WIDTH && width <= 1.2 * WIDTH);
});

test("pressure makes the line broader", () => {
  const pressed = (pressure) => widthsOf({ width: WIDTH, points: Array.from({ length: 20 }, (_, at) => ({ x: at / 100, y: 0, pressure })) }).at(-1);
  assert.ok(pressed(0.1) < pressed(0.5) && pressed(0.5) < pressed(0.9));
});

test("a line without times has the width of the pen", () => {
  const points = [0, 0.1, 0.2, 0.3].map((x) => ({ x, y: 0 }));
  assert.deepEqual(widthsOf({ points, width: WIDTH }), Array(4).fill(WIDTH));
});

test("the width of ink that is drawn does not depend on what follows", () => {
  const whole = widthsOf(straight(30, 10));
  const part = { ...straight(30, 10), points: straight(30, 10).points.slice(0, 12) };
  assert.deepEqual(widthsOf(part), whole.slice(0, 12));
  assert.deepEqual(widthsOf(straight(30, 10), widthsOf(part)), whole);
});

test("both ends are tapered and the middle is not", () => {
  const surface = newSurface();
  const stroke = straight(60, 7);
  drawPiece(surface, stroke, Array(60).fill(WIDTH), { from: 0, to: 59, side: 100 });
  const widths = surface.pieces.map(({ width }) => width / 100);
  assert.ok(widths[0] < 0.6 * WIDTH && widths.at(-1) < 0.6 * WIDTH);
  assert.ok(Math.abs(widths[Math.floor(widths.length / 2)] - WIDTH) < 1e-9);
});

test("pieces of a stroke join without a gap, and cover it from its first point to its last", () => {
  const [whole, parts] = [newSurface(), newSurface()];
  const stroke = straight(40, 7);
  const widths = widthsOf(stroke);
  drawPiece(whole, stroke, widths, { from: 0, to: 39, side: 280 });
  for (const [from, to] of [[0, 11], [11, 30], [30, 39]]) drawPiece(parts, stroke, widths, { from, to, side: 280 });
  assert.deepEqual(parts.pieces.map(({ from, to }) => [from, to]), whole.pieces.map(({ from, to }) => [from, to]));
  assert.deepEqual([whole.pieces[0].from, whole.pieces.at(-1).to], [[0, 140], [0.39 * 280, 140]]);
});

test("the width of a pen is relative to the sheet", () => {
  const points = [0, 0.2, 0.4, 0.6].map((x) => ({ x, y: 0.5 }));
  for (const [pen, side, width] of [["medium", 280, 18], ["medium", 560, 36], ["fine", 280, 7], ["broad", 140, 17]]) {
    const surface = newSurface();
    drawInk(surface, [{ points, width: PENS[pen] }], { side, ink: "#123" });
    assert.ok(Math.abs(Math.max(...surface.pieces.map((piece) => piece.width)) - width) < 1e-9);
    assert.deepEqual([surface.strokeStyle, surface.lineCap], ["#123", "round"]);
  }
});

test("a dot is as broad as the pen", () => {
  const surface = newSurface();
  drawPiece(surface, { points: [{ x: 0.5, y: 0.25 }], width: 0.1 }, [0.1], { from: 0, to: 0, side: 100 });
  assert.deepEqual(surface.dots, [[50, 25, 5, 0, 2 * Math.PI]]);
});

// --- painting only what is new ---

function newCanvas() {
  const [visible, settled] = [newSurface(), newSurface()];
  const painter = newPainter(visible, { surface: settled, layer: { width: 0, height: 0 } });
  return { visible, settled, paint: (strokes, active, ink = "#000") => painter.paint(strokes, { side: 280, ink, active }) };
}

test("a scribble of 1,500 points is painted in time that does not grow", () => {
  const { visible, settled, paint } = newCanvas();
  const points = Array.from({ length: 1500 }, (_, at) => ({ x: 0.5 + 0.4 * Math.sin(at / 9), y: 0.5 + 0.4 * Math.cos(at / 7), t: 8 * at }));
  let most = 0;
  for (let count = 1; count <= points.length; count++) {
    const before = visible.pieces.length + settled.pieces.length;
    paint([{ width: WIDTH, points: points.slice(0, count) }], true);
    most = Math.max(most, visible.pieces.length + settled.pieces.length - before);
  }
  paint([{ width: WIDTH, points }], false);
  assert.ok(most < 60, `${most} pieces in one frame`);
  assert.ok(settled.pieces.length < 12 * points.length);
});

test("what was painted piece by piece is what is painted at once", () => {
  const stroke = straight(50, 9);
  const [slowly, atOnce] = [newCanvas(), newCanvas()];
  for (let count = 1; count <= 50; count++) slowly.paint([{ ...stroke, points: stroke.points.slice(0, count) }], true);
  slowly.paint([stroke], false);
  atOnce.paint([stroke], false);
  const ends = ({ settled }) => settled.pieces.map(({ to, width }) => [...to, Math.round(width * 1e6)]);
  assert.deepEqual(ends(slowly), ends(atOnce));
});

test("a finished stroke is not painted again, until something before it changes", () => {
  const { settled, paint } = newCanvas();
  const [one, two] = [straight(20, 9), straight(20, 5)];
  paint([one], false);
  const first = settled.pieces.length;
  paint([one, two], false);
  paint([one, two], false);
  const both = settled.pieces.length;
  assert.ok(both > first && both < 3 * first);
  paint([two], false); // undone
  assert.ok(settled.pieces.length > both);
  const before = settled.pieces.length;
  paint([two], false, "#fff"); // another theme
  assert.ok(settled.pieces.length > before);
});

test("the steady part of a stroke ends before its tip", () => {
  assert.equal(steadyEnd(straight(2, 9)), 0);
  const end = steadyEnd(straight(50, 9));
  assert.ok(end > 30 && end < 49);
});
