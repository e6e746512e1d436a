/** Strokes as paths of an SVG, for small pictures. */

/**
 * Quadratic curves through the midpoints of the segments. They round off corners.
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
 * @param {Stroke} stroke
 * @returns {string} the `d` of an SVG path
 */
export function toSvgPath({ points }) {
  const path = smoothPath(points);
  // With round caps, a line of length 0 is a dot.
  return (path.length === 1 ? [...path, ["l", 0, 0]] : path).map(([letter, ...numbers]) => letter + numbers.map(rounded).join(" ")).join("");
}

/** @param {string | number} number */
function rounded(number) {
  return Number(Number(number).toFixed(4));
}
