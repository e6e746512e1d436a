/** @typedef {import("./placing.js").Area} Area */

/** Pixels on a side of what the network sees. */
export const SIDE = 28;

/**
 * @typedef {object} Ink what lies in the square, in its pixels
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {{ x: number, y: number }} middle its centre of mass
 */

/**
 * @param {ArrayLike<number>} levels SIDE x SIDE, row by row, 0 where there is none
 * @returns {Ink | null}
 */
export function inkOf(levels) {
  let [left, top, right, bottom] = [SIDE, SIDE, 0, 0];
  let [mass, across, down] = [0, 0, 0];
  for (let at = 0; at < SIDE * SIDE; at++) {
    const level = levels[at];
    if (level === 0) continue;
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    mass += level;
    across += level * (x + 0.5);
    down += level * (y + 0.5);
  }
  if (mass === 0) return null;
  return { left, top, width: right - left, height: bottom - top, middle: { x: across / mass, y: down / mass } };
}

/**
 * Where the whole square lies on the picture whose ink it holds.
 * @param {Ink} ink
 * @param {import("./reading.js").Box} box of the ink, in the picture's pixels
 * @param {import("./placing.js").Size} picture
 * @returns {Area}
 */
export function squareArea(ink, [x, y, width, height], picture) {
  const scale = Math.max(width, height) / Math.max(ink.width, ink.height);
  return {
    left: (x + width / 2 - (ink.left + ink.width / 2) * scale) / picture.width,
    top: (y + height / 2 - (ink.top + ink.height / 2) * scale) / picture.height,
    width: (SIDE * scale) / picture.width,
    height: (SIDE * scale) / picture.height,
  };
}
