/** @typedef {[x: number, y: number, width: number, height: number]} Box in the picture's upright pixels */

/**
 * @typedef {object} Reading
 * @property {"accepted" | "uncertain" | "rejected"} status
 * @property {string | null} reason
 * @property {number | null} digit
 * @property {number | null} confidence the probability that the whole reading is right; null where there is no digit
 * @property {readonly number[] | null} probabilities ten in digit order, given that the picture is one digit
 * @property {number} notADigit the probability that it is not a digit
 * @property {number} severalDigits the probability that it is more than one
 * @property {Box | null} box where the ink was found
 * @property {boolean} lightOnDark
 * @property {string | null} square the 28x28 pixels that the network saw, as a data URL
 * @property {string | null} explanation the overlay for the square, as a data URL
 * @property {Legend | null} legend what the colours of the explanation mean
 * @property {Timing | null} timing
 */

/** @typedef {{ for: string, against: string }} Legend CSS colours of pixels that support the digit, and that speak against it */

/**
 * @typedef {object} Timing
 * @property {number} total milliseconds from the question to the answer
 * @property {number | null} reading those of them that the server worked
 */

/**
 * @param {any} body what the server sent
 * @param {Timing | null} [timing]
 * @returns {Reading | null} null where it is no reading at all
 */
export function toReading(body, timing = null) {
  if (!["accepted", "uncertain", "rejected"].includes(body?.status)) return null;
  const digit = isDigit(body.digit) ? body.digit : null;
  if (digit === null && body.status !== "rejected") return null;
  const probabilities = isTen(body.probabilities) ? body.probabilities : null;
  return {
    status: body.status,
    reason: typeof body.reason === "string" ? body.reason : null,
    digit,
    confidence: digit === null ? null : confidenceOf(body, probabilities),
    probabilities,
    notADigit: isShare(body.not_a_digit) ? body.not_a_digit : 0,
    severalDigits: isShare(body.several_digits) ? body.several_digits : 0,
    box: isBox(body.input?.box) ? body.input.box : null,
    lightOnDark: body.input?.light_on_dark === true,
    square: isPicture(body.input?.image) ? body.input.image : null,
    explanation: isPicture(body.explanation?.image) ? body.explanation.image : null,
    legend: isLegend(body.explanation?.legend) ? body.explanation.legend : null,
    timing,
  };
}

/**
 * @param {string | null} header Server-Timing, as the W3C's recommendation of that name has it
 * @returns {number | null} the sum of its durations in milliseconds
 */
export function sumOfTimings(header) {
  const durations = [...(header ?? "").matchAll(/;\s*dur=([\d.]+)/g)].map(([, milliseconds]) => Number(milliseconds));
  const sum = durations.reduce((total, one) => total + one, 0);
  return durations.length > 0 && Number.isFinite(sum) ? sum : null;
}

/**
 * In the pixels of the picture that was given, where a smaller one of it was sent.
 * @param {Reading} reading
 * @param {number} scale pixels sent for each pixel given
 * @returns {Reading}
 */
export function inPixelsOf(reading, scale) {
  if (scale === 1 || !reading.box) return reading;
  const [x, y, width, height] = reading.box;
  return { ...reading, box: [x / scale, y / scale, width / scale, height / scale] };
}

/**
 * An older server sends neither `not_a_digit` nor `several_digits`.
 * @param {any} body
 * @param {readonly number[] | null} probabilities
 * @returns {number | null}
 */
function confidenceOf(body, probabilities) {
  const isOlder = body.not_a_digit === undefined && body.several_digits === undefined;
  if (isShare(body.confidence) && !isOlder) return body.confidence;
  return probabilities && Math.max(...probabilities);
}

/** @param {unknown} value */
function isShare(value) {
  return typeof value === "number" && value >= 0 && value <= 1;
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

/** @param {any} value */
function isLegend(value) {
  return [value?.for, value?.against].every((colour) => /^#[0-9a-f]{6}$/.test(colour));
}

/** @param {unknown} value */
function isPicture(value) {
  return typeof value === "string" && value.startsWith("data:image/");
}
