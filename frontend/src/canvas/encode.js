import { isShowable, reducedSize } from "./geometry.js";
import { drawStrokes } from "./pen.js";
import { rasterize } from "./raster.js";

/** The side of a drawing in pixels, as it is sent. */
export const DRAWING_SIDE = 280;

/** Smaller files, in bytes, are sent as they are: shrinking them would take longer than sending them. */
const SMALL = 400_000;
/** The side of the drawing that shows whether a canvas can be read, in pixels. */
const PROBE_SIDE = 16;
const JPEG_QUALITY = 0.9;
const MAY_BE_TRANSPARENT = /png|webp|gif|avif|tiff/;

/**
 * Renders a drawing as it is sent: black on white in a fixed size, in any theme and on any screen.
 * @param {readonly Stroke[]} strokes
 * @returns {Promise<Blob>} a PNG, greyscale if the browser can compress
 */
export async function renderDrawing(strokes) {
  if (!isCanvasReadable()) return toGreyPng(rasterize(strokes, DRAWING_SIDE), DRAWING_SIDE);
  const { canvas, context } = newCanvas(DRAWING_SIDE, DRAWING_SIDE);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, DRAWING_SIDE, DRAWING_SIDE);
  drawStrokes(context, strokes, { side: DRAWING_SIDE, ink: "#000" });
  if (!("CompressionStream" in globalThis)) return toBlob(canvas, "image/png");
  return toGreyPng(redOf(context, DRAWING_SIDE), DRAWING_SIDE);
}

/**
 * Shrinks a photograph to what the server uses, because phones send slowly.
 * @param {File} picture
 * @returns {Promise<Prepared>} the picture itself if it is small, or if the browser can't open it
 */
export async function shrinkPicture(picture) {
  const unchanged = { blob: picture, scale: 1 };
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
    return { blob: new File([blob], picture.name, { type: blob.type }), scale: size.width / bitmap.width };
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
async function decoded(picture) {
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
function isCanvasReadable() {
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
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the canvas cannot be encoded"))), type, JPEG_QUALITY);
  });
}

// --- greyscale PNG: a canvas cannot write it, and the server decodes it six times as fast as RGBA ---
// Portable Network Graphics, third edition (W3C 2025); its IDAT is zlib (RFC 1950).

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const GREY_OF_8_BITS = [8, 0, 0, 0, 0];

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/**
 * @param {Uint8Array | Uint8ClampedArray} levels row by row
 * @param {number} width
 * @returns {Promise<Blob>}
 */
export async function toGreyPng(levels, width) {
  const height = levels.length / width;
  const lines = new Uint8Array((width + 1) * height); // each line begins with its filter, 0 for none
  for (let y = 0; y < height; y++) lines.set(levels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const head = new Uint8Array(13);
  new DataView(head.buffer).setUint32(0, width);
  new DataView(head.buffer).setUint32(4, height);
  head.set(GREY_OF_8_BITS, 8);
  const parts = [Uint8Array.from(SIGNATURE), chunk("IHDR", head), chunk("IDAT", await deflated(lines)), chunk("IEND", new Uint8Array())];
  return new Blob(parts, { type: "image/png" });
}

/**
 * @param {string} name
 * @param {Uint8Array} data
 * @returns {Uint8Array<ArrayBuffer>}
 */
function chunk(name, data) {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set([...name].map((letter) => letter.charCodeAt(0)), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc(bytes.subarray(4, data.length + 8)));
  return bytes;
}

/** @param {Uint8Array} bytes */
function crc(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = CRC_TABLE[(rest ^ byte) & 0xff] ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function deflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
