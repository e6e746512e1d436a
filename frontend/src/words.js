/** @typedef {import("./state.js").State} State */
/** @typedef {import("./reading.js").Reading} Reading */
/** @typedef {import("./problem.js").Problem} Problem */
/** @typedef {"idle" | "accepted" | "uncertain" | "rejected" | "problem"} Tone */

const IDLE = "I am ready to read.";
const WAITING = "I am reading.";
const LOOKING = "I am looking at the picture.";

/** A second digit less probable than this is not worth naming. */
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
  return reading || problem || asking ? null : IDLE;
}

/**
 * A quick answer needs no announcement; but an old problem would be taken for the answer.
 * @param {State} state
 */
function waitingSentence({ drawing, readFrom, problem, overdue }) {
  if (drawing.picture && drawing.picture !== readFrom) return LOOKING;
  return overdue || problem ? WAITING : null;
}

/** @param {State} state */
function mainSentence(state) {
  if (state.refusal) return state.refusal;
  if (state.problem) return sentenceForProblem(state.problem, state.retrying);
  if (state.reading) return sentenceForReading(state.reading, state.readFrom !== null);
  return IDLE;
}

/**
 * @param {Reading} reading
 * @param {boolean} [fromPicture]
 */
export function sentenceForReading(reading, fromPicture = false) {
  if (reading.digit === null) return rejection(reading.reason, fromPicture);
  if (reading.status === "accepted") return `This is ${named(reading.digit)}.`;
  return doubt(reading.digit, reading.probabilities);
}

/**
 * @param {Problem} problem
 * @param {boolean} [retrying]
 */
export function sentenceForProblem(problem, retrying = false) {
  const what = problem.detail ? finished(problem.detail) : PROBLEMS[problem.kind];
  if (retrying && problem.retryAfter !== null) return `${what} I will ask again in ${inSeconds(problem.retryAfter)}.`;
  if (problem.kind === "broken" && problem.requestId) return `${what} (Request ${problem.requestId}.)`;
  return what;
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
 * @param {number} digit
 * @param {Reading["probabilities"]} probabilities
 */
function doubt(digit, probabilities) {
  const second = runnerUp(digit, probabilities);
  if (!probabilities || second === null) return `Probably ${named(digit)}, but I am not sure.`;
  const first = probabilities[digit] < 0.5 ? "Perhaps" : "Probably";
  return `${first} ${named(digit)}, perhaps ${named(second)}.`;
}

/**
 * @param {number} digit
 * @param {Reading["probabilities"]} probabilities
 * @returns {number | null}
 */
function runnerUp(digit, probabilities) {
  if (!probabilities) return null;
  const others = probabilities.map((share, other) => (other === digit ? -1 : share));
  const most = Math.max(...others);
  return most >= WORTH_NAMING ? others.indexOf(most) : null;
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
function inSeconds(count) {
  return count <= 1 ? "a second" : `${count} seconds`;
}
