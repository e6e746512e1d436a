/** @typedef {{ x: number, y: number }} Point in units of the sheet: 0..1 from its left and top */
/** @typedef {{ points: readonly Point[], width: number }} Stroke its pen's width in the same units */

/**
 * @typedef {object} Sheet
 * @property {readonly Stroke[]} strokes none where there is a picture
 * @property {File | null} picture what the person gave instead of strokes
 */

/**
 * @typedef {Sheet & {
 *   active: boolean,
 *   past: readonly Sheet[],
 *   future: readonly Sheet[],
 * }} Drawing active while the pen is down on the last stroke
 */

/** @typedef {["M", number, number] | ["L", number, number] | ["Q", number, number, number, number]} PathStep as SVG spells it */

/** Widths in units of the sheet, as pixels of 280. */
export const PENS = Object.freeze({ fine: 7 / 280, medium: 18 / 280, broad: 34 / 280 });

/** @typedef {keyof typeof PENS} Pen */

/** Closer points add work and jitter but no shape. */
const NEAREST = 0.001;

/** @type {Sheet} */
export const BLANK = Object.freeze({ strokes: [], picture: null });

/** @returns {Drawing} */
export function newDrawing() {
  return { ...BLANK, active: false, past: [], future: [] };
}

/** @param {Sheet} sheet */
export function isBlank(sheet) {
  return sheet.strokes.length === 0 && sheet.picture === null;
}

/**
 * Whether it is the very same, not one that looks alike.
 * @param {Sheet} one
 * @param {Sheet} other
 */
export function isSame(one, other) {
  return one.picture ? one.picture === other.picture : other.picture === null && one.strokes === other.strokes;
}

/**
 * A stroke takes the place of a picture; undo brings the picture back.
 * @param {Drawing} drawing
 * @param {Point} point
 * @param {Pen} [pen]
 * @returns {Drawing}
 */
export function begin(drawing, point, pen = "medium") {
  const stroke = { points: [point], width: PENS[pen] };
  return { ...turnTo(drawing, { strokes: [...drawing.strokes, stroke], picture: null }), active: true };
}

/**
 * @param {Drawing} drawing
 * @param {readonly Point[]} points
 * @returns {Drawing}
 */
export function extend(drawing, points) {
  const stroke = drawing.strokes.at(-1);
  if (!drawing.active || !stroke) return drawing;
  const all = [...stroke.points];
  for (const point of points) {
    const last = all.at(-1);
    if (!last || distance(last, point) >= NEAREST) all.push(point);
  }
  if (all.length === stroke.points.length) return drawing;
  return { ...drawing, strokes: [...drawing.strokes.slice(0, -1), { ...stroke, points: all }] };
}

/**
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function end(drawing) {
  return drawing.active ? { ...drawing, active: false } : drawing;
}

/**
 * As if the stroke that is being drawn had never begun.
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function drop(drawing) {
  return drawing.active ? { ...undo(drawing), future: [] } : drawing;
}

/**
 * A clean sheet; undo brings back what was on it.
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function clear(drawing) {
  return isBlank(drawing) ? drawing : turnTo(drawing, BLANK);
}

/**
 * Other strokes or a picture in the place of what was there; undo brings it back.
 * @param {Drawing} drawing
 * @param {Sheet} sheet
 * @returns {Drawing}
 */
export function turnTo(drawing, sheet) {
  return { ...sheetOf(sheet), active: false, past: [...drawing.past, sheetOf(drawing)], future: [] };
}

/** @param {Drawing} drawing */
export function canUndo(drawing) {
  return drawing.past.length > 0;
}

/** @param {Drawing} drawing */
export function canRedo(drawing) {
  return drawing.future.length > 0;
}

/**
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function undo(drawing) {
  const sheet = drawing.past.at(-1);
  if (!sheet) return end(drawing);
  return { ...sheet, active: false, past: drawing.past.slice(0, -1), future: [sheetOf(drawing), ...drawing.future] };
}

/**
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function redo(drawing) {
  const [sheet, ...future] = drawing.future;
  if (!sheet) return end(drawing);
  return { ...sheet, active: false, past: [...drawing.past, sheetOf(drawing)], future };
}

/**
 * Quadratic curves through the midpoints: the corners that the hand did not mean are rounded off.
 * @param {readonly Point[]} points
 * @returns {PathStep[]}
 */
export function smoothPath(points) {
  const [first, ...rest] = points;
  if (!first) return [];
  /** @type {PathStep[]} */
  const path = [["M", first.x, first.y]];
  rest.forEach((point, at) => {
    const next = rest[at + 1];
    if (!next) path.push(["L", point.x, point.y]);
    else path.push(["Q", point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2]);
  });
  return path;
}

/**
 * The stroke as the `d` of an SVG path.
 * @param {Stroke} stroke
 */
export function toSvgPath({ points }) {
  const path = smoothPath(points);
  // A line of no length, which round caps make a dot of.
  return (path.length === 1 ? [...path, ["l", 0, 0]] : path).map(([letter, ...numbers]) => letter + numbers.map(short).join(" ")).join("");
}

/** @param {string | number} number */
function short(number) {
  return Number(Number(number).toFixed(4));
}

/**
 * @param {Sheet} sheet
 * @returns {Sheet}
 */
export function sheetOf({ strokes, picture }) {
  return { strokes, picture };
}

/**
 * @param {Point} one
 * @param {Point} other
 */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
