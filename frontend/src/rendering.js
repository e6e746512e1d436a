import { drawStrokes } from "./pen.js";
import { isShowable, reduced } from "./placing.js";
import { toGreyPng } from "./png.js";

const SIDE = 280;

/** Bytes below which a picture is sent as it is: decoding it here would cost more than it saves. */
const SMALL = 400_000;
const QUALITY = 0.9;
const MAY_BE_TRANSPARENT = /png|webp|gif|avif|tiff/;

/**
 * The drawing as it is sent: black on white in a fixed size, whatever the theme and the screen.
 * @param {readonly import("./strokes.js").Stroke[]} strokes
 * @returns {Promise<Blob>} a PNG, in grey where this browser can compress
 */
export async function renderDrawing(strokes) {
  const { canvas, context } = newCanvas(SIDE, SIDE);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE, SIDE);
  drawStrokes(context, strokes, { side: SIDE, ink: "#000" });
  if (!("CompressionStream" in globalThis)) return toBlob(canvas, "image/png");
  return toGreyPng(context.getImageData(0, 0, SIDE, SIDE).data.filter((_, at) => at % 4 === 0), SIDE);
}

/**
 * A photograph has more pixels than the reader looks at, and a phone's line is slow.
 * @param {File} picture
 * @returns {Promise<import("./asking.js").Prepared>} the picture itself where it is small, or this browser cannot open it
 */
export async function shrinkPicture(picture) {
  const asItIs = { blob: picture, scale: 1 };
  if (picture.size <= SMALL) return asItIs;
  const given = await sizeOf(picture);
  if (!given || !isShowable(given)) return asItIs;
  const size = reduced(given);
  if (size.width === given.width) return asItIs;
  const bitmap = await opened(picture);
  if (!bitmap) return asItIs;
  try {
    const { canvas, context } = newCanvas(size.width, size.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, size.width, size.height);
    const blob = await toBlob(canvas, MAY_BE_TRANSPARENT.test(picture.type) ? "image/png" : "image/jpeg");
    if (blob.size >= picture.size) return asItIs;
    return { blob: new File([blob], picture.name, { type: blob.type }), scale: size.width / bitmap.width };
  } finally {
    bitmap.close();
  }
}

/**
 * Told by the file's head: nothing is decoded, however many pixels there are.
 * @param {File} picture
 * @returns {Promise<import("./placing.js").Size | null>} upright; null where this browser does not know such pictures
 */
async function sizeOf(picture) {
  const image = new Image();
  const address = URL.createObjectURL(picture);
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
      image.src = address;
    });
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * @param {File} picture
 * @returns {Promise<ImageBitmap | null>} upright
 */
async function opened(picture) {
  try {
    return await createImageBitmap(picture);
  } catch {
    return null;
  }
}

/**
 * @param {number} width
 * @param {number} height
 */
function newCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no 2D canvas");
  return { canvas, context };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} type
 * @returns {Promise<Blob>}
 */
function toBlob(canvas, type) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the canvas gave no picture"))), type, QUALITY);
  });
}
