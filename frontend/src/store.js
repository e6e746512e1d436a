/**
 * @template {object} S
 * @typedef {object} Store
 * @property {() => S} get
 * @property {(change: Partial<S>) => void} set
 * @property {(listener: (state: S) => void) => () => void} subscribe fires at once; returns its undo
 * @property {<V>(pick: (state: S) => V, listener: (value: V) => void) => () => void} watch
 *   fires at once and then only when the picked value is another one; returns its undo
 */

/**
 * @template {object} S
 * @param {S} initial
 * @returns {Store<S>}
 */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<(state: S) => void>} */
  const listeners = new Set();

  /** @param {(state: S) => void} listener */
  function subscribe(listener) {
    /** @param {S} now */
    const own = (now) => listener(now);
    listeners.add(own);
    own(state);
    return () => void listeners.delete(own);
  }

  return {
    get: () => state,
    set(change) {
      const next = { ...state, ...change };
      if (same(state, next)) return;
      state = next;
      for (const listener of [...listeners]) listener(state);
    },
    subscribe,
    watch(pick, listener) {
      /** @type {{ value: ReturnType<typeof pick> } | null} */
      let last = null;
      return subscribe((now) => {
        const value = pick(now);
        if (last && Object.is(last.value, value)) return;
        last = { value };
        listener(value);
      });
    },
  };
}

/**
 * @template {object} S
 * @param {S} one
 * @param {S} other
 */
function same(one, other) {
  const keys = /** @type {(keyof S)[]} */ (Object.keys(other));
  return keys.every((key) => Object.is(one[key], other[key]));
}
