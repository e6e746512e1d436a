/** The side of the network's input in pixels. */
export const SIDE = 28;

/** A small file can hold more pixels than a browser can decode. The server accepts as many in a JPEG. */
const MAX_PIXELS = 60_000_000;

/** The server scales pictures to 640 pixels. More than twice that adds nothing. */
const MAX_SENT_SIDE = 1600;

/** @param {Size} picture */
export function isShowable({ width, height }) {
  return width * height <= MAX_PIXELS;
}

/**
 * @param {Size} picture
 * @returns {Size} the size in which the picture is sent, in whole pixels
 */
export function reducedSize({ width, height }) {
  const scale = Math.min(1, MAX_SENT_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * @param {Size} picture
 * @returns {Size} as fractions of the smallest square that contains it
 */
export function fitted({ width, height }) {
  const longest = Math.max(width, height);
  return { width: width / longest, height: height / longest };
}

/**
 * @param {Box} box
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

/**
 * The box of the ink whose middle line has a given box.
 * @param {Box} box
 * @param {number} pen its width
 * @returns {Box}
 */
export function around([x, y, width, height], pen) {
  return [x - pen / 2, y - pen / 2, width + pen, height + pen];
}

/**
 * @param {readonly Stroke[]} strokes at least one
 * @returns {Box} of their ink, in units of the sheet
 */
export function boxOfInk(strokes) {
  const ends = strokes.map(({ points, width }) => {
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const pen = width / 2;
    return [Math.min(...xs) - pen, Math.min(...ys) - pen, Math.max(...xs) + pen, Math.max(...ys) + pen];
  });
  const [left, top, right, bottom] = [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(...ends.map((one) => one[side])));
  return [left, top, right - left, bottom - top];
}

/**
 * @param {ArrayLike<number>} levels SIDE x SIDE, row by row, 0 for background
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
 * Where the network's input belongs on the picture that its ink comes from.
 * @param {Ink} ink
 * @param {Box} box of the ink, in pixels of the picture
 * @param {Size} picture
 * @returns {Area}
 */
export function inputArea(ink, [x, y, width, height], picture) {
  const scale = Math.max(width, height) / Math.max(ink.width, ink.height);
  return {
    left: (x + width / 2 - (ink.left + ink.width / 2) * scale) / picture.width,
    top: (y + height / 2 - (ink.top + ink.height / 2) * scale) / picture.height,
    width: (SIDE * scale) / picture.width,
    height: (SIDE * scale) / picture.height,
  };
}

/** The longer side of a live frame that is read, in pixels: enough to read, and quick to send. */
export const LIVE_SIDE = 640;

/**
 * @param {Size} size
 * @param {number} side
 * @returns {Size} in whole pixels, with a longer side of at most `side`
 */
export function shrunk({ width, height }, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}
