import { assertSendable } from "./files.js";
import { entryOf, record } from "./history.js";
import { createLatest } from "./latest.js";
import { countDown, createPace } from "./pace.js";
import { Problem, toProblem } from "./problem.js";
import { inPixelsOf } from "./reading.js";
import { NOTHING_READ } from "./state.js";
import { sheetOf } from "./strokes.js";

/** @typedef {import("./state.js").State} State */

/**
 * @typedef {object} How a question is asked
 * @property {number} [retries] that were made already
 * @property {boolean} [afresh] whether it is about another sheet than the last reading
 */

/**
 * @typedef {object} Prepared a picture that is small enough to be sent
 * @property {Blob} blob
 * @property {number} scale its pixels for each pixel of the one that was given
 */

/**
 * @typedef {object} Renderer
 * @property {(strokes: readonly import("./strokes.js").Stroke[]) => Promise<Blob>} render
 * @property {(picture: File) => Promise<Prepared>} shrink
 */

const ASK_EVERY = 150;
const WORTH_A_WORD = 500;
const PATIENCE = 60_000;
const MOST_RETRIES = 5;
/** In seconds; who is told to wait longer may rather decide when to ask again. */
const LONGEST_WAIT = 600;

/**
 * How the server is asked: what follows the pen, what waits, and what is asked again.
 * @param {object} given
 * @param {import("./store.js").Store<State>} given.store
 * @param {import("./api.js").Api} given.api
 * @param {Renderer} given.renderer
 * @param {import("./pace.js").Clock} given.clock
 * @param {(error: unknown) => void} [given.report] told of errors that are faults of the page itself
 */
export function createAsking({ store, api, renderer, clock, report = (error) => reportError(error) }) {
  const latest = createLatest();
  const pace = createPace(ASK_EVERY, () => ask({}, {}), clock);
  // After a problem the server is asked at the end of a stroke only, until it answers again.
  let troubled = false;

  /**
   * @param {Partial<State>} change what led to the question; set together with it, so that nobody sees one without the other
   * @param {How} how
   */
  function ask(change, how) {
    // Nobody waits for the end: what fails here, such as a view, would be told to no one.
    return pursue(change, how).catch(report);
  }

  /**
   * @param {Partial<State>} change
   * @param {How} how
   */
  async function pursue(change, { retries = 0, afresh = false }) {
    const question = latest.begin();
    store.set({ ...change, asking: true, overdue: false, unexplained: null });
    const { drawing, explaining } = store.get();
    // A quick answer takes the place of the last one without a gap; but nothing is said for long of another sheet.
    const hesitating = { overdue: true, ...(afresh ? { reading: null, readFrom: null, sent: null } : {}) };
    const hesitation = clock.setTimeout(() => question.isLatest() && store.set(hesitating), WORTH_A_WORD);
    const impatience = clock.setTimeout(() => question.isLatest() && hush({ problem: new Problem("slow") }), PATIENCE);
    // While the pen moves an answer is wanted at once, and the next one is near.
    const answer = await answerTo(drawing, { signal: question.signal, explained: explaining && !drawing.active });
    clock.clearTimeout(hesitation);
    clock.clearTimeout(impatience);
    if (!question.isLatest()) return;
    if (answer instanceof Problem) return fail(answer, question, retries);
    troubled = false;
    const { reading, sent } = answer;
    const history = drawing.active
      ? store.get().history
      : record(store.get().history, { sheet: sheetOf(drawing), reading, sent, at: new Date() });
    store.set({ reading, readFrom: drawing.picture, sent, history, refusal: null, problem: null, retryIn: null, left: null, asking: false });
  }

  /**
   * @param {import("./strokes.js").Sheet} sheet
   * @param {{ signal: AbortSignal, explained: boolean }} asked
   * @returns {Promise<{ reading: import("./reading.js").Reading, sent: import("./question.js").Sent } | Problem>}
   */
  async function answerTo(sheet, { signal, explained }) {
    try {
      const { blob, scale } = await prepared(sheet);
      signal.throwIfAborted();
      const reading = await api.read(blob, { signal, explained });
      return { reading: inPixelsOf(reading, scale), sent: { blob, scale, explained } };
    } catch (error) {
      if (!(error instanceof Problem) && !signal.aborted) report(error);
      return toProblem(error);
    }
  }

  /**
   * What was sent once is sent again.
   * @param {import("./strokes.js").Sheet} sheet
   * @returns {Promise<Prepared>}
   */
  async function prepared(sheet) {
    const known = entryOf(store.get().history, sheet);
    if (known) return known.sent;
    if (!sheet.picture) return { blob: await renderer.render(sheet.strokes), scale: 1 };
    const small = await renderer.shrink(sheet.picture);
    assertSendable(small.blob, sheet.picture.name);
    return small;
  }

  /**
   * @param {Problem} problem
   * @param {import("./latest.js").Question} question
   * @param {number} retries
   */
  function fail(problem, question, retries) {
    troubled = true;
    // The end of the stroke asks again anyway, and only then is a complaint worth reading.
    if (store.get().drawing.active) return store.set({ asking: false });
    const { history, drawing, aside, offline } = store.get();
    const known = entryOf(history, drawing);
    // What is known stays so: only the reason for it was not to be had.
    if (known) return store.set({ ...shown(known), asking: false, overdue: false, unexplained: problem });
    const wait = offline ? null : waitAfter(problem, retries);
    store.set({ ...NOTHING_READ, aside, problem, retryIn: wait, left: wait });
    if (wait === null) return;
    clock.setTimeout(() => question.isLatest() && ask({}, { retries: retries + 1 }), wait * 1000);
    countDown(wait, (left) => tellLeft(question, left), clock);
  }

  /**
   * @param {import("./latest.js").Question} question
   * @param {number} left seconds until it is asked again
   * @returns {boolean} whether that still is so
   */
  function tellLeft(question, left) {
    const waiting = question.isLatest();
    if (waiting) store.set({ left });
    return waiting;
  }

  /** @param {Partial<State>} change what is so from now on, with nothing read and nothing asked */
  function hush(change) {
    latest.cancel();
    pace.cancel();
    store.set({ ...NOTHING_READ, ...change });
  }

  /**
   * @param {Partial<State>} change
   * @param {How} [how]
   */
  function askAtOnce(change, how = {}) {
    pace.cancel();
    return ask({ refusal: null, aside: null, doubted: false, copied: null, command: null, ...change }, how);
  }

  return {
    hush,
    askAtOnce,
    /** Soon, and not again before that is answered. */
    askInPassing() {
      if (!troubled) pace.call();
    },
  };
}

/**
 * @param {import("./history.js").Entry} entry
 * @returns {Partial<State>} what was read of it
 */
export function shown({ reading, sheet, sent }) {
  return { reading, readFrom: sheet.picture, sent };
}

/**
 * @param {Problem} problem
 * @param {number} retries that were made already
 * @returns {number | null} seconds, or null where it is not asked again by itself
 */
function waitAfter({ kind, retryAfter }, retries) {
  if (retries >= MOST_RETRIES) return null;
  // Where no time is named, or none that makes sense, each attempt waits twice as long as the one before.
  const doubled = 2 ** (retries + 1);
  const unnamed = kind === "unreachable" || kind === "busy" ? doubled : null;
  const wait = kind === "unreachable" ? Math.max(retryAfter ?? 0, doubled) : retryAfter ?? unnamed;
  return wait !== null && wait <= LONGEST_WAIT ? Math.max(1, wait) : null;
}
