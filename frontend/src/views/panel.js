import * as words from "../text/game.js";
import { newButton, newSpan } from "./dom.js";
import { newResults } from "./results.js";

/** @returns {HTMLElement} the panel of the game, not yet in the page */
export function newPanel() {
  const panel = newElement("section", "game-panel", "game");
  panel.hidden = true;
  panel.setAttribute("aria-labelledby", "game-title");
  const title = newElement("h2", "game-title", "game-title");
  title.id = "game-title";
  title.tabIndex = -1;
  const clock = newElement("p", "game-clock", "game-clock");
  clock.setAttribute("role", "timer");
  clock.setAttribute("aria-live", "off");
  const close = newPart("close-game", words.CLOSE);
  const head = newElement("div", "game-head", "game-head");
  head.append(newElement("p", "game-progress", "game-progress"), newElement("p", "game-score", "game-score"), clock, close);
  const buttons = newElement("div", "game-buttons", "row game-buttons");
  buttons.append(newPart("retry-game", words.RETRY), newPart("readable", ""), newPart("skip", words.SKIP));
  const meter = newElement("div", "game-meter", "game-meter");
  const track = newSpan("track", "");
  track.append(newSpan("fill", ""));
  meter.append(newSpan("meter-text", ""), track);
  const said = newElement("p", "game-said", "spoken");
  said.setAttribute("role", "status");
  panel.append(head, title, newElement("p", "game-sentence", "game-sentence"), meter, buttons, newMenu(), newResults(), said);
  return panel;
}

/**
 * @param {string} tag
 * @param {string} name
 * @param {string} className
 */
function newElement(tag, name, className) {
  const element = document.createElement(tag);
  element.dataset.part = name;
  element.className = className;
  return element;
}

/**
 * @param {string} name
 * @param {string} text
 */
function newPart(name, text) {
  const button = newButton();
  button.dataset.part = name;
  button.textContent = text;
  return button;
}

function newMenu() {
  const menu = newElement("div", "game-menu", "game-menu");
  const list = document.createElement("ul");
  list.setAttribute("role", "list");
  for (const [mode, { name, rule }] of Object.entries(words.MODES)) {
    const button = newButton();
    button.dataset.mode = mode;
    button.append(newSpan("mode-name", name), " ", newSpan("mode-rule", rule), " ", newSpan("mode-best", ""));
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  const timed = newPart("timed", words.CLOCK);
  const note = newElement("p", "clock-note", "note");
  note.textContent = words.CLOCK_NOTE;
  menu.append(list, timed, note);
  return menu;
}
