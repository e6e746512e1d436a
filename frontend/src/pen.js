import { smoothPath } from "./strokes.js";

/**
 * What the pen needs of a 2D context.
 * @typedef {Pick<CanvasRenderingContext2D, "beginPath" | "moveTo" | "lineTo" | "quadraticCurveTo" | "arc" | "fill" | "stroke"
 *   | "lineWidth" | "lineCap" | "lineJoin" | "strokeStyle" | "fillStyle">} Surface
 */

/**
 * @param {Surface} surface
 * @param {readonly import("./strokes.js").Stroke[]} strokes
 * @param {{ side: number, ink: string }} sheet the side in pixels
 */
export function drawStrokes(surface, strokes, { side, ink }) {
  surface.lineCap = "round";
  surface.lineJoin = "round";
  surface.strokeStyle = ink;
  surface.fillStyle = ink;
  for (const stroke of strokes) {
    surface.lineWidth = stroke.width * side;
    if (stroke.points.length === 1) drawDot(surface, stroke, side);
    else drawLine(surface, smoothPath(stroke.points), side);
  }
}

/**
 * @param {Surface} surface
 * @param {import("./strokes.js").Stroke} stroke
 * @param {number} side
 */
function drawDot(surface, { points: [point], width }, side) {
  surface.beginPath();
  surface.arc(point.x * side, point.y * side, (width * side) / 2, 0, 2 * Math.PI);
  surface.fill();
}

/**
 * @param {Surface} surface
 * @param {import("./strokes.js").PathStep[]} path
 * @param {number} side
 */
function drawLine(surface, path, side) {
  surface.beginPath();
  for (const step of path) {
    if (step[0] === "M") surface.moveTo(step[1] * side, step[2] * side);
    else if (step[0] === "L") surface.lineTo(step[1] * side, step[2] * side);
    else surface.quadraticCurveTo(step[1] * side, step[2] * side, step[3] * side, step[4] * side);
  }
  surface.stroke();
}
