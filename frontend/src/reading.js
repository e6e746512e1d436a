/** @typedef {[x: number, y: number, width: number, height: number]} Box in the picture's upright pixels */

/**
 * @typedef {object} Reading
 * @property {"accepted" | "uncertain" | "rejected"} status
 * @property {string | null} reason
 * @property {number | null} digit
 * @property {readonly number[] | null} probabilities ten, in digit order
 * @property {Box | null} box where the ink was found
 * @property {string | null} square the 28x28 pixels that the network saw, as a data URL
 */

/**
 * @param {any} body what the server sent
 * @returns {Reading | null} null where it is no reading at all
 */
export function toReading(body) {
  if (!["accepted", "uncertain", "rejected"].includes(body?.status)) return null;
  const digit = isDigit(body.digit) ? body.digit : null;
  if (digit === null && body.status !== "rejected") return null;
  return {
    status: body.status,
    reason: typeof body.reason === "string" ? body.reason : null,
    digit,
    probabilities: isTen(body.probabilities) ? body.probabilities : null,
    box: isBox(body.input?.box) ? body.input.box : null,
    square: isPicture(body.input?.image) ? body.input.image : null,
  };
}

/** @param {unknown} value */
function isDigit(value) {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 9;
}

/** @param {unknown} value */
function isTen(value) {
  return Array.isArray(value) && value.length === 10 && value.every(Number.isFinite);
}

/** @param {unknown} value */
function isBox(value) {
  return Array.isArray(value) && value.length === 4 && value.every(Number.isFinite);
}

/** @param {unknown} value */
function isPicture(value) {
  return typeof value === "string" && value.startsWith("data:image/");
}
