import { part } from "./parts.js";

/** @param {import("../state.js").Watch} watch */
export function showInput(watch) {
  const input = part("input", HTMLImageElement);
  watch((state) => state.reading?.square ?? null, (square) => {
    input.hidden = square === null;
    if (square) input.src = square;
    else input.removeAttribute("src");
  });
}
