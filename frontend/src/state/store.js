import { newDrawing } from "./drawing.js";

/** The part of the state that is about the current reading, when there is none. */
export const NO_RESULT = Object.freeze({
  reading: null,
  chosen: 0,
  readPicture: null,
  sent: null,
  recognizing: false,
  writing: false,
  slow: false,
  problem: null,
  retryIn: null,
  secondsLeft: null,
  fileError: null,
  explanationProblem: null,
  explainedDigit: null,
  rival: null,
  correcting: false,
  copied: false,
  command: null,
  needed: null,
});

/** @type {Preferences} */
export const DEFAULT_PREFERENCES = Object.freeze({ theme: "auto", hand: "right" });

/**
 * @param {Preferences} [preferences]
 * @returns {State}
 */
export function newState(preferences = DEFAULT_PREFERENCES) {
  return {
    ...NO_RESULT,
    drawing: newDrawing(),
    pen: "medium",
    cursor: null,
    dragging: false,
    offline: false,
    explaining: false,
    overlaid: false,
    confirmingClear: false,
    unsaved: false,
    history: [],
    table: null,
    tableOpen: false,
    sharing: null,
    mode: null,
    card: null,
    figuresOpen: false,
    figuresProblem: null,
    camera: null,
    hasCamera: false,
    lit: null,
    features: null,
    chosenMap: null,
    game: null,
    preferences,
  };
}

/**
 * Whether the reading is only a guess so far: while the pen is down, or up for a moment between two strokes, and what the camera sees.
 * @param {State} state
 */
export function isGuess({ drawing, writing, reading, camera }) {
  return drawing.active || camera?.status === "live" || (writing && reading?.status === "rejected");
}

/**
 * Whether the reading that is shown is about to be replaced, and the pen is up.
 * @param {State} state
 */
export function isOutdated(state) {
  return state.recognizing && !state.drawing.active;
}

/**
 * @template {object} S
 * @param {S} initial
 * @returns {Store<S>}
 */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<(state: S) => void>} */
  const listeners = new Set();

  /** @param {(state: S) => void} listener */
  function subscribe(listener) {
    // A wrapper of its own, so that the same listener can subscribe twice.
    /** @param {S} now */
    const own = (now) => listener(now);
    listeners.add(own);
    own(state);
    return () => void listeners.delete(own);
  }

  return {
    get: () => state,
    set(change) {
      const next = { ...state, ...change };
      if (isEqual(state, next)) return;
      state = next;
      for (const listener of [...listeners]) listener(state);
    },
    subscribe,
    watch(pick, listener) {
      /** @type {{ value: ReturnType<typeof pick> } | null} */
      let last = null;
      return subscribe((now) => {
        const value = pick(now);
        if (last && Object.is(last.value, value)) return;
        last = { value };
        listener(value);
      });
    },
  };
}

/**
 * @template {object} S
 * @param {S} one
 * @param {S} other
 */
function isEqual(one, other) {
  const keys = /** @type {(keyof S)[]} */ (Object.keys(other));
  return keys.every((key) => Object.is(one[key], other[key]));
}
