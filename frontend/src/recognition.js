import { Problem, isRefusal, toProblem } from "./api/problem.js";
import { countDown, createLatest, createThrottle } from "./api/timing.js";
import { assertSendable, toColumns, toPng } from "./api/upload.js";
import { isBlank, refuse, sheetOf } from "./state/drawing.js";
import { entryOf, record } from "./state/history.js";
import { digitsOf, mayBeNumber, withNumbers } from "./state/numbers.js";
import { inUnitsOfTheSheet } from "./state/reading.js";
import { NO_RESULT } from "./state/store.js";
import { sentenceForRefusal } from "./text/page.js";

/** Milliseconds between requests while the pen moves. */
const INTERVAL = 150;
/** Milliseconds until the page says that it is still reading. */
const SLOW = 500;
const TIMEOUT = 60_000;
const MAX_RETRIES = 5;
/** In seconds. After a longer wait, the user decides when to retry. */
const MAX_WAIT = 600;

/**
 * @typedef {object} Options of a request
 * @property {number} [retries] so far
 * @property {boolean} [newSheet] whether the last reading is about another sheet
 */

/**
 * Sends requests: at most one per interval while the pen moves, at once when it is lifted, and again after some failures.
 * The latest request wins.
 * @param {object} dependencies
 * @param {Store<State>} dependencies.store
 * @param {Api} dependencies.api
 * @param {Shrink} dependencies.shrink
 * @param {Clock} dependencies.clock
 * @param {(error: unknown) => void} [dependencies.report] receives errors of the page itself
 */
