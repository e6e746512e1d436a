import { Problem } from "./problem.js";

/**
 * Runs something that may take too long, such as a request that gets no response.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} run
 * @param {object} limits
 * @param {number} limits.milliseconds
 * @param {Clock} limits.clock
 * @param {AbortSignal} [limits.signal] aborts it before
 * @returns {Promise<T>} rejects with a Problem after that time, even if it doesn't stop when it is aborted
 */
export function withTimeout(run, { milliseconds, clock, signal }) {
  const own = new AbortController();
  const abort = () => own.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      reject(new Problem("timeout"));
      abort();
    }, milliseconds);
    run(own.signal).then(resolve, reject).finally(() => {
      clock.clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    });
  });
}
