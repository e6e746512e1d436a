import { fileErrors, tooLargeToSend } from "../text/page.js";
import { Problem } from "./problem.js";

/** The largest file, in bytes, that the page opens to shrink it. */
const MAX_OPENED = 64 * 1024 * 1024;
/** The server refuses larger pictures, unless it is configured otherwise. */
const MAX_SENT = 16 * 1024 * 1024;
/** The server refuses more bytes in one request with several pictures. This leaves room for the form around them. */
export const MAX_TOGETHER = 60 * 1024 * 1024;
/** The server refuses more pictures in one request. */
export const MAX_FILES = 64;

/** Browsers give some of these formats no media type, or a general one. */
const PICTURE_NAMES = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|hei[cf])$/i;

// --- files that can be opened ---

/**
 * @param {FileInfo} file
 * @returns {string | null} why the file can't be opened, as a sentence
 */
export function fileErrorOf(file) {
  // The server cannot open SVG, and a browser may work on a small one for minutes.
  if (file.type.startsWith("image/svg")) return fileErrors.svg(file);
  if (!isPicture(file)) return fileErrors.notAPicture(file);
  if (file.size === 0) return fileErrors.empty(file);
  if (file.size > MAX_OPENED) return fileErrors.tooLarge(file, MAX_OPENED);
  return null;
}

/** @param {FileInfo} file */
function isPicture({ type, name }) {
  return type.startsWith("image/") || (isPictureType(type) && PICTURE_NAMES.test(name));
}

/**
 * Whether a file of this media type may be a picture. Some systems have no media type for the pictures of phones.
 * @param {string} type
 */
export function isPictureType(type) {
  return ["", "application/octet-stream"].includes(type) || type.startsWith("image/");
}

/**
 * Copies a file into memory, since it may be moved or changed on the disk while its bytes are still needed.
 * @param {File} file
 * @returns {Promise<File>} rejects with a Problem if the file has been moved or changed already
 */
export async function inMemory(file) {
  try {
    return new File([await file.arrayBuffer()], file.name, { type: file.type });
  } catch {
    throw new Problem("lost");
  }
}

// --- requests ---

/**
 * Throws a Problem for a picture that the server would refuse after receiving all of it.
 * @param {Blob} picture
 * @param {string} name
 */
export function assertSendable(picture, name) {
  if (picture.size > MAX_SENT) throw new Problem("too_large", { detail: tooLargeToSend({ name, size: picture.size }, MAX_SENT) });
}

/**
 * @param {boolean} explained whether to request an explanation, which takes the server many times as long
 * @param {number | null} [rival] the digit to explain; null for the most likely one
 * @returns {string} the path of the request
 */
export function urlFor(explained, rival = null) {
  return `/api/v1/digits?include=input${explained ? ",explanation" : ""}${explained && rival !== null ? `&explain=${rival}` : ""}`;
}

export const NUMBERS_URL = "/api/v1/numbers?include=input";
export const BATCH_URL = "/api/v1/digits/batch";
export const NUMBERS_BATCH_URL = "/api/v1/numbers/batch";

/** @param {Blob} blob */
export async function toDataUrl(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  // In chunks: a call takes a limited number of arguments.
  for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return `data:${blob.type || "application/octet-stream"};base64,${btoa(text)}`;
}

/** @param {string} text base64, or a data URL in base64 */
export function bytesOf(text) {
  return Uint8Array.from(atob(text.slice(text.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
}

/**
 * @param {string} name
 * @param {string} png in base64, or as a data URL in base64
 */
export function toPng(name, png) {
  return new File([bytesOf(png)], name, { type: "image/png" });
}

// --- strokes ---

/** The side of the sheet in the units of the strokes that are sent: a tenth of a pixel of a sheet of 280 pixels. */
const SHEET_UNITS = 2800;

/** The server accepts 20,000 points. The last point of each stroke is always sent, so a few remain free. */
const MAX_POINTS = 19_000;

/**
 * The strokes of a drawing as the server reads them. A scribble with too many points loses some of them, but no stroke.
 * @param {readonly Stroke[]} strokes
 * @returns {Prepared<Columns[]>}
 */
export function toColumns(strokes) {
  const total = strokes.reduce((sum, { points }) => sum + points.length, 0);
  const step = Math.ceil(total / MAX_POINTS);
  const content = strokes.map(({ points }) => {
    const kept = points.filter((_, at) => at % step === 0 || at === points.length - 1);
    return { x: kept.map(({ x }) => Math.round(x * SHEET_UNITS)), y: kept.map(({ y }) => Math.round(y * SHEET_UNITS)) };
  });
  return { content, scale: SHEET_UNITS };
}
