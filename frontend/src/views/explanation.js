import { explainedReading, shownReading } from "../state/numbers.js";
import { runnerUp } from "../state/reading.js";
import { EXPLANATION, legendOf, whyNot } from "../text/more.js";
import { sentenceForProblem } from "../text/page.js";
import { newSpan, part, showImage } from "./dom.js";

// --- what the network saw ---

/** @param {Watch} watch */
export function showInput(watch) {
  const input = part("input", HTMLImageElement);
  const explanation = part("explanation", HTMLImageElement);
  const why = part("why", HTMLButtonElement);
  const legend = part("legend", HTMLElement);
  watch((state) => shownReading(state)?.square ?? null, (source) => showImage(input, source));
  watch((state) => explainedOf(state)?.explanation ?? null, (source) => showImage(explanation, source));
  watch((state) => state.explaining, (explaining) => why.setAttribute("aria-pressed", String(explaining)));
  watch(explanationStatus, (text) => {
    legend.textContent = text;
  });
  watch(explainedOf, (reading) => {
    // On white paper, the colours are those of the legend.
    input.parentElement?.classList.toggle("explained", reading !== null);
    if (reading?.legend) legend.replaceChildren(...newKeys(reading.legend, reading.explained));
  });
  const other = part("why-not", HTMLButtonElement);
  watch((state) => (explainedOf(state) ? shownReading(state) : null), (reading) => {
    const second = reading && runnerUp(reading);
    other.hidden = second === null;
    if (second !== null) other.textContent = whyNot(second);
  });
  watch((state) => state.rival !== null, (pressed) => other.setAttribute("aria-pressed", String(pressed)));
}

/** @param {State} state */
function explainedOf(state) {
  return state.explaining ? explainedReading(state) : null;
}

/** @param {State} state */
function explanationStatus(state) {
  if (!state.explaining) return "";
  if (state.explanationProblem) return sentenceForProblem(state.explanationProblem);
  if (explainedReading(state)) return "";
  const { reading, recognizing, camera } = state;
  const isPending = reading !== null && (recognizing || (reading.numbers !== null && !camera));
  return isPending ? EXPLANATION.pending : EXPLANATION.none;
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
