import { rememberBests, savedBests } from "./bests.js";
import { paintPoster } from "./canvas/poster.js";
import { listenToGame } from "./input/player.js";
import { createGame } from "./play.js";
import { showGame } from "./views/playing.js";

/**
 * Puts the game together. Rejects if its stylesheet can't be loaded.
 * @param {{ store: Store<State>, actions: Actions, device: Device }} page
 * @returns {Promise<GameActions>}
 */
export async function openPlayground({ store, actions, device }) {
  const game = createGame({ store, page: actions, device, paint: paintPoster, bests: { load: savedBests, keep: rememberBests } });
  await showGame(store.watch);
  listenToGame(game);
  return game;
}
