import { newDrawing } from "./strokes.js";

/**
 * @typedef {object} State
 * @property {import("./strokes.js").Drawing} drawing
 * @property {import("./reading.js").Reading | null} reading the newest answer, which stays until the next one replaces it
 * @property {File | null} readFrom the picture that the reading is about; null for a drawing
 * @property {import("./problem.js").Problem | null} problem why the last question has no answer
 * @property {boolean} retrying whether the question will be asked again by itself
 * @property {string | null} refusal why a file was not taken, in words
 * @property {string | null} aside a remark beside the answer
 * @property {boolean} asking
 * @property {boolean} overdue whether the asking takes so long that it is worth a word
 * @property {boolean} dragging whether files are held over the page
 */

/** @typedef {import("./store.js").Store<State>["watch"]} Watch what a view gets: it can look, not set */

/** @returns {State} */
export function newState() {
  return { ...NOTHING_READ, drawing: newDrawing(), dragging: false };
}

export const NOTHING_READ = Object.freeze({
  reading: null,
  readFrom: null,
  problem: null,
  retrying: false,
  refusal: null,
  aside: null,
  asking: false,
  overdue: false,
});

/**
 * Whether what is shown is about to be replaced, and nobody is drawing.
 * @param {State} state
 */
export function isWaiting(state) {
  return state.asking && !state.drawing.active;
}
