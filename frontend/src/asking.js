import { assertSendable, inMemory } from "./files.js";
import { entryOf, record } from "./history.js";
import { createLatest } from "./latest.js";
import { createPace, systemClock } from "./pace.js";
import { Problem, toProblem } from "./problem.js";
import { inPixelsOf } from "./reading.js";
import { NOTHING_READ } from "./state.js";
import { sheetOf } from "./strokes.js";

/** @typedef {import("./state.js").State} State */

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
const LONGEST_WAIT = 30;

/**
 * How the server is asked: what follows the pen, what waits, and what is asked again.
 * @param {object} given
 * @param {import("./store.js").Store<State>} given.store
 * @param {import("./api.js").Api} given.api
 * @param {Renderer} given.renderer
 * @param {import("./pace.js").Clock} [given.clock]
 * @param {(error: unknown) => void} [given.report] told of errors that are faults of the page itself
 */
export function createAsking({ store, api, renderer, clock = systemClock, report = (error) => reportError(error) }) {
  const latest = createLatest();
  const pace = createPace(ASK_EVERY, () => ask({}), clock);
  // After a problem the server is asked at the end of a stroke only, until it answers again.
  let troubled = false;

  /**
   * @param {Partial<State>} change what led to the question; set together with it, so that nobody sees one without the other
   * @param {number} [retries]
   */
  function ask(change, retries = 0) {
    // Nobody waits for the end: what fails here, such as a view, would be told to no one.
    return pursue(change, retries).catch(report);
  }

  /**
   * @param {Partial<State>} change
   * @param {number} retries
   */
  async function pursue(change, retries) {
    const question = latest.begin();
    store.set({ ...change, asking: true, overdue: false });
    const { drawing, explaining } = store.get();
    const hesitation = clock.setTimeout(() => question.isLatest() && store.set({ overdue: true }), WORTH_A_WORD);
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
    store.set({ reading, readFrom: drawing.picture, sent, history, problem: null, retryIn: null, asking: false });
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
   * What was sent once is sent again: the file that it came from may be gone by then.
   * @param {import("./strokes.js").Sheet} sheet
   * @returns {Promise<Prepared>}
   */
  async function prepared(sheet) {
    const known = entryOf(store.get().history, sheet);
    if (known) return known.sent;
    if (!sheet.picture) return { blob: await renderer.render(sheet.strokes), scale: 1 };
    const small = await renderer.shrink(await inMemory(sheet.picture));
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
    const wait = waitAfter(problem, retries);
    store.set({ ...NOTHING_READ, aside: store.get().aside, problem, retryIn: wait });
    if (wait !== null) clock.setTimeout(() => question.isLatest() && ask({}, retries + 1), wait * 1000);
  }

  /** @param {Partial<State>} change what is so from now on, with nothing read and nothing asked */
  function hush(change) {
    latest.cancel();
    pace.cancel();
    store.set({ ...NOTHING_READ, ...change });
  }

  /** @param {Partial<State>} change */
  function askAtOnce(change) {
    pace.cancel();
    return ask({ refusal: null, aside: null, doubted: false, copied: null, ...change });
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
 * @param {Problem} problem
 * @param {number} retries that were made already
 * @returns {number | null} seconds, or null where it is not asked again by itself
 */
function waitAfter({ kind, retryAfter }, retries) {
  if (retries >= MOST_RETRIES) return null;
  // A server that is gone names no time: each attempt waits twice as long as the one before.
  const wait = kind === "unreachable" ? Math.max(retryAfter ?? 0, 2 ** (retries + 1)) : retryAfter;
  return wait !== null && wait <= LONGEST_WAIT ? Math.max(1, wait) : null;
}

/** @typedef {ReturnType<typeof createAsking>} Asking */
