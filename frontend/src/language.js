/** The language of the page, and how it writes numbers. Works without a document as well, in English. */

/** @typedef {"en" | "de"} Language */

/** `before-paint.js` has chosen it: the user's choice, or what the browser prefers. @type {Language} */
export const LANGUAGE = globalThis.document?.documentElement.lang === "de" ? "de" : "en";

const percent = new Intl.NumberFormat(LANGUAGE, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

/**
 * One decimal. No reading is certain, so the highest value is "99.9%".
 * @param {number} share
 */
export function formatPercent(share) {
  return percent.format(Math.min(999, Math.round(share * 1000)) / 1000);
}

/**
 * @param {number} value
 * @param {number} [decimals] at most
 */
export function formatNumber(value, decimals = 0) {
  return new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: decimals }).format(value);
}

/**
 * Rounded up: one byte more than 16 MB is not "16 MB".
 * @param {number} bytes
 */
export function inMegabytes(bytes) {
  return `${formatNumber(Math.ceil((bytes / 1024 / 1024) * 10) / 10, 1)} MB`;
}

/** A longer name would fill the whole sentence. */
const MAX_NAME = 32;

/**
 * Shortens a long name in the middle, because its ending is the type of the file.
 * @param {string} name
 */
export function shorten(name) {
  const letters = [...name];
  if (letters.length <= MAX_NAME) return name;
  const half = (MAX_NAME - 1) / 2;
  return `${letters.slice(0, Math.ceil(half)).join("")}…${letters.slice(-Math.floor(half)).join("")}`;
}

/**
 * @param {string} name of a file in each of the folders in text/
 * @returns {Promise<any>} its texts; in English if the others cannot be loaded
 */
export function textsOf(name) {
  return import(`./text/${LANGUAGE}/${name}.js`).catch(() => import(`./text/en/${name}.js`));
}
