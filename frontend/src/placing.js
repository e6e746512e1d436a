/** @typedef {{ width: number, height: number }} Size */
/** @typedef {{ left: number, top: number, width: number, height: number }} Area in shares of a whole */

/** A small file may hold more than a browser can bear to decode; the server takes as many, of a JPEG. */
const MOST_PIXELS = 60_000_000;

/** @param {Size} picture */
export function isShowable({ width, height }) {
  return width * height <= MOST_PIXELS;
}

/** The reader looks at 640 pixels; twice as many leave it the averaging. */
const LONGEST_SIDE = 1600;

/**
 * @param {Size} picture
 * @returns {Size} in whole pixels, as large as is worth sending
 */
export function reduced({ width, height }) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * @param {Size} picture
 * @returns {Size} its shares of a square that just holds it
 */
export function fitted({ width, height }) {
  const longest = Math.max(width, height);
  return { width: width / longest, height: height / longest };
}

/**
 * @param {import("./reading.js").Box} box
 * @param {Size} picture
 * @returns {Area}
 */
export function areaOf([x, y, width, height], picture) {
  return {
    left: x / picture.width,
    top: y / picture.height,
    width: width / picture.width,
    height: height / picture.height,
  };
}
