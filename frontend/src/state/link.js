/**
 * A drawing as a short text for the hash of a link. Fewer points, on a grid of a quarter of a pixel, stay within half a pixel of
 * what was written. Speed and pressure, which only shape the look of the ink, are left out.
 *
 * The bytes: the version; for each stroke its pen, the spacing of its points, their number, and the points, each as the distance from
 * the one before; at the end a checksum.
 */

const PREFIX = "#s=";
const VERSION = 1;

/** Four to a pixel of a sheet of 280 pixels. */
const UNITS = 4 * 280;
/** In units. The grid itself adds at most 0.71, so that a line stays within half a pixel. */
const TOLERANCE = 1.25;

/** What the server reads, and what a link may ask of the page. */
const MAX_STROKES = 500;
const MAX_POINTS = 19_000;
const MAX_CHARACTERS = 32_000;
const CHECKSUM_BYTES = 2;

/** @typedef {{ x: number, y: number }} Place in units */

/** @param {string} hash of an address */
export function isLink(hash) {
  return hash.startsWith(PREFIX);
}

/**
 * @param {readonly Stroke[]} strokes
 * @returns {string | null} the hash that carries them; null if there are none, or too many for a link
 */
export function toHash(strokes) {
  if (strokes.length === 0 || strokes.length > MAX_STROKES) return null;
  const bytes = [VERSION, ...strokes.flatMap(bytesOf)];
  const hash = PREFIX + toBase64Url([...bytes, ...checksum(bytes)]);
  return hash.length <= MAX_CHARACTERS ? hash : null;
}

/**
 * @param {string} hash
 * @returns {Stroke[] | null} null if it carries no drawing that is whole
 */
export function fromHash(hash) {
  if (!isLink(hash) || hash.length > MAX_CHARACTERS) return null;
  try {
    return strokesOf(fromBase64Url(hash.slice(PREFIX.length)));
  } catch (error) {
    if (error instanceof BrokenLink) return null;
    throw error;
  }
}

class BrokenLink extends Error {}

// --- strokes to bytes ---

/** @param {Stroke} stroke */
function bytesOf({ points, width }) {
  const places = points.map(({ x, y }) => ({ x: toUnits(x), y: toUnits(y) }));
  const [first, ...rest] = simplified(places).map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }));
  let last = first;
  const moves = rest.flatMap(({ x, y }) => {
    const move = [x - last.x, y - last.y];
    last = { x, y };
    return move;
  });
  return [
    ...toVarint(Math.round(width * UNITS)), ...toVarint(spacingOf(places)), ...toVarint(rest.length + 1),
    ...[first.x, first.y].flatMap(toVarint), ...moves.map(zigzag).flatMap(toVarint),
  ];
}

/** @param {number} share of the sheet */
function toUnits(share) {
  return Math.min(1, Math.max(0, share || 0)) * UNITS;
}

/**
 * The page rounds off a corner by the distance of its points, so this distance is kept.
 * @param {readonly Place[]} places
 * @returns {number} the median distance between two of them, in whole units
 */
function spacingOf(places) {
  const distances = places.slice(1).map((place, at) => distance(place, places[at])).sort((one, other) => one - other);
  return Math.max(1, Math.round(distances[distances.length >> 1] ?? 1));
}

/**
 * Leaves out what a straight line shows as well (Ramer, Douglas and Peucker). A stack in place of recursion: a stroke may be long.
 * @param {readonly Place[]} places
 */
export function simplified(places, tolerance = TOLERANCE) {
  const kept = new Set([0, places.length - 1]);
  const pieces = [[0, places.length - 1]];
  for (let piece = pieces.pop(); piece; piece = pieces.pop()) {
    const [from, to] = piece;
    let [farthest, far] = [0, tolerance];
    for (let at = from + 1; at < to; at++) {
      const away = distanceToLine(places[at], places[from], places[to]);
      if (away > far) [farthest, far] = [at, away];
    }
    if (farthest === 0) continue;
    kept.add(farthest);
    pieces.push([from, farthest], [farthest, to]);
  }
  return places.filter((_, at) => kept.has(at));
}

