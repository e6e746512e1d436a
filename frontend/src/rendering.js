import { drawStrokes } from "./pen.js";

const SIDE = 280;

/**
 * The drawing as it is sent: black on white in a fixed size, whatever the theme and the screen.
 * @param {readonly import("./strokes.js").Stroke[]} strokes
 * @returns {Promise<Blob>} a PNG
 */
export async function renderDrawing(strokes) {
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no 2D canvas");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE, SIDE);
  drawStrokes(context, strokes, { side: SIDE, ink: "#000" });
  return toPng(canvas);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
function toPng(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the canvas gave no picture"))), "image/png");
  });
}
