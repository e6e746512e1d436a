import { shownReading } from "../state/numbers.js";
import { EXPLANATION, legendOf, sentenceForProblem } from "../text.js";
import { newSpan, part, showImage } from "./dom.js";

// --- what the network saw ---

/** @param {Watch} watch */
export function showInput(watch) {
  const input = part("input", HTMLImageElement);
  const explanation = part("explanation", HTMLImageElement);
  const why = part("why", HTMLButtonElement);
  const legend = part("legend", HTMLElement);
  watch((state) => shownReading(state)?.square ?? null, (source) => showImage(input, source));
  watch((state) => (state.explaining ? (state.reading?.explanation ?? null) : null), (source) => showImage(explanation, source));
  watch((state) => state.explaining, (explaining) => why.setAttribute("aria-pressed", String(explaining)));
  watch(explanationStatus, (text) => {
    legend.textContent = text;
  });
  watch((state) => (state.explaining && state.reading?.explanation ? state.reading : null), (reading) => {
    if (reading?.legend) legend.replaceChildren(...newKeys(reading.legend, reading.digit));
  });
}

/** @param {State} state */
function explanationStatus({ explaining, reading, recognizing, explanationProblem }) {
  if (!explaining) return "";
  if (explanationProblem) return sentenceForProblem(explanationProblem);
  if (reading?.explanation) return "";
  return recognizing && reading ? EXPLANATION.pending : EXPLANATION.none;
}

/**
 * The keys of the legend, in the colours that the server used.
 * @param {Legend} colours
 * @param {number | null} digit
 */
function newKeys(colours, digit) {
  const meaning = legendOf(digit);
  return /** @type {const} */ (["for", "against"]).map((side) => {
    const key = newSpan("key", meaning[side]);
    key.dataset.side = side;
    key.style.setProperty("--key", colours[side]);
    return key;
  });
}
