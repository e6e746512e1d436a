/** Which sentence the page shows, and in which tone. */

import { STATUS, countdown, sentenceForGuess, sentenceForProblem, sentenceForReading } from "../text/page.js";
import { guessOf } from "./numbers.js";
import { isGuess } from "./store.js";

/** @typedef {"idle" | "guess" | "accepted" | "uncertain" | "rejected" | "problem"} Tone */

/**
 * @param {State} state
 * @returns {string | null} null if there is nothing new to say
 */
export function sentenceFor(state) {
  if (state.camera && state.problem) return sentenceForProblem(state.problem);
  if (isGuess(state)) return guessSentence(state);
  if (state.recognizing) return waitingSentence(state);
  return mainSentence(state);
}

/** @param {State} state */
function guessSentence({ reading, camera }) {
  const guess = guessOf(reading, camera !== null);
  return camera && !guess ? STATUS.looking : sentenceForGuess(guess);
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
  return state.recognizing && !isGuess(state) ? "idle" : toneOf(state);
}

/**
 * @param {State} state
 * @returns {Tone}
 */
export function toneOf(state) {
  if (state.problem && (state.camera || !isGuess(state))) return "problem";
  if (isGuess(state)) return "guess";
  return state.reading?.status ?? "idle";
}

/**
 * The countdown is only visible. Screen readers hear the sentence once, which contains the whole time.
 * @param {State} state
 * @returns {string} empty if no retry is planned
 */
export function countdownFor(state) {
  const { secondsLeft, recognizing } = state;
  return secondsLeft === null || recognizing || isOffline(state) ? "" : countdown(secondsLeft);
}
