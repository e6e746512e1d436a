import { shownReading } from "./state/numbers.js";
import { toFeatures, toLayers, wantedLayers } from "./state/layers.js";

const LAYERS = "/api/v1/digits?include=activations";
const CARD = "/api/v1/model";

/**
 * Lights up the layers of the network for what is on the sheet. It sends one request at a time, and none while the layers are out of view. The
 * reading never waits for it.
 * @param {object} dependencies
 * @param {Store<State>} dependencies.store
 * @param {Api} dependencies.api
 * @param {boolean} dependencies.isCalm whether the layers change only when the pen is lifted: for a slow connection or reduced motion
 * @param {(error: unknown) => void} [dependencies.report]
 */
export function createLighting({ store, api, isCalm, report = (error) => reportError(error) }) {
  let visible = false;
  let busy = false;
  const { signal } = new AbortController();

  async function light() {
    const state = store.get();
    const wanted = wantedLayers(shownReading(state), state);
    if (!visible || busy || !wanted || state.lit?.square === wanted.square || (isCalm && state.drawing.active)) return;
    busy = true;
    try {
      const [body, features] = await Promise.all([api.post(LAYERS, wanted.content, signal), state.features ?? api.get(CARD, signal).then(toFeatures)]);
      store.set({ features });
      store.set({ lit: { square: wanted.square, layers: toLayers(body) } });
    } catch {
      // The next reading tries again. Until then, the layers of the last one stay.
      return;
    } finally {
      busy = false;
    }
    light().catch(report);
  }

  store.watch((state) => shownReading(state)?.square ?? null, () => void light().catch(report));
  store.watch((state) => state.drawing.active, () => void light().catch(report));

  return {
    /** @param {boolean} isVisible whether the layers are in view */
    setVisible(isVisible) {
      visible = isVisible;
      light().catch(report);
    },

    /** @param {string | null} name of a feature map, to look at it closely */
    chooseMap(name) {
      store.set({ chosenMap: name });
    },
  };
}
