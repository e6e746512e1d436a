import { toProblem } from "./api/problem.js";
import { createLatest } from "./api/timing.js";
import { LIVE_SIDE } from "./canvas/geometry.js";
import { mayBeNumber, withNumbers } from "./state/numbers.js";

/** Milliseconds between two frames that are read. */
const INTERVAL = 350;
/** The longer side of the picture that is kept. */
const PICTURE = 1920;
/** Milliseconds until the next frame after a problem, unless the server says how long to wait. */
const MIN_WAIT = 2_000;
const MAX_WAIT = 60_000;
/** Milliseconds until the camera is switched off on a page that nobody sees. */
const UNSEEN = 30_000;

/**
 * Reads what the camera sees. Nothing of it is kept but the frame for which the shutter is pressed.
 * @param {object} dependencies
 * @param {Store<State>} dependencies.store
 * @param {Api} dependencies.api
 * @param {Viewfinder} dependencies.viewfinder
 * @param {Pick<Actions, "openFiles" | "resume">} dependencies.actions
 * @param {Clock} dependencies.clock
 */
export function createCamera({ store, api, viewfinder, actions: { openFiles, resume }, clock }) {
  const session = createLatest();
  /** @type {unknown} */
  let unseenTimer = null;

  /** @param {Partial<Camera>} change */
  function update(change) {
    const { camera } = store.get();
    if (camera) store.set({ camera: { ...camera, ...change } });
  }

  /** @param {number} at which camera of the device */
  async function start(at) {
    const task = session.begin();
    try {
      const count = await viewfinder.start(at);
      if (!task.isLatest()) return;
      update({ status: "live", count, at });
      readNext(task);
    } catch (error) {
      if (task.isLatest()) update({ status: causeOf(error) });
    }
  }

  /** @param {Task} task */
  async function readNext(task) {
    const started = clock.now();
    const wait = viewfinder.isSeen() ? await readFrame(task) : INTERVAL;
    clock.setTimeout(() => task.isLatest() && readNext(task), Math.max(0, wait - (clock.now() - started)));
  }

  /**
   * @param {Task} task
   * @returns {Promise<number>} milliseconds from the start of this frame to the next one
   */
  async function readFrame(task) {
    try {
      const frame = await viewfinder.frame(LIVE_SIDE);
      const single = await api.read(frame, { signal: task.signal });
      const numbers = mayBeNumber(single) ? await api.readNumbers(frame, { signal: task.signal }) : [];
      if (!task.isLatest()) return INTERVAL;
      // The reading is not about what is on the sheet.
      store.set({ reading: withNumbers(single, numbers), chosen: 0, readPicture: frame, sent: null, problem: null });
    } catch (error) {
      if (!task.isLatest()) return INTERVAL;
      const problem = toProblem(error);
      store.set({ problem });
      return Math.min(MAX_WAIT, Math.max(MIN_WAIT, (problem.retryAfter ?? 0) * 1000));
    }
    return INTERVAL;
  }

  function pause() {
    session.cancel();
    viewfinder.stop();
  }

  function close() {
    if (!store.get().camera) return;
    pause();
    store.set({ camera: null });
    resume();
  }

  store.watch((state) => state.drawing, () => close());

  return {
    close,
    pause,

    open() {
      if (store.get().camera) return;
      store.set({ camera: { status: "asking", count: 0, at: 0 }, fileError: null, correcting: false });
      start(0).catch(reportError);
    },

    /** Switches to the next camera of the device. */
    next() {
      const { camera } = store.get();
      if (!camera) return;
      viewfinder.stop();
      start((camera.at + 1) % Math.max(1, camera.count)).catch(reportError);
    },

    /** Keeps this frame: it becomes the picture on the sheet. */
    async shoot() {
      if (store.get().camera?.status !== "live") return;
      const picture = await viewfinder.frame(PICTURE).catch(() => null);
      if (!picture || !store.get().camera) return;
      close();
      await openFiles([picture]);
    },

    /** @param {boolean} isSeen whether the page is visible */
    setSeen(isSeen) {
      clock.clearTimeout(unseenTimer);
      if (!isSeen) unseenTimer = clock.setTimeout(close, UNSEEN);
    },
  };
}

/**
 * @param {unknown} error of getUserMedia
 * @returns {"denied" | "none" | "busy" | "failed"}
 */
export function causeOf(error) {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "none";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "failed";
}