export function createRecognition({ store, api, shrink, clock, report = (error) => reportError(error) }) {
  const latest = createLatest();
  const explanations = createLatest();
  const throttle = createThrottle(INTERVAL, () => start({}, {}), clock);
  // After a failure, no requests are sent while the pen moves, until one succeeds.
  let failing = false;

  /**
   * @param {Partial<State>} change that led to the request; both are set together, so that no view sees one without the other
   * @param {Options} options
   */
  function start(change, options) {
    // Nobody awaits this promise, so an error, such as that of a view, must be reported here.
    return recognize(change, options).catch(report);
  }

  /**
   * @param {Partial<State>} change
   * @param {Options} options
   * @returns {Promise<void>}
   */
  async function recognize(change, { retries = 0, newSheet = false }) {
    const task = latest.begin();
    store.set({ ...change, recognizing: true, slow: false, explanationProblem: null });
    const { drawing, explaining, rival } = store.get();
    // A quick response replaces the last reading without a gap. A slow one must not leave the reading of another sheet.
    const whenSlow = { slow: true, ...(newSheet ? { reading: null, readPicture: null, sent: null } : {}) };
    const slowTimer = clock.setTimeout(() => task.isLatest() && store.set(whenSlow), SLOW);
    const timeout = clock.setTimeout(() => task.isLatest() && reset({ problem: new Problem("timeout") }), TIMEOUT);
    // Explanations are slow, and while the pen moves the next request follows soon.
    const result = await send(drawing, { signal: task.signal, explained: explaining && !drawing.active, rival });
    clock.clearTimeout(slowTimer);
    clock.clearTimeout(timeout);
    if (!task.isLatest()) return;
    if (result instanceof Problem) return fail(result, task, retries);
    failing = false;
    const { reading, sent } = result;
    const history = drawing.active || store.get().game
      ? store.get().history
      : record(store.get().history, { sheet: sheetOf(drawing), reading, sent, at: new Date() });
    const done = { problem: null, retryIn: null, secondsLeft: null, recognizing: false };
    store.set({ reading, chosen: 0, readPicture: drawing.picture, sent, history, ...done });
    await explainDigit();
  }

  /**
   * Requests the explanation of the chosen digit of a number. Its square is sent as a picture, which the server reads as the
   * same square again.
   */
  async function explainDigit() {
    const task = explanations.begin();
    const { explaining, reading, chosen, rival, drawing } = store.get();
    const digit = digitsOf(reading?.numbers)[chosen];
    // Explanations are slow, and while the pen moves the next reading follows soon.
    if (!explaining || drawing.active || !digit?.square) return;
    /** @param {Partial<State>} change */
    const show = (change) => task.isLatest() && store.get().reading === reading && store.set(change);
    show({ explanationProblem: null });
    try {
      const explained = await api.read(toPng("digit.png", digit.square), { signal: task.signal, explained: true, rival: rival ?? digit.digit });
      show({ explainedDigit: { digit, reading: explained } });
    } catch (error) {
      show({ explanationProblem: toProblem(error) });
    }
  }

  /**
   * @param {Sheet} sheet
   * @param {{ signal: AbortSignal, explained: boolean, rival: number | null }} options
   * @returns {Promise<{ reading: Reading, sent: Sent } | Problem>}
   */
  async function send(sheet, { signal, explained, rival }) {
    try {
      const { content, scale } = await prepare(sheet);
      signal.throwIfAborted();
      const single = await api.read(content, { signal, explained, rival });
      const numbers = mayBeNumber(single) ? await api.readNumbers(content, { signal }) : [];
      const reading = inUnitsOfTheSheet(withNumbers(single, numbers), scale);
      return { reading, sent: { content, scale, explained, ...(explained && rival !== null ? { rival } : {}), numbers: reading.numbers !== null } };
    } catch (error) {
      if (!(error instanceof Problem) && !signal.aborted) report(error);
      return toProblem(error);
    }
  }

  /**
   * @param {Sheet} sheet
   * @returns {Promise<Prepared>} the same as last time if the sheet was sent before
   */
  async function prepare(sheet) {
    const known = entryOf(store.get().history, sheet);
    if (known) return known.sent;
    if (!sheet.picture) return toColumns(sheet.strokes);
    const small = await shrink(sheet.picture);
    assertSendable(small.content, sheet.picture.name);
    return small;
  }

  /**
   * @param {Problem} problem
   * @param {Task} task
   * @param {number} retries so far
   * @returns {void}
   */
  function fail(problem, task, retries) {
    failing = true;
    // The end of the stroke sends another request. Only a failure of that one is shown.
    if (store.get().drawing.active) return store.set({ recognizing: false });
    const { history, drawing, offline } = store.get();
    if (drawing.picture && isRefusal(problem)) return putBack(problem, drawing.picture);
    const known = entryOf(history, drawing);
    // The reading is known. Only the explanation is missing.
    if (known) return store.set({ ...resultOf(known), recognizing: false, slow: false, explanationProblem: problem });
    const wait = offline ? null : waitAfter(problem, retries);
    store.set({ ...NO_RESULT, problem, retryIn: wait, secondsLeft: wait });
    if (wait === null) return;
    clock.setTimeout(() => task.isLatest() && start({}, { retries: retries + 1 }), wait * 1000);
    countDown(wait, (left) => setSecondsLeft(task, left), clock);
  }

  /**
   * Replaces a refused picture with what was on the sheet before, and with its reading.
   * @param {Problem} problem
   * @param {File} picture
   */
  function putBack(problem, picture) {
    const { history, drawing: before } = store.get();
    const drawing = refuse(before);
    const known = entryOf(history, drawing);
    store.set({ ...NO_RESULT, ...(known && resultOf(known)), drawing, fileError: sentenceForRefusal(problem, picture.name) });
    if (!known && !isBlank(drawing)) start({}, {});
    else explainDigit();
  }

  /**
   * @param {Task} task
   * @param {number} secondsLeft
   * @returns {boolean} whether the retry is still planned
   */
  function setSecondsLeft(task, secondsLeft) {
    const planned = task.isLatest();
    if (planned) store.set({ secondsLeft });
    return planned;
  }

  /**
   * Cancels the request and removes the result.
   * @param {Partial<State>} change set together with that
   */
  function reset(change) {
    latest.cancel();
    throttle.cancel();
    store.set({ ...NO_RESULT, ...change });
  }

  return {
    reset,

    explainDigit: () => void explainDigit(),

    /**
     * Sends a request at once.
     * @param {Partial<State>} change
     * @param {Options} [options]
     */
    recognizeNow(change = {}, options = {}) {
      throttle.cancel();
      return start({ fileError: null, correcting: false, copied: false, command: null, needed: null, ...change }, options);
    },

    /** Sends a request soon, while the pen moves. */
    recognizeSoon() {
      if (!failing) throttle.call();
    },
  };
}

/**
 * @param {Entry} entry
 * @returns {Partial<State>} its part of the state
 */
export function resultOf({ reading, sheet, sent }) {
  return { reading, chosen: 0, readPicture: sheet.picture, sent };
}

/**
 * @param {Problem} problem
 * @param {number} retries so far
 * @returns {number | null} seconds until the retry, null if there is none
 */
export function waitAfter({ kind, retryAfter }, retries) {
  if (retries >= MAX_RETRIES) return null;
  // Without a usable Retry-After, the wait doubles with each attempt.
  const doubled = 2 ** (retries + 1);
  const fallback = kind === "unreachable" || kind === "unavailable" ? doubled : null;
  const wait = kind === "unreachable" ? Math.max(retryAfter ?? 0, doubled) : retryAfter ?? fallback;
  return wait !== null && wait <= MAX_WAIT ? Math.max(1, wait) : null;
}
