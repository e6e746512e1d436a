import { toProblem } from "./api/problem.js";
import { withTimeout } from "./api/timeout.js";
import { createLatest } from "./api/timing.js";
import { LIVE_SIDE } from "./canvas/geometry.js";
import { mayBeNumber, withNumbers } from "./state/numbers.js";
import { NO_RESULT } from "./state/store.js";

/** Milliseconds between two frames that are read. */
const INTERVAL = 350;
/** Milliseconds until a frame is given up, so that one lost response doesn't stop the reading. */
const TIMEOUT = 8_000;
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
 * @param {(error: unknown) => void} [dependencies.report] receives errors of the page itself
 */
export function createCamera({ store, api, viewfinder, actions: { openFiles, resume }, clock, report = (error) => reportError(error) }) {
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
      const count = await viewfinder.start(at, lose);
      if (!task.isLatest()) return;
      update({ status: "live", count, at });
      readNext(task);
    } catch (error) {
      if (task.isLatest()) fail(causeOf(error));
    }
  }

  /** Removes the last reading, because nothing is seen anymore. @param {Camera["status"]} status why nothing is */
  function fail(status) {
    const { camera } = store.get();
    if (camera) store.set({ ...NO_RESULT, camera: { ...camera, status } });
  }

  /** The camera was unplugged, or another program took it. */
  function lose() {
    pause();
    fail("lost");
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
      const { frame, reading } = await withTimeout(readOnce, { milliseconds: TIMEOUT, clock, signal: task.signal });
      if (!task.isLatest()) return INTERVAL;
      // The reading is not about what is on the sheet.
      store.set({ reading, chosen: 0, readPicture: frame, sent: null, problem: null });
    } catch (error) {
      if (!task.isLatest()) return INTERVAL;
      const problem = toProblem(error);
      store.set({ problem });
      return Math.min(MAX_WAIT, Math.max(MIN_WAIT, (problem.retryAfter ?? 0) * 1000));
    }
    return INTERVAL;
  }

  /** @param {AbortSignal} signal */
  async function readOnce(signal) {
    const frame = await viewfinder.frame(LIVE_SIDE);
    const single = await api.read(frame, { signal });
    const numbers = mayBeNumber(single) ? await api.readNumbers(frame, { signal }) : [];
    return { frame, reading: withNumbers(single, numbers) };
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
      const isReadable = viewfinder.isReadable();
      store.set({ camera: { status: isReadable ? "asking" : "unreadable", count: 0, at: 0 }, fileError: null, correcting: false });
      if (isReadable) start(0).catch(report);
    },

    /** Starts the same camera again, after it failed. */
    again() {
      const { camera } = store.get();
      if (!camera || ["live", "asking", "unreadable"].includes(camera.status)) return;
      update({ status: "asking" });
      start(camera.at).catch(report);
    },

    /** Switches to the next camera of the device. */
    next() {
      const { camera } = store.get();
      if (!camera) return;
      viewfinder.stop();
      start((camera.at + 1) % Math.max(1, camera.count)).catch(report);
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
