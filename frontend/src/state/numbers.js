/** Whole numbers: what the server reads when there is more than one digit. */

/** A less likely second digit is not worth another request. */
const WORTH_ASKING = 0.2;

/**
 * Whether there may be more than one digit, so that the numbers should be read.
 * @param {Reading} reading of one digit
 */
export function mayBeNumber({ status, reason, notADigit, severalDigits }) {
  return reason === "several_digits" || (status !== "accepted" && severalDigits > notADigit && severalDigits >= WORTH_ASKING);
}

/**
 * @param {any} body of the response
 * @returns {NumberOnSheet[]} empty if it has none
 */
export function toNumbers(body) {
  if (!Array.isArray(body?.numbers)) return [];
  return body.numbers.filter(isNumber).map((/** @type {any} */ { status, text, confidence, digits }) => ({
    status,
    text,
    confidence,
    digits: digits.map((/** @type {any} */ one) => ({
      digit: one.digit,
      confidence: one.confidence,
      probabilities: one.probabilities,
      box: one.box,
      square: typeof one.image === "string" && one.image.startsWith("data:image/") ? one.image : null,
    })),
  }));
}

/** @param {any} value */
function isNumber(value) {
  return typeof value?.text === "string" && typeof value.confidence === "number" && Array.isArray(value.digits) && value.digits.length > 0;
}

/**
 * The reading of a single digit, replaced by numbers with two digits or more.
 * @param {Reading} reading
 * @param {NumberOnSheet[]} numbers
 * @returns {Reading}
 */
export function withNumbers(reading, numbers) {
  if (digitsOf(numbers).length < 2) return reading;
  const accepted = numbers.every(({ status }) => status === "accepted");
  const confidence = numbers.reduce((product, number) => product * number.confidence, 1); // that all are right
  return { ...reading, numbers, status: accepted ? "accepted" : "uncertain", reason: accepted ? null : "low_confidence", digit: null, confidence, explanation: null, explained: null };
}

/**
 * All digits of all numbers, in reading order.
 * @param {readonly NumberOnSheet[] | null | undefined} numbers
 * @returns {DigitOnSheet[]}
 */
export function digitsOf(numbers) {
  return (numbers ?? []).flatMap(({ digits }) => digits);
}

/**
 * The text of the answer, or an empty text.
 * @param {Reading | null} reading
 */
export function textOf(reading) {
  if (reading?.numbers) return reading.numbers.map(({ text }) => text).join(" ");
  return String(reading?.digit ?? "");
}

/** @param {string} text of one number or several, with spaces between them */
export function digitsOfText(text) {
  return [...text.replaceAll(" ", "")];
}

/**
 * @param {string} text of one number or several
 * @param {number} at the place of a digit among all digits
 * @param {number} digit the right one
 */
export function withDigit(text, at, digit) {
  let place = -1;
  return [...text].map((letter) => (letter !== " " && ++place === at ? String(digit) : letter)).join("");
}

/**
 * What it looks like while the user is still writing: the likeliest digit, never a refusal.
 * @param {Reading | null} reading
 * @param {boolean} [isSeen] whether the camera sees it, which may show anything
 * @returns {string} empty if there is no guess
 */
export function guessOf(reading, isSeen = false) {
  const text = textOf(reading);
  if (text || isSeen || !reading?.probabilities || reading.reason === "several_digits") return text;
  return String(reading.probabilities.indexOf(Math.max(...reading.probabilities)));
}

/**
 * The reading of a single digit whose bars and square are shown: of numbers, that of the chosen digit.
 * @param {Pick<State, "reading" | "chosen">} state
 * @returns {Reading | null}
 */
export function shownReading({ reading, chosen }) {
  const digit = digitsOf(reading?.numbers)[chosen];
  if (!reading || !digit) return reading;
  const known = shown.get(digit);
  if (known) return known;
  const likely = digit.probabilities[digit.digit];
  const { status, box, square, probabilities, confidence } = { ...reading, ...digit };
  const single = { ...reading, status, digit: digit.digit, confidence, probabilities, box, square, notADigit: likely > 0 ? 1 - Math.min(1, confidence / likely) : 1, severalDigits: 0, numbers: null };
  shown.set(digit, single);
  return single;
}

/**
 * The reading whose explanation is shown. For numbers, this is the reading of the chosen digit's square.
 * @param {Pick<State, "reading" | "chosen" | "explainedDigit">} state
 * @returns {Reading | null} null if it is not explained
 */
export function explainedReading({ reading, chosen, explainedDigit }) {
  const digit = digitsOf(reading?.numbers)[chosen];
  const ofDigit = explainedDigit?.digit === digit ? explainedDigit : null;
  const explained = digit ? (ofDigit?.reading ?? null) : reading;
  return explained?.explanation ? explained : null;
}

/** The same digit is always the same object, so that views do not draw it again. @type {WeakMap<DigitOnSheet, Reading>} */
const shown = new WeakMap();
