/** @typedef {{ x: number, y: number, down: boolean }} Cursor the pen that the keyboard moves, in units of the sheet */

/** @type {Readonly<Record<string, readonly [number, number]>>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const STEP = 1 / 28;
const FINE_STEP = 1 / 140;

/** Where a stroke of most digits begins.
 * @type {Cursor}
 */
export const START = Object.freeze({ x: 0.5, y: 0.25, down: false });

/** @param {string} key */
export function isWay(key) {
  return key in WAYS;
}

/**
 * Several keys held at once go aslant.
 * @param {Cursor} cursor
 * @param {Iterable<string>} keys those of the arrows that are held
 * @param {boolean} finely
 * @returns {Cursor}
 */
export function moved(cursor, keys, finely) {
  const step = finely ? FINE_STEP : STEP;
  let { x, y } = cursor;
  for (const key of keys) {
    const [right, down] = WAYS[key] ?? [0, 0];
    x += right * step;
    y += down * step;
  }
  return { ...cursor, x: within(x), y: within(y) };
}

/** @param {number} place */
function within(place) {
  return Math.min(1, Math.max(0, place));
}
