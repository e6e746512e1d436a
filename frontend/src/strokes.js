/** @typedef {{ x: number, y: number }} Point in units of the sheet: 0..1 from its left and top */
/** @typedef {readonly Point[]} Stroke */

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

/** The pen's width in units of the sheet: 18 of 280 pixels. */
export const PEN_WIDTH = 18 / 280;

/** Closer points add work and jitter but no shape. */
const NEAREST = 0.001;

/** @type {Sheet} */
const BLANK = Object.freeze({ strokes: [], picture: null });

/** @returns {Drawing} */
export function newDrawing() {
  return { ...BLANK, active: false, past: [], future: [] };
}

/** @param {Drawing} drawing */
export function isBlank(drawing) {
  return drawing.strokes.length === 0 && drawing.picture === null;
}

/**
 * A stroke takes the place of a picture; undo brings the picture back.
 * @param {Drawing} drawing
 * @param {Point} point
 * @returns {Drawing}
 */
export function begin(drawing, point) {
  return { ...turnTo(drawing, { strokes: [...drawing.strokes, [point]], picture: null }), active: true };
}

/**
 * @param {Drawing} drawing
 * @param {readonly Point[]} points
 * @returns {Drawing}
 */
export function extend(drawing, points) {
  if (!drawing.active) return drawing;
  const stroke = [...(drawing.strokes.at(-1) ?? [])];
  const before = stroke.length;
  for (const point of points) {
    const last = stroke.at(-1);
    if (!last || distance(last, point) >= NEAREST) stroke.push(point);
  }
  if (stroke.length === before) return drawing;
  return { ...drawing, strokes: [...drawing.strokes.slice(0, -1), stroke] };
}

/**
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function end(drawing) {
  return drawing.active ? { ...drawing, active: false } : drawing;
}

/**
 * A picture takes the place of the strokes; undo brings them back.
 * @param {Drawing} drawing
 * @param {File} picture
 * @returns {Drawing}
 */
export function lay(drawing, picture) {
  return turnTo(drawing, { strokes: [], picture });
}

/**
 * A clean sheet; undo brings back what was on it.
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function clear(drawing) {
  return isBlank(drawing) ? drawing : turnTo(drawing, BLANK);
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
 * @param {Stroke} stroke
 * @returns {PathStep[]}
 */
export function smoothPath(stroke) {
  const [first, ...rest] = stroke;
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
 * @param {Drawing} drawing
 * @param {Sheet} sheet
 * @returns {Drawing}
 */
function turnTo(drawing, sheet) {
  return { ...sheet, active: false, past: [...drawing.past, sheetOf(drawing)], future: [] };
}

/**
 * @param {Drawing} drawing
 * @returns {Sheet}
 */
function sheetOf({ strokes, picture }) {
  return { strokes, picture };
}

/**
 * @param {Point} one
 * @param {Point} other
 */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
