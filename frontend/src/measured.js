/**
 * Shows how well the model reads. Its card is loaded once.
 * @param {object} dependencies
 * @param {Store<State>} dependencies.store
 * @param {Api} dependencies.api
 */
export function createFigures({ store, api }) {
  return {
    async toggle() {
      store.set({ figuresOpen: !store.get().figuresOpen });
      if (store.get().card) return;
      try {
        store.set({ card: await api.get("/api/v1/model", new AbortController().signal) });
      } catch (error) {
        store.set({ figuresOpen: false });
        throw error;
      }
    },
  };
}
