import { isRetryable } from "../api/problem.js";
import { bestPoints, doneIn, finalReading, pointsFor, streakOf, taskOf } from "../state/rounds.js";
import { isGuess } from "../state/store.js";
import * as words from "../text/game.js";
import { hide, keepFocus, loadStyle, newSpan, part } from "./dom.js";
import { newPanel } from "./panel.js";
import { showResults } from "./results.js";
import { SIDE_BY_SIDE } from "./tools.js";

/** The seconds before the end at which the clock is announced. */
const WARNINGS = [10, 30];
/** Milliseconds in which the second click of a double click would draw on the sheet. */
const DOUBLE_CLICK = 300;

/**
 * @param {Watch} watch
 * @returns {Promise<void>} rejects if the stylesheet can't be loaded
 */
export async function showGame(watch) {
  await loadStyle("game.css");
  const panel = newPanel();
  // Elsewhere in the page, parts are found by their names, so it must be in the page before anything is shown in it.
  part("main", HTMLElement).append(panel);
  showPlace(watch, panel);
  showMenu(watch);
  showTask(watch);
  showButtons(watch);
  showResults(watch);
  showSpoken(watch);
  showPhase(watch, panel);
}

// --- the place of the panel ---

/**
 * Beside the sheet, the panel is where the reading was. Otherwise it is above, where no hand covers it.
 * @param {Watch} watch
 * @param {HTMLElement} panel
 */
function showPlace(watch, panel) {
  const drawing = part("drawing", HTMLElement);
  const main = part("main", HTMLElement);
  const sideBySide = matchMedia(SIDE_BY_SIDE);
  const move = () => {
    const isSecond = sideBySide.matches && main.dataset.first !== "reading";
    const neighbour = isSecond ? drawing.nextElementSibling : drawing.previousElementSibling;
    if (neighbour !== panel) keepFocus(panel, () => (isSecond ? drawing.after(panel) : drawing.before(panel)));
  };
  sideBySide.addEventListener("change", move);
  watch((state) => state.game && state.preferences.hand, (hand) => {
    // Outside the game, it is where it is in nobody's way.
    if (hand === null) main.append(panel);
    else move();
  });
}

/**
 * @param {Watch} watch
 * @param {HTMLElement} panel
 */
function showPhase(watch, panel) {
  const drawing = part("drawing", HTMLElement);
  const main = part("main", HTMLElement);
  const opener = part("game", HTMLButtonElement);
  const title = part("game-title", HTMLElement);
  const clear = part("clear", HTMLElement);
  const { title: clearTitle } = clear;
  let before = "";
  watch((state) => state.game?.phase ?? "", (phase) => {
    document.body.classList.toggle("playing", phase !== "");
    opener.setAttribute("aria-pressed", String(phase !== ""));
    panel.dataset.phase = phase;
    panel.hidden = phase === "";
    drawing.inert = phase === "asking";
    clear.title = phase === "" ? clearTitle : words.CLEAR;
    const isNewRound = phase === "playing" && (before === "choosing" || before === "over");
    // Something else takes the place of what was there, so the page begins at its top.
    if (phase === "choosing" || phase === "over" || isNewRound) scrollTo(0, 0);
    if (phase === "choosing" || phase === "over") title.focus({ preventScroll: true });
    if (phase === "asking") part("readable", HTMLElement).focus({ preventScroll: true });
    if (isNewRound || before === "asking") arrive();
    if (phase === "" && before !== "") opener.focus({ preventScroll: true });
    before = phase;
  });

  function arrive() {
    // After a reload, the browser would treat this as keyboard focus and show the keyboard help over the drawing.
    if (navigator.userActivation?.hasBeenActive ?? true) part("pad", HTMLElement).focus({ preventScroll: true });
    main.classList.add("arriving");
    setTimeout(() => main.classList.remove("arriving"), DOUBLE_CLICK);
  }
}

