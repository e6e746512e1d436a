/**
 * @typedef {object} Bar
 * @property {number} digit
 * @property {number} share 0..1
 * @property {string} value the share as text for programs
 * @property {string} percent the share as text for people
 * @property {boolean} winner
 */

const DIGITS = Object.freeze([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

/**
 * @param {import("./reading.js").Reading | null} reading
 * @returns {Bar[]} ten, also where nothing is known
 */
export function toBars(reading) {
  const probabilities = reading?.probabilities ?? null;
  return DIGITS.map((digit) => {
    const share = clamp(probabilities?.[digit] ?? 0);
    return {
      digit,
      share,
      value: String(share),
      percent: probabilities ? toPercent(share) : "",
      winner: digit === reading?.digit,
    };
  });
}

/**
 * One decimal; "100.0%" and "0.0%" are kept for what is so, or nearer to it than the decimal can say.
 * @param {number} share
 */
export function toPercent(share) {
  const tenths = Math.round(share * 1000);
  const shown = tenths === 1000 && share < 0.99995 ? 999 : tenths;
  return `${(shown / 10).toFixed(1)}%`;
}

/** @param {number} share */
function clamp(share) {
  return Math.min(1, Math.max(0, share));
}
