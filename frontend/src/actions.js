import { asideOn, refusalOf } from "./files.js";
import { createLatest } from "./latest.js";
import { createPace, systemClock } from "./pace.js";
import { Problem, isPassing, toProblem } from "./problem.js";
import { NOTHING_READ } from "./state.js";
import * as strokes from "./strokes.js";

/** @typedef {import("./state.js").State} State */

const ASK_EVERY = 150;
const WORTH_A_WORD = 500;
const PATIENCE = 60_000;
const MOST_RETRIES = 5;
/** In seconds; who is told to wait longer may rather decide when to ask again. */
const LONGEST_WAIT = 30;

/**
 * Everything that can be done on the page.
 * @param {object} given
 * @param {import("./store.js").Store<State>} given.store
 * @param {import("./api.js").Api} given.api
 * @param {(strokes: readonly import("./strokes.js").Stroke[]) => Promise<Blob>} given.render
 * @param {import("./pace.js").Clock} [given.clock]
 * @param {(error: unknown) => void} [given.report] told of errors that are faults of the page itself
 */
export function createActions({ store, api, render, clock = systemClock, report = (error) => reportError(error) }) {
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
    const { drawing } = store.get();
    const hesitation = clock.setTimeout(() => question.isLatest() && store.set({ overdue: true }), WORTH_A_WORD);
    const impatience = clock.setTimeout(() => question.isLatest() && hush({ problem: new Problem("slow") }), PATIENCE);
    const answer = await answerTo(drawing, question.signal);
    clock.clearTimeout(hesitation);
    clock.clearTimeout(impatience);
    if (!question.isLatest()) return;
    if (answer instanceof Problem) return fail(answer, question, retries);
    troubled = false;
    store.set({ reading: answer, readFrom: drawing.picture, problem: null, retrying: false, asking: false });
  }

  /**
   * @param {import("./strokes.js").Sheet} sheet
   * @param {AbortSignal} signal
   */
  async function answerTo(sheet, signal) {
    try {
      return await api.read(sheet.picture ?? (await render(sheet.strokes)), { signal });
    } catch (error) {
      if (!(error instanceof Problem) && !signal.aborted) report(error);
      return toProblem(error);
    }
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
    const wait = problem.retryAfter;
    const retrying = wait !== null && wait <= LONGEST_WAIT && retries < MOST_RETRIES;
    store.set({ ...NOTHING_READ, aside: store.get().aside, problem, retrying });
    if (retrying) clock.setTimeout(() => question.isLatest() && ask({}, retries + 1), Math.max(1, wait) * 1000);
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
    return ask({ refusal: null, aside: null, ...change });
  }

  /** @param {import("./strokes.js").Drawing} drawing */
  function turnTo(drawing) {
    return strokes.isBlank(drawing) ? hush({ drawing }) : askAtOnce({ drawing });
  }

  return {
    /** @param {import("./strokes.js").Point} point */
    beginStroke(point) {
      const before = store.get().drawing;
      const drawing = strokes.begin(before, point);
      // What is known or asked about a picture says nothing about a stroke.
      if (before.picture) hush({ drawing });
      else store.set({ drawing, refusal: null, aside: null });
    },

    /** @param {readonly import("./strokes.js").Point[]} points */
    extendStroke(points) {
      const before = store.get().drawing;
      const drawing = strokes.extend(before, points);
      if (drawing === before) return;
      store.set({ drawing });
      if (!troubled) pace.call();
    },

    endStroke() {
      const { drawing } = store.get();
      if (drawing.active) askAtOnce({ drawing: strokes.end(drawing) });
    },

    undo() {
      const { drawing } = store.get();
      if (strokes.canUndo(drawing)) turnTo(strokes.undo(drawing));
    },

    redo() {
      const { drawing } = store.get();
      if (strokes.canRedo(drawing)) turnTo(strokes.redo(drawing));
    },

    clear() {
      turnTo(strokes.clear(store.get().drawing));
    },

    /** @param {readonly File[]} files */
    givePicture(files) {
      const [picture] = files;
      const refusal = picture ? refusalOf(picture) : "I find no picture in that.";
      if (refusal) return store.set({ refusal, aside: null });
      return void askAtOnce({ drawing: strokes.lay(store.get().drawing, picture), aside: asideOn(files.length) });
    },

    askAgain() {
      const { problem, drawing, aside } = store.get();
      if (isPassing(problem) && !strokes.isBlank(drawing)) askAtOnce({ aside });
    },

    /** @param {boolean} dragging */
    holdFiles(dragging) {
      store.set({ dragging });
    },
  };
}

/** @typedef {ReturnType<typeof createActions>} Actions */
