import { isShowable, reducedSize } from "./geometry.js";

/** Smaller files, in bytes, are sent as they are: shrinking them would take longer than sending them. */
const SMALL = 400_000;
/** The side of the drawing that shows whether a canvas can be read, in pixels. */
const PROBE_SIDE = 16;
const JPEG_QUALITY = 0.9;
const MAY_BE_TRANSPARENT = /png|webp|gif|avif|tiff/;

/**
 * Shrinks a photograph to what the server uses, because phones send slowly.
 * @param {File} picture
 * @returns {Promise<Prepared<File>>} the picture itself if it is small, or if the browser can't open it
 */
export async function shrinkPicture(picture) {
  const unchanged = { content: picture, scale: 1 };
  if (picture.size <= SMALL || !isCanvasReadable()) return unchanged;
  const original = await sizeOf(picture);
  if (!original || !isShowable(original)) return unchanged;
  const size = reducedSize(original);
  if (size.width === original.width) return unchanged;
  const bitmap = await decoded(picture);
  if (!bitmap) return unchanged;
  try {
    const { canvas, context } = newCanvas(size.width, size.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, size.width, size.height);
    const blob = await toBlob(canvas, MAY_BE_TRANSPARENT.test(picture.type) ? "image/png" : "image/jpeg");
    if (blob.size >= picture.size) return unchanged;
    return { content: new File([blob], picture.name, { type: blob.type }), scale: size.width / bitmap.width };
  } finally {
    bitmap.close();
  }
}

/**
 * Reads the size from the header of the file, without decoding its pixels.
 * @param {File} picture
 * @returns {Promise<Size | null>} of the upright picture; null if the browser can't open it
 */
async function sizeOf(picture) {
  const image = new Image();
  const url = URL.createObjectURL(picture);
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
      image.src = url;
    });
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * @param {File} picture
 * @returns {Promise<ImageBitmap | null>} upright
 */
export async function decoded(picture) {
  try {
    return await createImageBitmap(picture);
  } catch {
    return null;
  }
}

/**
 * The grey levels of a grey image; all 0 if the browser doesn't let the page read them.
 * @param {HTMLImageElement} image
 * @param {number} side
 */
export function levelsOf(image, side) {
  if (!isCanvasReadable()) return new Uint8ClampedArray(side * side);
  const { context } = newCanvas(side, side);
  context.drawImage(image, 0, 0);
  return redOf(context, side);
}

/** @type {boolean | null} */
let readable = null;

/**
 * Whether a canvas returns what was drawn. Browsers that resist fingerprinting return white or noise.
 * The answer is that of the first call.
 */
export function isCanvasReadable() {
  if (readable !== null) return readable;
  const { context } = newCanvas(PROBE_SIDE, PROBE_SIDE);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, PROBE_SIDE, PROBE_SIDE);
  context.fillStyle = "#000";
  context.fillRect(0, 0, PROBE_SIDE / 2, PROBE_SIDE);
  readable = redOf(context, PROBE_SIDE).every((level, at) => level === (at % PROBE_SIDE < PROBE_SIDE / 2 ? 0 : 255));
  return readable;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} side
 */
function redOf(context, side) {
  return context.getImageData(0, 0, side, side).data.filter((_, at) => at % 4 === 0);
}

/**
 * @param {number} width
 * @param {number} height
 */
export function newCanvas(width, height) {
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
export function toBlob(canvas, type) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the canvas cannot be encoded"))), type, JPEG_QUALITY);
  });
}
