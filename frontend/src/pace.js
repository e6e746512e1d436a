/**
 * @typedef {object} Clock
 * @property {(run: () => void, milliseconds: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} now milliseconds since some moment
 */

/** @type {Clock} */
export const systemClock = {
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer),
  now: () => performance.now(),
};

/**
 * Runs at most once an interval, and never beside a run that is not done: on a slow line the questions get fewer
 * instead of cancelling each other for ever.
 * @param {number} interval milliseconds
 * @param {() => Promise<void>} run
 * @param {Clock} clock
 */
export function createPace(interval, run, clock) {
  /** @type {unknown} */
  let timer = null;
  /** @type {object | null} */
  let running = null;
  let wanted = false;

  function call() {
    if (running) wanted = true;
    else if (timer === null) timer = clock.setTimeout(tick, interval);
  }

  async function tick() {
    const own = {};
    timer = null;
    wanted = false;
    running = own;
    try {
      await run();
    } finally {
      if (running === own) {
        running = null;
        if (wanted) call();
      }
    }
  }

  function cancel() {
    if (timer !== null) clock.clearTimeout(timer);
    timer = null;
    running = null;
    wanted = false;
  }

  return { call, cancel };
}
