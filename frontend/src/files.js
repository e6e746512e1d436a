const LARGEST = 16 * 1024 * 1024;

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
 * @param {number} count
 * @returns {string | null}
 */
export function asideOn(count) {
  return count > 1 ? `I took the first of ${count} files.` : null;
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
function isPicture(file) {
  return file.type ? file.type.startsWith("image/") : PICTURE_NAMES.test(file.name);
}

/**
 * Rounded up, so that what is a byte too large is never called "16 MB".
 * @param {number} bytes
 */
function megabytes(bytes) {
  return `${Math.ceil((bytes / 1024 / 1024) * 10) / 10} MB`;
}
