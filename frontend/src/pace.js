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

/**
 * Tells how many seconds are left, at once and as each of them begins. The time is looked up and not counted: timers
 * are late where much is to be done, and seldom run behind another window.
 * @param {number} seconds
 * @param {(left: number) => boolean} tell whether more is to be told
 * @param {Clock} clock
 */
export function countDown(seconds, tell, clock) {
  const end = clock.now() + seconds * 1000;
  const next = () => {
    const left = Math.max(0, end - clock.now());
    const whole = Math.ceil(left / 1000);
    if (tell(whole) && whole > 0) clock.setTimeout(next, left - (whole - 1) * 1000);
  };
  next();
}
