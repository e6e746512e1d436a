/** @type {Clock} */
export const systemClock = {
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer),
  now: () => performance.now(),
};

/**
 * Latest wins: a new task aborts the one before.
 * @returns {{ begin: () => Task, cancel: () => void }}
 */
export function createLatest() {
  /** @type {AbortController | null} */
  let current = null;

  function cancel() {
    current?.abort();
    current = null;
  }

  return {
    begin() {
      cancel();
      const own = new AbortController();
      current = own;
      return { signal: own.signal, isLatest: () => current === own };
    },
    cancel,
  };
}

/**
 * Runs at most once per interval, and never twice at the same time. On a slow connection there are fewer requests, and
 * none cancels another.
 * @param {number} interval milliseconds
 * @param {() => Promise<void>} run
 * @param {Clock} clock
 */
export function createThrottle(interval, run, clock) {
  /** @type {unknown} */
  let timer = null;
  /** @type {object | null} */
  let running = null;
  let requested = false;

  function call() {
    if (running) requested = true;
    else if (timer === null) timer = clock.setTimeout(tick, interval);
  }

  async function tick() {
    const own = {};
    timer = null;
    requested = false;
    running = own;
    try {
      await run();
    } finally {
      if (running === own) {
        running = null;
        if (requested) call();
      }
    }
  }

  function cancel() {
    if (timer !== null) clock.clearTimeout(timer);
    timer = null;
    running = null;
    requested = false;
  }

  return { call, cancel };
}

/**
 * Reports the seconds left, now and at the start of each second. The time is read from the clock and not counted, because
 * timers are late on a busy computer and slow in a hidden window.
 * @param {number} seconds
 * @param {(left: number) => boolean} report returns whether to go on
 * @param {Clock} clock
 */
export function countDown(seconds, report, clock) {
  const end = clock.now() + seconds * 1000;
  const next = () => {
    const left = Math.max(0, end - clock.now());
    const whole = Math.ceil(left / 1000);
    if (report(whole) && whole > 0) clock.setTimeout(next, left - (whole - 1) * 1000);
  };
  next();
}

/**
 * Loads something once. After a failure, the next call tries again.
 * @template T
 * @param {() => Promise<T>} load
 * @returns {() => Promise<T>}
 */
export function once(load) {
  /** @type {Promise<T> | null} */
  let loaded = null;
  return () => {
    loaded ??= load().catch((error) => {
      loaded = null;
      throw error;
    });
    return loaded;
  };
}
