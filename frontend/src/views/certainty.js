import { certaintyOf, durationOf } from "../words.js";
import { part } from "./parts.js";

/** @param {import("../state.js").Watch} watch */
export function showCertainty(watch) {
  const sure = part("confidence", HTMLElement);
  const took = part("took", HTMLElement);
  watch((state) => state.reading, (reading) => {
    sure.textContent = reading ? certaintyOf(reading) : "";
    took.textContent = reading?.timing ? durationOf(reading.timing) : "";
  });
}
