import { LIMITS } from "./state/rounds.js";

const KEY = "digits-bests";

/** @returns {Bests} the best results so far, as far as the browser stores any */
export function savedBests() {
  try {
    return toBests(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return {};
  }
}

/** @param {Bests} bests */
export function rememberBests(bests) {
  try {
    localStorage.setItem(KEY, JSON.stringify(bests));
  } catch {
    // The browser stores nothing, so they last until the game is closed.
  }
}

/**
 * @param {unknown} kept as it was stored
 * @returns {Bests} without what is not a result
 */
export function toBests(kept) {
  const all = /** @type {any} */ (kept ?? {});
  const modes = /** @type {GameMode[]} */ (Object.keys(LIMITS));
  return Object.fromEntries(modes.flatMap((mode) => (isBest(all[mode]) ? [[mode, all[mode]]] : [])));
}

/** @param {any} best */
function isBest(best) {
  return [best?.score, best?.of, best?.took].every((number) => typeof number === "number" && Number.isFinite(number) && number >= 0);
}