// --- the choice ---

/** @param {Watch} watch */
function showMenu(watch) {
  const menu = part("game-menu", HTMLElement);
  const timed = part("timed", HTMLButtonElement);
  watch((state) => state.game?.phase === "choosing", (shown) => {
    menu.hidden = !shown;
  });
  watch((state) => state.game?.timed ?? true, (pressed) => timed.setAttribute("aria-pressed", String(pressed)));
  watch((state) => state.game?.bests ?? null, (bests) => {
    for (const button of menu.querySelectorAll("button[data-mode]")) {
      const mode = /** @type {GameMode} */ (button instanceof HTMLElement ? button.dataset.mode : "");
      const best = bests?.[mode];
      const text = button.querySelector(".mode-best");
      if (text) text.textContent = best ? words.bestResult(mode, best) : "";
    }
  });
}

// --- the task ---

/** @param {Watch} watch */
function showTask(watch) {
  const [title, sentence, progress, score, clock, meter] = ["game-title", "game-sentence", "game-progress", "game-score", "game-clock", "game-meter"].map((name) => part(name, HTMLElement));

  watch((state) => titleOf(state.game), (text) => {
    title.textContent = text;
  });
  // The title of a task has two parts, of which one is large.
  watch((state) => (isPlaying(state.game) ? shownTask(state.game) : null), (task) => {
    if (task === null) return;
    const asked = newSpan("asked", task.text);
    asked.dataset.part = "asked";
    title.replaceChildren(newSpan("lead", words.leadOf(task.mode, task.text)), " ", asked);
    title.style.setProperty("--characters", String(task.text.length));
  });
  watch(sentenceOf, (text) => {
    sentence.textContent = text;
  });
  watch((state) => words.sentenceForPlay(state).tone, (tone) => {
    sentence.dataset.tone = tone;
  });
  watch((state) => (isPlaying(state.game) ? words.progress(shownAt(state.game), state.game.tasks.length) : ""), (text) => show(progress, text));
  watch((state) => scoreOf(state.game), (text) => show(score, text));
  watch((state) => (isPlaying(state.game) ? state.game.secondsLeft : null), (seconds) => {
    show(clock, seconds === null ? "" : words.clockFace(seconds));
    clock.classList.toggle("late", seconds !== null && seconds <= WARNINGS[0]);
  });
  watch((state) => isPlaying(state.game) && state.game.mode === "fool", (fooling) => {
    meter.hidden = !fooling;
  });
  watch(pointsOnSheet, (points) => {
    meter.classList.toggle("unknown", points === null);
    meter.style.setProperty("--share", String((points ?? 0) / 100));
    const text = meter.querySelector(".meter-text");
    if (text) text.textContent = words.fooledBy(points ?? 0);
  });
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function show(element, text) {
  element.textContent = text;
  element.hidden = text === "";
}

/**
 * @param {Game | null} game
 * @returns {game is Game}
 */
function isPlaying(game) {
  return game !== null && (game.phase === "playing" || game.phase === "shown" || game.phase === "asking");
}

/** @param {Game | null} game */
function titleOf(game) {
  if (game?.phase === "over") return words.resultTitle(game);
  return game?.phase === "choosing" ? words.TITLE : "";
}

/**
 * The task that is shown is the last one while its result is shown.
 * @param {Game} game
 */
function shownAt(game) {
  return doneIn(game) - (game.phase === "shown" ? 1 : 0);
}

/** The same task is always the same object. @type {{ mode: GameMode, text: string, at: number } | null} */
let lastTask = null;

/** @param {Game} game */
function shownTask(game) {
  const at = shownAt(game);
  const text = game.tasks[at] ?? "";
  if (game.mode === null) return null;
  if (lastTask?.mode !== game.mode || lastTask.text !== text || lastTask.at !== at) lastTask = { mode: game.mode, text, at };
  return lastTask;
}

/** @param {State} state */
function sentenceOf(state) {
  const { game } = state;
  if (game?.phase === "choosing") return words.INTRODUCTION;
  if (game?.phase === "over") return words.resultNote(game);
  return words.sentenceForPlay(state).text;
}

/** @param {Game | null} game */
function scoreOf(game) {
  if (!isPlaying(game)) return "";
  return game.mode === "fool" ? words.bestSoFar(bestPoints(game)) : words.streak(streakOf(game));
}

/**
 * @param {State} state
 * @returns {number | null} how much the drawing fools the reader; null while that is unknown
 */
function pointsOnSheet(state) {
  const { game } = state;
  if (game?.mode !== "fool") return null;
  if (game.phase === "shown") return game.verdict && game.verdict.outcome === "drawn" ? game.verdict.points : null;
  const reading = isPlaying(game) ? finalReading(state) : null;
  return reading && reading.reason !== "blank" ? pointsFor(reading, taskOf(game) ?? "") : null;
}

// --- buttons ---

/** @param {Watch} watch */
function showButtons(watch) {
  const buttons = part("game-buttons", HTMLElement);
  const readable = part("readable", HTMLButtonElement);
  const skip = part("skip", HTMLButtonElement);
  const retry = part("retry-game", HTMLButtonElement);
  watch((state) => isPlaying(state.game), (playing) => {
    buttons.hidden = !playing;
  });
  watch((state) => (isPlaying(state.game) && state.game.mode === "fool" ? (shownTask(state.game)?.text ?? "") : ""), (task) => {
    readable.textContent = words.confirmation(task);
  });
  watch((state) => pointsOnSheet(state) !== null && state.game?.phase !== "shown", (ready) => readable.setAttribute("aria-disabled", String(!ready)));
  watch((state) => (state.game?.phase === "asking" ? words.NO : words.SKIP), (text) => {
    skip.textContent = text;
  });
  watch((state) => state.game?.phase === "shown", (shown) => skip.setAttribute("aria-disabled", String(shown)));
  watch(isRetryOffered, (offered) => hide(retry, !offered, skip));
  // A drawing that wasn't read can't be judged, so Retry takes the place of the judging button.
  watch((state) => isPlaying(state.game) && state.game.mode === "fool" && !isRetryOffered(state), (shown) => hide(readable, !shown, skip));
}

/** @param {State} state */
function isRetryOffered({ problem, recognizing }) {
  return isRetryable(problem) && !recognizing;
}

// --- what a screen reader says ---

/** @param {Watch} watch */
function showSpoken(watch) {
  const said = part("game-said", HTMLElement);
  /** @param {string | null} text */
  const say = (text) => {
    if (text !== null) said.textContent = text;
  };
  watch(announcement, say);
  watch((state) => warning(state.game), say);
}

/**
 * The task, what was read in the end, and what stops the clock; not what it looks like so far.
 * @param {State} state
 * @returns {string | null} null if there is nothing new to say
 */
function announcement(state) {
  const { game } = state;
  if (!isPlaying(game)) return "";
  const { text } = words.sentenceForPlay(state);
  if (game.phase !== "playing" || state.problem || state.offline) return text;
  if (finalReading(state)) {
    const points = pointsOnSheet(state);
    return isGuess(state) ? null : [text, points === null ? "" : words.fooledBy(points)].join(" ");
  }
  const task = shownTask(game);
  if (state.drawing.strokes.length > 0 || !task) return null;
  return `${words.leadOf(task.mode, task.text)} ${task.text}. ${words.progress(task.at, game.tasks.length)}. ${text}`;
}

/**
 * @param {Game | null} game
 * @returns {string | null}
 */
function warning(game) {
  const seconds = isPlaying(game) ? game.secondsLeft : null;
  const passed = WARNINGS.find((warned) => seconds !== null && seconds <= warned);
  return passed === undefined || seconds === 0 ? null : words.timeLeft(passed);
}
