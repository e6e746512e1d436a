import { smoothPath } from "./pen.js";

/** Straight pieces of a curve: at the size of a drawing, more of them look the same. */
const PIECES = 8;

/**
 * Draws strokes without a canvas, for browsers that do not let a page read its canvas.
 * @param {readonly Stroke[]} strokes
 * @param {number} side in pixels
 * @returns {Uint8Array} side x side grey levels, row by row, black on white
 */
export function rasterize(strokes, side) {
  const levels = new Uint8Array(side * side).fill(255);
  for (const { points, width } of strokes) {
    const radius = (width * side) / 2;
    const places = flattened(points).map(({ x, y }) => ({ x: x * side, y: y * side }));
    places.forEach((place, at) => paintCapsule(levels, side, places[at - 1] ?? place, place, radius));
  }
  return levels;
}

/**
 * @param {readonly Point[]} points
 * @returns {Point[]} the ends of the straight pieces of the smooth path
 */
function flattened(points) {
  /** @type {Point[]} */
  const places = [];
  for (const step of smoothPath(points)) {
    const from = places.at(-1);
    if (step[0] !== "Q" || !from) {
      places.push({ x: step[1], y: step[2] });
      continue;
    }
    const [, controlX, controlY, x, y] = step;
    for (let piece = 1; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      places.push({
        x: (1 - t) ** 2 * from.x + 2 * t * (1 - t) * controlX + t ** 2 * x,
        y: (1 - t) ** 2 * from.y + 2 * t * (1 - t) * controlY + t ** 2 * y,
      });
    }
  }
  return places;
}

/**
 * Darkens every pixel by the share of it that lies within the radius of a straight piece.
 * @param {Uint8Array} levels
 * @param {number} side
 * @param {Point} from
 * @param {Point} to
 * @param {number} radius
 */
function paintCapsule(levels, side, from, to, radius) {
  const [across, down] = [to.x - from.x, to.y - from.y];
  const length = across ** 2 + down ** 2;
  const [left, right] = rangeOf(from.x, to.x, radius, side);
  const [top, bottom] = rangeOf(from.y, to.y, radius, side);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [dx, dy] = [x + 0.5 - from.x, y + 0.5 - from.y];
      const along = length ? Math.min(1, Math.max(0, (dx * across + dy * down) / length)) : 0;
      const distance = Math.hypot(dx - along * across, dy - along * down);
      const covered = Math.min(1, Math.max(0, radius + 0.5 - distance));
      const at = y * side + x;
      levels[at] = Math.min(levels[at], Math.round(255 * (1 - covered)));
    }
  }
}

/**
 * @param {number} one
 * @param {number} other
 * @param {number} radius
 * @param {number} side
 * @returns {[number, number]} the pixels that may be covered, from the first to before the last
 */
function rangeOf(one, other, radius, side) {
  return [Math.max(0, Math.floor(Math.min(one, other) - radius - 1)), Math.min(side, Math.ceil(Math.max(one, other) + radius + 1))];
}
