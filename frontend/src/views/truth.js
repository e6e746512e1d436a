import { entryOf } from "../history.js";
import { sentenceForTruth } from "../words.js";
import { hide, part } from "./parts.js";

/** @param {import("../state.js").Watch} watch */
export function showTruth(watch) {
  const question = part("doubt", HTMLButtonElement);
  const choices = part("truth", HTMLElement);
  const said = part("said", HTMLElement);
  const pad = part("pad", HTMLElement);
  const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => newChoice(String(digit), String(digit)));
  const none = newChoice("none", "no digit");
  const takenBack = newChoice("", "take it back");
  choices.replaceChildren(...digits, none, takenBack);

  watch((state) => state.reading !== null && !state.drawing.active && entryOf(state.history, state.drawing) !== null, (known) => {
    hide(question, !known, pad);
  });
  watch((state) => state.doubted, (doubted) => {
    question.setAttribute("aria-expanded", String(doubted));
    hide(choices, !doubted, question.hidden ? pad : question);
  });
  watch((state) => entryOf(state.history, state.drawing)?.truth ?? null, (truth) => {
    said.textContent = truth === null ? "" : sentenceForTruth(truth);
    takenBack.hidden = truth === null;
    for (const choice of [...digits, none]) choice.setAttribute("aria-pressed", String(choice.dataset.truth === String(truth)));
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
