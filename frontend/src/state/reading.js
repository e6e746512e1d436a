import { formatPercent } from "../language.js";

/**
 * @param {any} body of the response
 * @param {number | null} [duration] milliseconds
 * @returns {Reading | null} null if it is not a reading
 */
export function toReading(body, duration = null) {
  if (!["accepted", "uncertain", "rejected"].includes(body?.status)) return null;
  const digit = isDigit(body.digit) ? body.digit : null;
  if (digit === null && body.status !== "rejected") return null;
  const probabilities = isTen(body.probabilities) ? body.probabilities : null;
  return {
    status: body.status,
    reason: typeof body.reason === "string" ? body.reason : null,
    digit,
    confidence: digit !== null && isShare(body.confidence) ? body.confidence : null,
    probabilities,
    notADigit: isShare(body.not_a_digit) ? body.not_a_digit : 0,
    severalDigits: isShare(body.several_digits) ? body.several_digits : 0,
    box: isBox(body.input?.box) ? body.input.box : null,
    lightOnDark: body.input?.light_on_dark === true,
    square: isPicture(body.input?.image) ? body.input.image : null,
    explanation: isPicture(body.explanation?.image) ? body.explanation.image : null,
    explained: isDigit(body.explanation?.digit) ? body.explanation.digit : null,
    legend: isLegend(body.explanation?.legend) ? body.explanation.legend : null,
    numbers: null,
    duration,
  };
}

/**
 * The second digit of those that are most likely, also if the picture was rejected.
 * @param {Pick<Reading, "digit" | "probabilities">} reading
 * @returns {number | null} null if the sheet is blank
 */
export function runnerUp({ digit, probabilities }) {
  if (!probabilities) return null;
  const [first, second] = [...probabilities.keys()].sort((one, other) => probabilities[other] - probabilities[one]);
  return first === (digit ?? first) ? second : first;
}

/**
 * Converts the box to pixels of the original picture, of which a smaller version may have been sent, or to units of the sheet.
 * @param {Reading} reading
 * @param {number} scale units that were sent per unit of the sheet
 * @returns {Reading}
 */
export function inUnitsOfTheSheet(reading, scale) {
  if (scale === 1 || !reading.box) return reading;
  /** @type {(box: Box) => Box} */
  const converted = ([x, y, width, height]) => [x / scale, y / scale, width / scale, height / scale];
  const numbers = reading.numbers?.map((number) => ({ ...number, digits: number.digits.map((digit) => ({ ...digit, box: converted(digit.box) })) }));
  return { ...reading, box: converted(reading.box), numbers: numbers ?? null };
}

// --- the certainty ---

const DIGITS = Object.freeze([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

/**
 * @param {Reading | null} reading
 * @param {boolean} [isFinal] whether one of the bars may be the result
 * @returns {Bar[]} always eleven: the ten digits, and none
 */
export function toBars(reading, isFinal = true) {
  const none = clamp((reading?.notADigit ?? 0) + (reading?.severalDigits ?? 0));
  const digits = DIGITS.map((digit) => {
    if (reading && digit === reading.digit) return newBar(digit, reading.confidence, isFinal);
    const probability = reading?.probabilities?.[digit];
    return newBar(digit, probability === undefined ? null : probability * (1 - none), false);
  });
  return [...digits, newBar("none", reading?.probabilities ? none : null, isFinal && reading?.status === "rejected")];
}

/**
 * @param {Label} digit
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
 * The certainty of a reading, as it is written everywhere. Only an impossible reading is "0.0%".
 * @param {Pick<Reading, "confidence">} reading
 * @returns {string} empty if there is no digit
 */
export function formatConfidence({ confidence }) {
  if (confidence === null) return "";
  return formatPercent(confidence > 0 ? Math.max(0.001, confidence) : 0);
}

/** @param {number} share */
function clamp(share) {
  return Math.min(1, Math.max(0, share));
}

// --- what the response may contain ---

/** @param {unknown} value */
function isDigit(value) {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 9;
}

/** @param {unknown} value */
function isShare(value) {
  return typeof value === "number" && value >= 0 && value <= 1;
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
