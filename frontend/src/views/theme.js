/**
 * For what is painted and not styled: pixels keep the colours that they were painted in.
 * @param {import("../state.js").Watch} watch
 * @param {() => void} repaint
 */
export function onTheme(watch, repaint) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  watch((state) => state.choices.theme, repaint);
}
