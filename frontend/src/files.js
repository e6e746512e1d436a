import { Problem } from "./problem.js";

/** Bytes of a file that this page opens, to make it smaller. */
const LARGEST = 64 * 1024 * 1024;
/** Bytes that are sent: more than these the server refuses, unless it is set up otherwise. */
const LARGEST_SENT = 16 * 1024 * 1024;

/** Browsers give these no media type of their own, or none at all. */
const PICTURE_NAMES = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|hei[cf])$/i;

/** A longer name fills the sentence that it stands in. */
const LONGEST_NAME = 32;

/** @typedef {Pick<File, "name" | "type" | "size">} Described */

/**
 * @param {Described} file
 * @returns {string | null} why it is not sent, in words
 */
export function refusalOf(file) {
  const name = shortened(file.name);
  if (isSvg(file)) return `“${name}” is an SVG file; I take pictures that are made of pixels.`;
  if (!isPicture(file)) return `“${name}” is not a picture${file.type ? ` (${file.type})` : ""}.`;
  if (file.size === 0) return `“${name}” is empty (0 bytes).`;
  if (file.size > LARGEST) return `“${name}” has ${megabytes(file.size)}; I take up to ${megabytes(LARGEST)}.`;
  return null;
}

/**
 * @param {readonly Described[]} files
 * @param {Described} taken one of them
 * @returns {string | null}
 */
export function asideOn(files, taken) {
  if (files.length < 2) return null;
  if (taken === files[0]) return `I took the first of ${files.length} files.`;
  return `I took “${shortened(taken.name)}”, the first of ${files.length} files that I could take.`;
}

/**
 * A file may be moved or changed on the disk while its bytes are still wanted.
 * @param {File} file
 * @returns {Promise<File>} rejects with a Problem where that has happened already
 */
export async function inMemory(file) {
  try {
    return new File([await file.arrayBuffer()], file.name, { type: file.type });
  } catch {
    throw new Problem("lost");
  }
}

/**
 * What would only be refused after it had come all the way.
 * @param {Blob} picture
 * @param {string} name
 */
export function assertSendable(picture, name) {
  if (picture.size <= LARGEST_SENT) return;
  const detail = `“${shortened(name)}” has ${megabytes(picture.size)}, and this browser cannot make it smaller; I send up to ${megabytes(LARGEST_SENT)}.`;
  throw new Problem("too_large", { detail });
}

/**
 * Without its middle where it is long: the ending tells what it is.
 * @param {string} name
 */
export function shortened(name) {
  const letters = [...name];
  if (letters.length <= LONGEST_NAME) return name;
  const half = (LONGEST_NAME - 1) / 2;
  return `${letters.slice(0, Math.ceil(half)).join("")}…${letters.slice(-Math.floor(half)).join("")}`;
}

/**
 * The reader cannot open them, and a browser may work on a small one for minutes.
 * @param {Described} file
 */
function isSvg(file) {
  return file.type.startsWith("image/svg");
}

/** @param {Described} file */
function isPicture({ type, name }) {
  return type.startsWith("image/") || (isPictureType(type) && PICTURE_NAMES.test(name));
}

/**
 * Whether a file of this media type may be a picture: some systems have no name for what phones make.
 * @param {string} type
 */
export function isPictureType(type) {
  return ["", "application/octet-stream"].includes(type) || type.startsWith("image/");
}

/**
 * Rounded up, so that what is a byte too large is never called "16 MB".
 * @param {number} bytes
 */
function megabytes(bytes) {
  return `${Math.ceil((bytes / 1024 / 1024) * 10) / 10} MB`;
}
