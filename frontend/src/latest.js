/**
 * @typedef {object} Question
 * @property {AbortSignal} signal aborted as soon as a newer question begins
 * @property {() => boolean} isLatest asked again before an answer is shown, since not everything heeds an abort
 */

/**
 * Lets only the newest question be answered.
 * @returns {{ begin: () => Question, cancel: () => void }}
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
