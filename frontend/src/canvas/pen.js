/**
 * The part of a 2D context that the pen uses.
 * @typedef {Pick<CanvasRenderingContext2D, "beginPath" | "moveTo" | "lineTo" | "quadraticCurveTo" | "arc" | "fill" | "stroke"
 *   | "lineWidth" | "lineCap" | "lineJoin" | "strokeStyle" | "fillStyle">} Surface
 */

/**
 * @param {Surface} surface
 * @param {readonly Stroke[]} strokes
 * @param {{ side: number, ink: string }} sheet its side in pixels, and the colour of the ink
 */
export function drawStrokes(surface, strokes, { side, ink }) {
  surface.lineCap = "round";
  surface.lineJoin = "round";
  surface.strokeStyle = ink;
  surface.fillStyle = ink;
  for (const stroke of strokes) {
    surface.lineWidth = stroke.width * side;
    if (stroke.points.length === 1) drawDot(surface, stroke, side);
    else drawPath(surface, smoothPath(stroke.points), side);
  }
}

/**
 * @param {Surface} surface
 * @param {Stroke} stroke
 * @param {number} side
 */
function drawDot(surface, { points: [point], width }, side) {
  surface.beginPath();
  surface.arc(point.x * side, point.y * side, (width * side) / 2, 0, 2 * Math.PI);
  surface.fill();
}

/**
 * @param {Surface} surface
 * @param {PathStep[]} path
 * @param {number} side
 */
function drawPath(surface, path, side) {
  surface.beginPath();
  for (const step of path) {
    if (step[0] === "M") surface.moveTo(step[1] * side, step[2] * side);
    else if (step[0] === "L") surface.lineTo(step[1] * side, step[2] * side);
    else surface.quadraticCurveTo(step[1] * side, step[2] * side, step[3] * side, step[4] * side);
  }
  surface.stroke();
}

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
