/** @typedef {import("./reading.js").Reading} Reading */

/**
 * @typedef {object} Bar
 * @property {number | "none"} digit "none" stands for everything that is not one digit
 * @property {number} share 0..1; the eleven shares add up to 1
 * @property {string} value the share as text for programs, empty if it is unknown
 * @property {string} percent the share as text for people, empty if it is unknown
 * @property {boolean} winner
 */

const DIGITS = Object.freeze([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

/**
 * @param {Reading | null} reading
 * @returns {Bar[]} eleven, also where nothing is known
 */
export function toBars(reading) {
  const none = clamp((reading?.notADigit ?? 0) + (reading?.severalDigits ?? 0));
  const digits = DIGITS.map((digit) => {
    if (reading && digit === reading.digit) return newBar(digit, reading.confidence, true);
    const probability = reading?.probabilities?.[digit];
    return newBar(digit, probability === undefined ? null : probability * (1 - none), false);
  });
  return [...digits, newBar("none", reading?.probabilities ? none : null, reading?.status === "rejected")];
}

/**
 * @param {Bar["digit"]} digit
 * @param {number | null} probability null if it is unknown
 * @param {boolean} winner
 * @returns {Bar}
 */
function newBar(digit, probability, winner) {
  if (probability === null) return { digit, share: 0, value: "", percent: "", winner };
  const share = clamp(probability);
  const percent = winner ? formatConfidence({ confidence: share }) : formatPercent(share);
  return { digit, share, value: String(share), percent, winner };
}

/**
 * The certainty of a reading, as it is written everywhere. What is possible is at least "0.1%".
 * @param {Pick<Reading, "confidence">} reading
 * @returns {string} empty if there is no digit
 */
export function formatConfidence({ confidence }) {
  if (confidence === null) return "";
  return formatPercent(confidence > 0 ? Math.max(0.001, confidence) : 0);
}

/**
 * One decimal. Nothing is certain, so the most is "99.9%".
 * @param {number} share
 */
export function formatPercent(share) {
  const tenths = Math.min(999, Math.round(share * 1000));
  return `${(tenths / 10).toFixed(1)}%`;
}

/** @param {number} share */
function clamp(share) {
  return Math.min(1, Math.max(0, share));
}
