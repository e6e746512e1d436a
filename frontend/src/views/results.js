import { isBlank } from "../state/drawing.js";
import { correctionFor } from "../state/rounds.js";
import * as words from "../text/game.js";
import { newButton, newSpan, part, within } from "./dom.js";
import { newThumbnail } from "./examples.js";

/** @returns {HTMLElement} what a round led to, still empty */
export function newResults() {
  const results = document.createElement("div");
  results.dataset.part = "game-results";
  results.className = "game-results";
  const list = document.createElement("ul");
  list.dataset.part = "turns";
  list.setAttribute("role", "list");
  const note = document.createElement("p");
  note.className = "note";
  note.dataset.part = "keep-note";
  note.textContent = words.SAVING_NOTE;
  const row = document.createElement("div");
  row.className = "row";
  for (const [name, text] of [["play-again", words.AGAIN], ["choose-game", words.OTHER], ["save-game", words.SAVE]]) {
    const button = newButton();
    button.dataset.part = name;
    button.textContent = text;
    row.append(button);
  }
  results.append(row, list, note);
  return results;
}

/** @param {Watch} watch */
export function showResults(watch) {
  const results = part("game-results", HTMLElement);
  const list = part("turns", HTMLElement);
  const note = part("keep-note", HTMLElement);
  /** @type {readonly Turn[]} */
  let shown = [];
  watch((state) => state.game?.phase === "over", (over) => {
    results.hidden = !over;
  });
  watch((state) => (state.game?.phase === "over" ? state.game.turns : null), (turns) => {
    if (!turns) return void (shown = []);
    if (turns.length !== shown.length) list.replaceChildren(...turns.map(newTurn));
    else turns.forEach((turn, at) => turn.kept !== shown[at].kept && showKept(list.children[at], turn));
    note.hidden = turns.every((turn) => correctionFor(turn) === null);
    shown = turns;
  });
}

/**
 * @param {Turn} turn
 * @param {number} at
 */
function newTurn(turn, at) {
  const item = document.createElement("li");
  item.dataset.outcome = turn.outcome;
  item.append(
    isBlank(turn.sheet) ? newSpan("thumb", "–") : newThumbnail(turn.sheet.strokes),
    newSpan("turn-asked", words.askedIn(turn)), " ",
    newSpan("turn-read", words.outcomeOf(turn)), " ",
    newSpan("turn-took", words.inSeconds(turn.took)),
  );
  if (correctionFor(turn) === null) return item;
  const keep = newButton();
  keep.dataset.keep = String(at);
  keep.className = "quiet";
  const kept = newSpan("turn-kept", "");
  kept.role = "status";
  item.append(kept, keep);
  showKept(item, turn);
  return item;
}

/**
 * The button stays, so that it keeps the focus. It undoes what it did.
 * @param {Element} item
 * @param {Turn} turn
 */
function showKept(item, turn) {
  const label = correctionFor(turn) ?? "";
  within(item, ".turn-kept", HTMLElement).textContent = turn.kept ? words.keptAs(label) : "";
  within(item, "button", HTMLButtonElement).textContent = turn.kept ? words.UNDO : words.keepAs(label);
}
