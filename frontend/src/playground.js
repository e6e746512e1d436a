import { once } from "./api/timing.js";
import { rememberBests, savedBests } from "./bests.js";
import { paintPoster } from "./canvas/poster.js";
import { listenToGame } from "./input/player.js";
import { createGame } from "./play.js";
import { showGame } from "./views/playing.js";

/** @typedef {{ store: Store<State>, actions: Actions, device: Device }} Page */

/** @type {(() => Promise<GameActions>) | null} */
let load = null;
/** null before the first game. @type {GameActions | null} */
let game = null;

/**
 * Opens the game, or closes it. Rejects if its stylesheet can't be loaded.
 * @param {Page} page
 */
export async function toggleGame(page) {
  load ??= once(() => loadGame(page));
  game = await load();
  game.toggle();
}

/**
 * Goes on with a game from before a reload.
 * @param {Page} page
 * @param {unknown} kept
 */
export async function resumeGame(page, kept) {
  load ??= once(() => loadGame(page));
  game = await load();
  game.resume(kept);
}

/**
 * @param {Page} page
 * @returns {Promise<GameActions>}
 */
async function loadGame({ store, actions, device }) {
  const own = createGame({ store, page: actions, device, paint: paintPoster, bests: { load: savedBests, keep: rememberBests } });
  await showGame(store.watch);
  listenToGame(own);
  // A projector has no room for the game.
  store.watch((state) => state.mode, (mode) => mode && own.close());
  return own;
}

/** Brings the sheet of before back, if somebody plays. */
export function leaveGame() {
  game?.close();
}
