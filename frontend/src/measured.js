import { toProblem } from "./api/problem.js";
import { once, systemClock } from "./api/timing.js";
import { withTimeout } from "./api/timeout.js";
import { sentenceForProblem } from "./text/page.js";

/** Milliseconds until the request is given up. */
const TIMEOUT = 30_000;

/**
 * Shows how well the model reads. Its card is loaded once.
 * @param {object} dependencies
 * @param {Store<State>} dependencies.store
 * @param {Api} dependencies.api
 * @param {Clock} [dependencies.clock]
 */
export function createFigures({ store, api, clock = systemClock }) {
  const load = once(() => withTimeout((signal) => api.get("/api/v1/model", signal), { milliseconds: TIMEOUT, clock }));
  return {
    async toggle() {
      store.set({ figuresOpen: !store.get().figuresOpen });
      if (store.get().card) return;
      try {
        store.set({ card: await load() });
      } catch (error) {
        store.set({ figuresOpen: false, figuresProblem: sentenceForProblem(toProblem(error)) });
      }
    },
  };
}
