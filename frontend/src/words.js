import { formatConfidence, toBars } from "./bars.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./reading.js").Reading} Reading */
/** @typedef {import("./problem.js").Problem} Problem */
/** @typedef {"idle" | "accepted" | "uncertain" | "rejected" | "problem"} Tone */

const IDLE = "I am ready to read.";
const DRAWING = "I am reading along.";
const WAITING = "I am reading.";
const OFFLINE = "You are offline. Nothing is lost: I will read it when you are back.";
const LOOKING = "I am looking at the picture.";

/** An alternative that is less likely than this is not worth naming. */
const WORTH_NAMING = 0.05;

/** @type {Readonly<Record<import("./problem.js").ProblemKind, string>>} */
const PROBLEMS = {
  unreachable: "I cannot reach the server just now.",
  slow: "The server takes too long to answer.",
  busy: "The server is busy.",
  limited: "That was too much at once.",
  too_large: "This picture is too large for the server.",
  unsupported: "I do not know this kind of picture.",
  unreadable: "I cannot open this picture.",
  lost: "I can no longer open this file. It may have been moved or changed.",
  malformed: "The server did not understand my question.",
  broken: "Something went wrong, and it is not your doing.",
  unintelligible: "The server answered, but not with a reading.",
};

/** @type {Readonly<Record<string, string>>} */
const REASONS = {
  blank: "There is no ink on it that I could read.",
  not_a_digit: "What is there looks like none of the ten.",
  several_digits: "I read one at a time: try them one by one.",
};

/**
 * @param {State} state
 * @returns {string | null} null while there is nothing new to say
 */
export function sentenceFor(state) {
  if (state.drawing.active) return drawingSentence(state);
  if (state.asking) return waitingSentence(state);
  return [mainSentence(state), state.aside].filter(Boolean).join(" ");
}

/**
 * For the eye, which need not look: the sentence that is told says how long it is, and is not told anew each second.
 * @param {State} state
 * @returns {string} nothing where the sentence promises nothing
 */
export function remainderFor(state) {
  const { left, asking, refusal } = state;
  if (left === null || asking || refusal || isCutOff(state)) return "";
  return left === 1 ? "1 second left" : `${left} seconds left`;
}

/**
 * @param {State} state
 * @returns {Tone | null} null while there is nothing new to say
 */
export function toneOfSentence(state) {
  if (sentenceFor(state) === null) return null;
  return state.asking ? "idle" : toneOf(state);
}

/**
 * @param {State} state
 * @returns {Tone}
 */
export function toneOf(state) {
  if (state.refusal || state.problem) return "problem";
  return state.reading?.status ?? "idle";
}

/**
 * Answers change many times while the pen moves, and only the last one is worth a sentence; but what was said of a
 * picture that is put away does not stay beside the stroke.
 * @param {State} state
 */
function drawingSentence({ reading, problem, asking }) {
  return reading || problem || asking ? null : DRAWING;
}

/**
 * A quick answer needs no announcement, and neither does each attempt to reach the server again.
 * @param {State} state
 */
function waitingSentence({ drawing, readFrom, problem, overdue }) {
  if (drawing.picture && drawing.picture !== readFrom && !problem) return LOOKING;
  return overdue ? WAITING : null;
}

/** @param {State} state */
function mainSentence(state) {
  if (state.refusal) return state.refusal;
  if (isCutOff(state)) return OFFLINE;
  if (state.problem) return sentenceForProblem(state.problem, state.retryIn);
  if (state.reading) return sentenceForReading(state.reading, state.readFrom !== null);
  return IDLE;
}

/** @param {State} state */
function isCutOff({ problem, offline }) {
  return offline && problem?.kind === "unreachable";
}

/**
 * @param {Reading} reading
 * @param {boolean} [fromPicture]
 */
export function sentenceForReading(reading, fromPicture = false) {
  if (reading.digit === null) return rejection(reading.reason, fromPicture);
  if (reading.status === "accepted") return `This is ${named(reading.digit)}.`;
  return doubt(reading, reading.digit);
}

/**
 * @param {Problem} problem
 * @param {number | null} [retryIn] seconds
 */
export function sentenceForProblem(problem, retryIn = null) {
  const what = problem.detail ? finished(problem.detail) : PROBLEMS[problem.kind];
  if (retryIn !== null) return `${what} I will wait ${inSeconds(retryIn)} and ask again.`;
  if (problem.kind === "broken" && problem.requestId) return `${what} (Request ${problem.requestId}.)`;
  return what;
}

/**
 * How sure it is, as a number; or why it is not.
 * @param {Reading} reading
 * @returns {string}
 */
export function certaintyOf(reading) {
  if (reading.digit === null) return REASONS[reading.reason ?? ""] ?? "";
  const sure = formatConfidence(reading);
  return sure && `I'm ${sure} sure.`;
}

/**
 * @param {import("./reading.js").Timing} timing
 * @returns {string}
 */
export function durationOf({ total, reading }) {
  const all = `${inMilliseconds(total)} there and back`;
  return reading === null ? `${all}.` : `${all}, ${inMilliseconds(reading)} of it reading.`;
}

/** @param {import("./history.js").Truth} truth */
export function sentenceForTruth(truth) {
  return truth === "none" ? "You say that it is no digit." : `You say that it is ${named(truth)}.`;
}

/**
 * @param {string | null} reason
 * @param {boolean} fromPicture
 */
function rejection(reason, fromPicture) {
  if (reason === "blank") return fromPicture ? "The picture is empty." : "The sheet is empty.";
  if (reason === "several_digits") return "I see more than one digit.";
  return "I see no digit here.";
}

/**
 * @param {Reading} reading that is uncertain
 * @param {number} digit that it gives
 */
function doubt(reading, digit) {
  const first = reading.confidence !== null && reading.confidence < 0.5 ? "Perhaps" : "Probably";
  const second = runnerUp(reading);
  if (second === null) return `${first} ${named(digit)}.`;
  if (second !== "none") return `${first} ${named(digit)}, perhaps ${named(second)}.`;
  const other = reading.severalDigits > reading.notADigit ? "be more than one digit" : "not be a digit";
  return `${first} ${named(digit)}, but it may ${other}.`;
}

/**
 * @param {Reading} reading
 * @returns {import("./bars.js").Bar["digit"] | null} the likeliest alternative, if it is worth naming
 */
function runnerUp(reading) {
  const others = toBars(reading).filter((bar) => !bar.winner);
  const best = others.reduce((one, other) => (other.share > one.share ? other : one));
  return best.share >= WORTH_NAMING ? best.digit : null;
}

/** @param {number} digit */
function named(digit) {
  return digit === 8 ? "an 8" : `a ${digit}`;
}

/** @param {string} text */
function finished(text) {
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}

/** @param {number} count */
function inMilliseconds(count) {
  return count < 10 ? `${count.toFixed(1)} ms` : `${Math.round(count)} ms`;
}

/** @param {number} count */
function inSeconds(count) {
  return count <= 1 ? "a second" : `${count} seconds`;
}
