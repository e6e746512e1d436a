/** Which sentence the page shows, and in which tone. */

import { STATUS, countdown, sentenceForProblem, sentenceForReading } from "../text.js";

/** @typedef {"idle" | "accepted" | "uncertain" | "rejected" | "problem"} Tone */

/**
 * @param {State} state
 * @returns {string | null} null if there is nothing new to say
 */
export function sentenceFor(state) {
  if (state.drawing.active) return drawingSentence(state);
  if (state.recognizing) return waitingSentence(state);
  return [mainSentence(state), state.note].filter(Boolean).join(" ");
}

/**
 * The reading changes often while the pen moves, and only the last one is worth a sentence. But a sentence about an earlier
 * picture must not stay.
 * @param {State} state
 */
function drawingSentence({ reading, problem, recognizing }) {
  return reading || problem || recognizing ? null : STATUS.drawing;
}

/**
 * A quick response needs no announcement, and neither does each retry.
 * @param {State} state
 */
function waitingSentence({ drawing, readPicture, problem, slow }) {
  if (drawing.picture && drawing.picture !== readPicture && !problem) return STATUS.opening;
  return slow ? STATUS.reading : null;
}

/** @param {State} state */
function mainSentence(state) {
  if (state.fileError) return state.fileError;
  if (isOffline(state)) return STATUS.offline;
  if (state.problem) return sentenceForProblem(state.problem, state.retryIn);
  if (state.reading) return sentenceForReading(state.reading, state.readPicture !== null);
  return STATUS.ready;
}

/** @param {State} state */
function isOffline({ problem, offline }) {
  return offline && problem?.kind === "unreachable";
}

/**
 * The tone of the sentence that is shown.
 * @param {State} state
 * @returns {Tone | null} null if there is nothing new to say
 */
export function toneOfSentence(state) {
  if (sentenceFor(state) === null) return null;
  return state.recognizing ? "idle" : toneOf(state);
}

/**
 * @param {State} state
 * @returns {Tone}
 */
export function toneOf(state) {
  if (state.fileError || state.problem) return "problem";
  return state.reading?.status ?? "idle";
}

/**
 * The countdown is only visible. Screen readers hear the sentence once, which contains the whole time.
 * @param {State} state
 * @returns {string} empty if no retry is planned
 */
export function countdownFor(state) {
  const { secondsLeft, recognizing, fileError } = state;
  return secondsLeft === null || recognizing || fileError || isOffline(state) ? "" : countdown(secondsLeft);
}
