import { isPassing } from "../problem.js";
import { isBlank } from "../strokes.js";
import { remainderFor, sentenceFor, toneOfSentence } from "../words.js";
import { hide, part } from "./parts.js";

/** @param {import("../state.js").Watch} watch */
export function showStatus(watch) {
  const status = part("status", HTMLElement);
  const again = part("again", HTMLButtonElement);
  const left = part("left", HTMLElement);
  const progress = part("progress", HTMLProgressElement);
  // While there is nothing new to say the old sentence stays, paler: a live region that is not touched stays quiet.
  watch(sentenceFor, (sentence) => {
    if (sentence !== null) status.textContent = sentence;
    status.classList.toggle("stale", sentence === null);
  });
  // Two readings may have the same sentence: written again it is told again.
  watch((state) => (sentenceFor(state) === null ? null : state.reading), (reading) => {
    if (reading) status.replaceChildren(status.textContent ?? "");
  });
  watch(toneOfSentence, (tone) => {
    if (tone !== null) status.dataset.tone = tone;
  });
  watch((state) => isPassing(state.problem) && !state.asking && !isBlank(state.drawing), (offered) => {
    hide(again, !offered, status);
  });
  watch(remainderFor, (words) => {
    left.textContent = words;
    left.hidden = words === "";
  });
  watch((state) => state.overdue && state.asking && !state.drawing.active, (long) => {
    progress.hidden = !long;
  });
}