/**
 * @param {Place} place
 * @param {Place} from
 * @param {Place} to
 * @returns {number} the distance to the part of the line between both
 */
function distanceToLine(place, from, to) {
  const [across, down] = [to.x - from.x, to.y - from.y];
  const length = across ** 2 + down ** 2;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((place.x - from.x) * across + (place.y - from.y) * down) / length));
  return distance(place, { x: from.x + share * across, y: from.y + share * down });
}

/**
 * @param {Place} one
 * @param {Place} other
 */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

// --- bytes to strokes ---

/**
 * @param {readonly number[]} bytes
 * @returns {Stroke[]}
 */
function strokesOf(bytes) {
  const content = bytes.slice(0, -CHECKSUM_BYTES);
  ensure(content.length > 1 && content[0] === VERSION);
  ensure(checksum(content).every((byte, at) => byte === bytes[content.length + at]));
  let at = 1;

  function next() {
    for (let value = 0, factor = 1; at < content.length && factor < 2 ** 28; factor *= 128) {
      const byte = content[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new BrokenLink();
  }

  const strokes = [];
  let total = 0;
  while (at < content.length) {
    const [width, spacing, count] = [next(), next(), next()];
    // A point has two bytes at least, so a large number is not believed.
    ensure(width >= 1 && width <= UNITS && spacing >= 1 && count >= 1 && 2 * count <= content.length - at);
    const places = [{ x: next(), y: next() }];
    while (places.length < count) {
      const last = places[places.length - 1];
      places.push({ x: last.x + unzigzag(next()), y: last.y + unzigzag(next()) });
    }
    ensure(places.every(({ x, y }) => x >= 0 && x <= UNITS && y >= 0 && y <= UNITS));
    const points = spaced(places, spacing).map(({ x, y }) => ({ x: x / UNITS, y: y / UNITS }));
    total += points.length;
    strokes.push({ points, width: width / UNITS });
    ensure(total <= MAX_POINTS && strokes.length <= MAX_STROKES);
  }
  return strokes;
}

/** @param {boolean} holds */
function ensure(holds) {
  if (!holds) throw new BrokenLink();
}

/**
 * Adds points on the straight lines, so that they are as close as they were when they were written.
 * @param {readonly Place[]} places
 * @param {number} spacing
 * @returns {Place[]}
 */
function spaced(places, spacing) {
  return places.flatMap((to, at) => {
    if (at === 0) return [to];
    const from = places[at - 1];
    const pieces = Math.max(1, Math.floor(distance(from, to) / spacing));
    return Array.from({ length: pieces }, (_, piece) => {
      const share = (piece + 1) / pieces;
      return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    });
  });
}

// --- numbers, bytes and letters ---

/**
 * Seven bits a byte, the lowest first.
 * @param {number} number not negative
 */
function toVarint(number) {
  const bytes = [];
  for (; number >= 128; number = Math.floor(number / 128)) bytes.push((number & 127) | 128);
  return [...bytes, number];
}

/**
 * Small numbers of either sign as small numbers.
 * @param {number} number
 */
function zigzag(number) {
  return number < 0 ? -2 * number - 1 : 2 * number;
}

/** @param {number} number */
function unzigzag(number) {
  return number % 2 === 1 ? -(number + 1) / 2 : number / 2;
}

/**
 * Fletcher's, of 16 bits: a link that was cut or mistyped is not read as another drawing.
 * @param {readonly number[]} bytes
 */
function checksum(bytes) {
  let [sum, sums] = [0, 0];
  for (const byte of bytes) {
    sum = (sum + byte) % 255;
    sums = (sums + sum) % 255;
  }
  return [sum, sums];
}

/** @param {readonly number[]} bytes */
function toBase64Url(bytes) {
  const letters = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));
  return letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} text */
function fromBase64Url(text) {
  ensure(/^[\w-]*$/.test(text) && text.length % 4 !== 1);
  return [...atob(text.replaceAll("-", "+").replaceAll("_", "/"))].map((letter) => letter.charCodeAt(0));
}
