import { entryOf } from "../history.js";
import { sentenceForTruth } from "../words.js";
import { part } from "./parts.js";

/** @param {import("../state.js").Watch} watch */
export function showTruth(watch) {
  const question = part("doubt", HTMLButtonElement);
  const choices = part("truth", HTMLElement);
  const said = part("said", HTMLElement);
  choices.replaceChildren(...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => newChoice(String(digit), String(digit))), newChoice("none", "no digit"));

  watch((state) => state.reading !== null && !state.drawing.active && entryOf(state.history, state.drawing) !== null, (known) => {
    question.hidden = !known;
  });
  watch((state) => state.doubted, (doubted) => {
    question.setAttribute("aria-expanded", String(doubted));
    choices.hidden = !doubted;
  });
  watch((state) => entryOf(state.history, state.drawing)?.truth ?? null, (truth) => {
    said.textContent = truth === null ? "" : sentenceForTruth(truth);
  });
}

/**
 * @param {string} truth
 * @param {string} text
 */
function newChoice(truth, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.truth = truth;
  button.textContent = text;
  return button;
}
