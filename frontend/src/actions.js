import { asideOn, refusalOf } from "./files.js";
import { createLatest } from "./latest.js";
import { createPace, systemClock } from "./pace.js";
import { Problem, isPassing, toProblem } from "./problem.js";
import { NOTHING_READ, hasSubject } from "./state.js";
import * as strokes from "./strokes.js";

/** @typedef {import("./state.js").State} State */

const ASK_EVERY = 150;
const PATIENCE = 60_000;
const MOST_RETRIES = 5;

/**
 * Everything that can be done on the page.
 * @param {object} given
 * @param {import("./store.js").Store<State>} given.store
 * @param {import("./api.js").Api} given.api
 * @param {(strokes: readonly import("./strokes.js").Stroke[]) => Promise<Blob>} given.render
 * @param {import("./pace.js").Clock} [given.clock]
 */
export function createActions({ store, api, render, clock = systemClock }) {
  const latest = createLatest();
  const pace = createPace(ASK_EVERY, () => ask({}), clock);
  // After a problem the server is asked at the end of a stroke only, until it answers again.
  let troubled = false;

  /**
   * @param {Partial<State>} change what led to the question; set together with it, so that nobody sees one without the other
   * @param {number} [retries]
   */
  async function ask(change, retries = 0) {
    const question = latest.begin();
    store.set({ ...change, asking: true });
    const { picture, drawing } = store.get();
    const impatience = clock.setTimeout(() => question.isLatest() && stop(new Problem("slow")), PATIENCE);
    try {
      const sent = picture ?? (await render(drawing.strokes));
      const reading = await api.read(sent, { signal: question.signal });
      if (!question.isLatest()) return;
      troubled = false;
      store.set({ reading, readFrom: picture, problem: null, retrying: false, asking: false });
    } catch (error) {
      if (question.isLatest()) fail(toProblem(error), question, retries);
    } finally {
      clock.clearTimeout(impatience);
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
    const retrying = wait !== null && retries < MOST_RETRIES;
    store.set({ ...NOTHING_READ, aside: store.get().aside, problem, retrying });
    if (retrying) clock.setTimeout(() => question.isLatest() && ask({}, retries + 1), Math.max(1, wait) * 1000);
  }

  /** @param {Problem} problem */
  function stop(problem) {
    latest.cancel();
    pace.cancel();
    store.set({ ...NOTHING_READ, problem });
  }

  /** @param {Partial<State>} change */
  function askAtOnce(change) {
    pace.cancel();
    return ask({ refusal: null, aside: null, ...change });
  }

  /** @param {import("./strokes.js").Drawing} drawing */
  function turnTo(drawing) {
    if (!strokes.isBlank(drawing)) return askAtOnce({ drawing, picture: null });
    latest.cancel();
    pace.cancel();
    return store.set({ ...NOTHING_READ, drawing, picture: null });
  }

  return {
    /** @param {import("./strokes.js").Point} point */
    beginStroke(point) {
      const drawing = strokes.begin(store.get().drawing, point);
      store.set({ drawing, picture: null, refusal: null, aside: null });
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
      return void askAtOnce({ picture, drawing: strokes.clear(store.get().drawing), aside: asideOn(files.length) });
    },

    askAgain() {
      const state = store.get();
      if (isPassing(state.problem) && hasSubject(state)) askAtOnce({ aside: state.aside });
    },

    /** @param {boolean} dragging */
    holdFiles(dragging) {
      store.set({ dragging });
    },
  };
}

/** @typedef {ReturnType<typeof createActions>} Actions */
