/** The eraser takes away the ink that it touches. What is left of a stroke is one stroke or several. */

/** Half the width of the eraser, in units of the sheet. */
export const ERASER = 16 / 280;

/**
 * @param {readonly Stroke[]} strokes
 * @param {readonly Point[]} path of the eraser: at least one point
 * @returns {readonly Stroke[]} the same list if the eraser touched nothing
 */
export function erase(strokes, path) {
  const left = strokes.flatMap((stroke) => (path.some((_, at) => touches(stroke, path, at)) ? split(stroke, path) : [stroke]));
  return left.length === strokes.length && left.every((stroke, at) => stroke === strokes[at]) ? strokes : left;
}

/**
 * @param {Stroke} stroke
 * @param {readonly Point[]} path
 * @param {number} at
 * @returns {boolean} whether the eraser touches the ink on its way to this point of its path
 */
function touches({ points, width }, path, at) {
  const [from, to] = [path[Math.max(0, at - 1)], path[at]];
  const reach = ERASER + width / 2;
  return points.some((point, place) => between(points[Math.max(0, place - 1)], point, from, to) < reach);
}

/**
 * @param {Stroke} stroke
 * @param {readonly Point[]} path
 * @returns {Stroke[]}
 */
function split(stroke, path) {
  const reach = ERASER + stroke.width / 2;
  /** @type {Point[][]} */
  const parts = [[]];
  for (const point of dense(stroke.points)) {
    const erased = path.some((to, at) => toSegment(point, path[Math.max(0, at - 1)], to) < reach);
    if (!erased) /** @type {Point[]} */ (parts.at(-1)).push(point);
    else if (parts.at(-1)?.length) parts.push([]);
  }
  return parts.filter((points) => points.length > 0).map((points) => ({ ...stroke, points }));
}

/**
 * Long straight parts of a stroke have few points. With more of them, the eraser takes away no more than it touches.
 * @param {readonly Point[]} points
 * @returns {Point[]}
 */
function dense(points) {
  return points.flatMap((point, at) => {
    const last = points[at - 1];
    if (!last) return [point];
    const steps = Math.ceil(Math.hypot(point.x - last.x, point.y - last.y) / (ERASER / 4));
    if (steps < 2) return [point];
    const inner = Array.from({ length: steps - 1 }, (_, step) => onTheWay(last, point, (step + 1) / steps));
    return [...inner, point];
  });
}

/**
 * A point with its time and pressure, which decide the width of the ink.
 * @param {Point} one
 * @param {Point} other
 * @param {number} share of the way
 * @returns {Point}
 */
function onTheWay(one, other, share) {
  const point = mix(one, other, share);
  for (const key of /** @type {const} */ (["t", "pressure"])) {
    const [first, last] = [one[key], other[key]];
    if (first !== undefined && last !== undefined) point[key] = first + (last - first) * share;
  }
  return point;
}

/**
 * The distance between two segments is that of an end to the other segment, or 0 where they cross.
 * @param {Point} a
 * @param {Point} b
 * @param {Point} c
 * @param {Point} d
 */
function between(a, b, c, d) {
  if (crosses(a, b, c, d)) return 0;
  return Math.min(toSegment(a, c, d), toSegment(b, c, d), toSegment(c, a, b), toSegment(d, a, b));
}

/**
 * @param {Point} a
 * @param {Point} b
 * @param {Point} c
 * @param {Point} d
 */
function crosses(a, b, c, d) {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/**
 * @param {Point} from
 * @param {Point} to
 * @param {Point} point
 * @returns {number} positive on one side of the line, negative on the other
 */
function side(from, to, point) {
  return (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x);
}

/**
 * @param {Point} point
 * @param {Point} from
 * @param {Point} to
 */
function toSegment(point, from, to) {
  const [x, y] = [to.x - from.x, to.y - from.y];
  const length = x * x + y * y;
  const share = length > 0 ? ((point.x - from.x) * x + (point.y - from.y) * y) / length : 0;
  const nearest = mix(from, to, Math.min(1, Math.max(0, share)));
  return Math.hypot(point.x - nearest.x, point.y - nearest.y);
}

/**
 * @param {Point} one
 * @param {Point} other
 * @param {number} share
 * @returns {Point}
 */
function mix(one, other, share) {
  return { x: one.x + (other.x - one.x) * share, y: one.y + (other.y - one.y) * share };
}
