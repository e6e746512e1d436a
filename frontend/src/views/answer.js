import { isWaiting } from "../state.js";
import { toneOf } from "../words.js";
import { part } from "./parts.js";

/** @param {import("../state.js").Watch} watch */
export function showAnswer(watch) {
  const answer = part("answer", HTMLElement);
  watch((state) => state.reading?.digit ?? null, (digit) => {
    answer.textContent = digit === null ? "" : String(digit);
  });
  watch((state) => (state.refusal && state.reading ? state.reading.status : toneOf(state)), (tone) => {
    answer.dataset.tone = tone;
  });
  watch(isWaiting, (waiting) => void answer.classList.toggle("stale", waiting));
}
