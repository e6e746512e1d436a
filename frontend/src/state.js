import { newDrawing } from "./strokes.js";

/**
 * @typedef {object} State
 * @property {import("./strokes.js").Drawing} drawing
 * @property {import("./strokes.js").Pen} pen
 * @property {import("./cursor.js").Cursor | null} cursor where the keyboard's pen is, while it is used
 * @property {import("./reading.js").Reading | null} reading the newest answer, which stays until the next one replaces it
 * @property {File | null} readFrom the picture that the reading is about; null for a drawing
 * @property {import("./question.js").Sent | null} sent the question that the reading answers
 * @property {import("./problem.js").Problem | null} problem why the last question has no answer
 * @property {number | null} retryIn seconds after which the question is asked again by itself
 * @property {number | null} left of these seconds
 * @property {string | null} refusal why a file was not taken, in words
 * @property {string | null} aside a remark beside the answer
 * @property {import("./problem.js").Problem | null} unexplained why what is read has no explanation, where one was asked for
 * @property {boolean} asking
 * @property {boolean} overdue whether the asking takes so long that it is worth a word
 * @property {boolean} dragging whether files are held over the page
 * @property {boolean} offline
 * @property {boolean} explaining whether it is to be shown how much each pixel speaks for the digit
 * @property {boolean} laid whether what the network saw is laid over the sheet
 * @property {boolean} doubted whether the person is about to say which digit it is
 * @property {boolean} forgetting whether the person is asked if what was marked is to be forgotten, too
 * @property {string | null} copied what has become of the copying, in words
 * @property {string | null} command what could not be copied, to be copied by hand
 * @property {boolean} unsaved whether there are marks that would be lost with the page
 * @property {import("./history.js").History} history
 * @property {Choices} choices
 */

/**
 * @typedef {object} Choices what the person likes better, kept in the browser
 * @property {"auto" | "light" | "dark"} theme
 * @property {"right" | "left"} hand
 */

/** @typedef {import("./store.js").Store<State>["watch"]} Watch what a view gets: it can look, not set */

export const NOTHING_READ = Object.freeze({
  reading: null,
  readFrom: null,
  sent: null,
  problem: null,
  retryIn: null,
  left: null,
  refusal: null,
  aside: null,
  unexplained: null,
  asking: false,
  overdue: false,
  doubted: false,
  copied: null,
  command: null,
});

/** @type {Choices} */
export const USUAL = Object.freeze({ theme: "auto", hand: "right" });

/**
 * @param {Choices} [choices]
 * @returns {State}
 */
export function newState(choices = USUAL) {
  return {
    ...NOTHING_READ,
    drawing: newDrawing(),
    pen: "medium",
    cursor: null,
    dragging: false,
    offline: false,
    explaining: false,
    laid: false,
    forgetting: false,
    unsaved: false,
    history: [],
    choices,
  };
}

/**
 * Whether what is shown is about to be replaced, and nobody is drawing.
 * @param {State} state
 */
export function isWaiting(state) {
  return state.asking && !state.drawing.active;
}
