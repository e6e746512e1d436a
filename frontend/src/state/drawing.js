import { ERASER, erase } from "./eraser.js";

/**
 * The sheet, its undo history, and the keyboard's pen. All functions return a new drawing.
 */

/** Widths in units of the sheet, as pixels of 280. */
export const PENS = Object.freeze({ fine: 7 / 280, medium: 18 / 280, broad: 34 / 280, eraser: 2 * ERASER });

/** Closer points add work and jitter, but no shape. */
const MIN_DISTANCE = 0.001;

/** @type {Sheet} */
const BLANK = Object.freeze({ strokes: [], picture: null });

/** @returns {Drawing} */
export function newDrawing() {
  return { ...BLANK, active: false, eraser: null, past: [], future: [] };
}

/** @param {Sheet} sheet */
export function isBlank(sheet) {
  return sheet.strokes.length === 0 && sheet.picture === null;
}

/**
 * Whether both are the same object, not just alike.
 * @param {Sheet} one
 * @param {Sheet} other
 */
export function isSame(one, other) {
  return one.picture ? one.picture === other.picture : other.picture === null && one.strokes === other.strokes;
}

/**
 * @param {Sheet} sheet
 * @returns {Sheet}
 */
export function sheetOf({ strokes, picture }) {
  return { strokes, picture };
}

/**
 * A drawing of what was kept. It can be undone stroke by stroke, as before.
 * @param {Sheet} sheet
 * @returns {Drawing}
 */
export function toDrawing({ strokes, picture }) {
  const past = picture ? [BLANK] : strokes.map((_, at) => ({ strokes: strokes.slice(0, at), picture: null }));
  return { ...newDrawing(), strokes, picture, past };
}

/**
 * Begins a stroke. A stroke replaces a picture; undo brings the picture back.
 * @param {Drawing} drawing
 * @param {Point} point
 * @param {Pen} [pen]
 * @returns {Drawing}
 */
export function begin(drawing, point, pen = "medium") {
  if (pen === "eraser") return beginErasing(drawing, point);
  const stroke = { points: [point], width: PENS[pen] };
  const begun = replace(drawing, { strokes: [...drawing.strokes, stroke], picture: null });
  return { ...begun, active: true, future: drawing.future };
}

/**
 * The eraser leaves a picture alone.
 * @param {Drawing} drawing
 * @param {Point} point
 * @returns {Drawing}
 */
function beginErasing(drawing, point) {
  if (drawing.picture || drawing.strokes.length === 0) return drawing;
  const begun = replace(drawing, { strokes: erase(drawing.strokes, [point]), picture: null });
  return { ...begun, active: true, eraser: point, future: drawing.future };
}

/**
 * Adds points to the stroke that is being drawn. A pen that leaves the sheet draws along its edge: no ink is invisible.
 * @param {Drawing} drawing
 * @param {readonly Point[]} points
 * @returns {Drawing}
 */
export function extend(drawing, points) {
  if (drawing.active && drawing.eraser) {
    const strokes = erase(drawing.strokes, [drawing.eraser, ...points]);
    return { ...drawing, strokes, eraser: points.at(-1) ?? drawing.eraser };
  }
  const stroke = drawing.strokes.at(-1);
  if (!drawing.active || !stroke) return drawing;
  const all = [...stroke.points];
  for (const point of points.map(onSheet)) {
    const last = all.at(-1);
    if (!last || distance(last, point) >= MIN_DISTANCE) all.push(point);
  }
  if (all.length === stroke.points.length) return drawing;
  return { ...drawing, strokes: [...drawing.strokes.slice(0, -1), { ...stroke, points: all }] };
}

/**
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function end(drawing) {
  if (!drawing.active) return drawing;
  const ended = { ...drawing, active: false, eraser: null };
  // This changes neither what can be undone nor what can be redone.
  return erasedNothing(drawing) ? { ...ended, past: drawing.past.slice(0, -1) } : { ...ended, future: [] };
}

/**
 * Whether the eraser is in use and has touched nothing so far.
 * @param {Drawing} drawing
 */
export function erasedNothing({ eraser, past, strokes }) {
  return eraser !== null && past.at(-1)?.strokes === strokes;
}

/**
 * Removes the stroke that is being drawn, as if it had never begun.
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function discard(drawing) {
  return drawing.active ? { ...undo(drawing), future: drawing.future } : drawing;
}

/**
 * Brings back what was on the sheet before its picture, as if the picture had never been opened.
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function refuse(drawing) {
  return { ...(canUndo(drawing) ? undo(drawing) : newDrawing()), future: [] };
}

/**
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function clear(drawing) {
  return isBlank(drawing) ? drawing : replace(drawing, BLANK);
}

/**
 * Replaces the sheet by another one; undo brings it back.
 * @param {Drawing} drawing
 * @param {Sheet} sheet
 * @returns {Drawing}
 */
export function replace(drawing, sheet) {
  return { ...sheetOf(sheet), active: false, eraser: null, past: [...drawing.past, sheetOf(drawing)], future: [] };
}

/** @param {Drawing} drawing */
export function canUndo(drawing) {
  return drawing.past.length > 0;
}

/**
 * While a stroke is drawn, nothing can be redone, but what could be is kept: the stroke may be discarded.
 * @param {Drawing} drawing
 */
export function canRedo(drawing) {
  return !drawing.active && drawing.future.length > 0;
}

/**
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function undo(drawing) {
  const sheet = drawing.past.at(-1);
  if (!sheet) return end(drawing);
  const future = [sheetOf(drawing), ...(drawing.active ? [] : drawing.future)];
  return { ...sheet, active: false, eraser: null, past: drawing.past.slice(0, -1), future };
}

/**
 * @param {Drawing} drawing
 * @returns {Drawing}
 */
export function redo(drawing) {
  if (!canRedo(drawing)) return end(drawing);
  const [sheet, ...future] = drawing.future;
  return { ...sheet, active: false, eraser: null, past: [...drawing.past, sheetOf(drawing)], future };
}

/**
 * @param {Point} point
 * @returns {Point} the nearest one on the sheet
 */
function onSheet(point) {
  return { ...point, x: clamp(point.x), y: clamp(point.y) };
}

/** @param {number} position */
function clamp(position) {
  return Math.min(1, Math.max(0, position));
}

/**
 * @param {Point} one
 * @param {Point} other
 */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

// --- the keyboard's pen ---

/** @type {Readonly<Record<string, readonly [number, number]>>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const STEP = 1 / 28;
const FINE_STEP = 1 / 140;

/**
 * Most digits begin here.
 * @type {Cursor}
 */
export const CURSOR_START = Object.freeze({ x: 0.5, y: 0.25, down: false });

/** @param {string} key */
export function isArrow(key) {
  return key in DIRECTIONS;
}

/**
 * Moves the cursor. Two arrow keys that are held together move it diagonally.
 * @param {Cursor} cursor
 * @param {Iterable<string>} keys the arrow keys that are held
 * @param {boolean} fine
 * @returns {Cursor}
 */
export function moveCursor(cursor, keys, fine) {
  const step = fine ? FINE_STEP : STEP;
  let { x, y } = cursor;
  for (const key of keys) {
    const [right, down] = DIRECTIONS[key] ?? [0, 0];
    x += right * step;
    y += down * step;
  }
  return { ...cursor, ...onSheet({ x, y }) };
}
