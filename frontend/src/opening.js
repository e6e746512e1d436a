import { fromHash } from "./state/link.js";
import { BROKEN_LINK } from "./text/share.js";

/**
 * Opens the drawing that a link carries. It is loaded with the first such link.
 * @param {string} hash
 * @param {object} page
 * @param {Store<State>} page.store
 * @param {(strokes: readonly Stroke[]) => void} page.openStrokes
 */
export function openLink(hash, { store, openStrokes }) {
  const strokes = fromHash(hash);
  if (strokes) openStrokes(strokes);
  // The sheet, where the notice is.
  else store.set({ tableOpen: false, fileError: BROKEN_LINK });
}
