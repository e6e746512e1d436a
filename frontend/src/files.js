const LARGEST = 16 * 1024 * 1024;

/** Browsers give these no media type of their own, or none at all. */
const PICTURE_NAMES = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|hei[cf])$/i;

/** @typedef {Pick<File, "name" | "type" | "size">} Described */

/**
 * @param {Described} file
 * @returns {string | null} why it is not sent, in words
 */
export function refusalOf(file) {
  if (!isPicture(file)) return `“${file.name}” is not a picture${file.type ? ` (${file.type})` : ""}.`;
  if (file.size === 0) return `“${file.name}” is empty (0 bytes).`;
  if (file.size > LARGEST) return `“${file.name}” has ${megabytes(file.size)}; I take up to ${megabytes(LARGEST)}.`;
  return null;
}

/**
 * @param {number} count
 * @returns {string | null}
 */
export function asideOn(count) {
  return count > 1 ? `I took the first of ${count} files.` : null;
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
