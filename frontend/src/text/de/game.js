/** All texts of the game. Same exports as ../en/game.js. */

import { isRead, longestStreak, plainText, rightIn, taskOf } from "../../state/rounds.js";
import { guessOf } from "../../state/numbers.js";
import { isGuess } from "../../state/store.js";
import { isBlank } from "../../state/drawing.js";
import { sentenceForProblem } from "./page.js";

export const TITLE = "Spielen";
export const CLOSE = "Schließen";
/** Escape, which clears the sheet otherwise, ends the game. */
export const CLEAR = "Leeren (Entf)";
export const SKIP = "Weiter";
export const RETRY = "Noch einmal";
export const NO = "Nein";
export const AGAIN = "Noch einmal spielen";
export const OTHER = "Anderes Spiel";
export const SAVE = "Bild speichern";
export const UNDO = "Rückgängig";
export const CLOCK = "Gegen die Uhr";
export const INTRODUCTION = "Du zeichnest, ich lese. Wähle ein Spiel.";
export const CLOCK_NOTE = "Ohne Uhr hast du alle Zeit. Nur Runden gegen die Uhr können deine beste sein.";
export const SAVING_NOTE = "Behalte eine Zeichnung nur, wenn sie wirklich zeigt, was gefragt war. Sie steht dann unter „Dieser Besuch“ bei deinen anderen Korrekturen.";

/** @type {Readonly<Record<GameMode, { name: string, rule: string }>>} */
export const MODES = Object.freeze({
  digits: { name: "Zeichne mir eine 7", rule: "Zehn Ziffern in 60 Sekunden." },
  numbers: { name: "Zeichne mir 407", rule: "Fünf längere Zahlen in 90 Sekunden." },
  fool: { name: "Täusche mich", rule: "Vier Ziffern, die ein Mensch lesen kann, ich aber nicht. 90 Sekunden." },
});

/** @param {string} text @returns {string} with its article, if it is a digit */
function a(text) {
  return text.length === 1 ? `eine ${text}` : text;
}

// --- tasks ---

/**
 * What comes before the digit or number that is asked.
 * @param {GameMode} mode
 * @param {string} task
 */
export function leadOf(mode, task) {
  const lead = mode === "fool" ? "Täusche mich mit" : "Zeichne mir";
  if (task.length !== 1) return lead;
  return `${lead} ${mode === "fool" ? "einer" : "eine"}`;
}

/**
 * @param {number} done
 * @param {number} count
 */
export function progress(done, count) {
  return `${Math.min(done + 1, count)} von ${count}`;
}

/** @param {number} count */
export function streak(count) {
  return count > 1 ? `${count} in Folge` : "";
}

/** @param {number} points */
export function bestSoFar(points) {
  return points > 0 ? `bisher ${points}\u00a0%` : "";
}

/** @param {number} seconds */
export function clockFace(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @param {number} seconds */
export function timeLeft(seconds) {
  return `noch ${seconds} Sekunden`;
}

/** @param {number} points */
export function fooledBy(points) {
  return `Getäuscht: ${points}\u00a0%`;
}

/** @param {string} task */
export function confirmation(task) {
  return `Ein Mensch liest ${a(task)}`;
}

// --- what the reader says ---

/** @typedef {"idle" | "right" | "uncertain" | "problem"} PlayTone */

/**
 * One sentence about the clock, or about what is on the sheet.
 * @param {State} state
 * @returns {{ text: string, tone: PlayTone }}
 */
export function sentenceForPlay(state) {
  const { game, problem, retryIn, slow, recognizing, reading, drawing } = state;
  if (!game?.mode) return { text: "", tone: "idle" };
  if (game.phase === "shown" && game.verdict) return { text: verdictOf(game.verdict, game.mode), tone: "right" };
  if (game.phase === "asking") return { text: `Die Zeit ist um. Würde ein Mensch noch ${a(taskOf(game) ?? "")} lesen?`, tone: "idle" };
  if (state.offline) return { text: `Du bist offline. ${waits(game)}`, tone: "problem" };
  if (problem) return { text: `${sentenceForProblem(problem, retryIn)} ${waits(game)}`, tone: "problem" };
  if (slow && recognizing) return { text: `Ich lese noch. ${waits(game)}`, tone: "idle" };
  if (isBlank(drawing)) return { text: sentenceForBlank(game), tone: "idle" };
  if (isGuess(state) || recognizing || !reading) return { text: sentenceForGuess(guessOf(reading)), tone: "idle" };
  const read = sentenceForRead(reading, game.mode, taskOf(game) ?? "");
  return game.timed && game.waiting ? { ...read, text: `${read.text} ${GOES_ON}` } : read;
}

const GOES_ON = "Die Uhr läuft mit deinem nächsten Strich weiter.";

/** @param {Game} game */
function waits({ timed }) {
  return timed ? "Die Uhr wartet." : "";
}

/** @param {Game} game */
function sentenceForBlank({ timed, waiting, clock, turns }) {
  if (!timed) return turns.length === 0 ? "Lass dir Zeit." : "";
  if (!waiting) return "";
  return clock.elapsed === 0 ? "Die Uhr startet mit deinem ersten Strich." : GOES_ON;
}

/** @param {string} guess */
function sentenceForGuess(guess) {
  return guess ? `Sieht bisher nach ${guess.length === 1 ? `einer ${guess}` : guess} aus …` : "Ich lese beim Zeichnen mit.";
}

/**
 * @param {Reading} reading
 * @param {GameMode} mode
 * @param {string} task
 * @returns {{ text: string, tone: PlayTone }}
 */
function sentenceForRead(reading, mode, task) {
  const text = plainText(reading);
  const isIt = text === task;
  if (mode === "fool") return { text: sentenceForFooled(reading, task), tone: "idle" };
  if (!text) return { text: "Das kann ich noch nicht lesen. Ergänze es oder lösche es.", tone: "uncertain" };
  if (isIt && !isRead(reading, task)) return { text: `Wahrscheinlich ${a(text)}, aber ich bin nicht sicher. Mach es deutlicher.`, tone: "uncertain" };
  const unsure = reading.status === "uncertain";
  return { text: `${unsure ? "Vielleicht" : "Ich lese"} ${a(text)}. Ergänze es oder lösche es.`, tone: "uncertain" };
}

/**
 * @param {Reading} reading
 * @param {string} task
 */
function sentenceForFooled(reading, task) {
  const text = plainText(reading);
  if (!text) return "Da kann ich keine Ziffer lesen.";
  if (text !== task) return reading.status === "accepted" ? `Für mich ist das ${a(text)}.` : `Vielleicht ${a(text)}.`;
  return reading.status === "accepted" ? `Das ist klar ${a(text)}.` : `Wahrscheinlich ${a(text)}, aber ich bin nicht sicher.`;
}

/**
 * @param {Turn} turn
 * @param {GameMode} mode
 */
function verdictOf({ asked, points, outcome }, mode) {
  if (mode !== "fool") return `Das ist ${a(asked)}.`;
  if (outcome === "skipped") return "Auch gut.";
  if (points === 100) return "Du hast mich getäuscht.";
  return points >= 50 ? "Fast hättest du mich getäuscht." : "Ich habe es durchschaut.";
}

// --- the results ---

/** @param {number} milliseconds */
export function inSeconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1).replace(".", ",")}\u00a0s`;
}

/**
 * @param {GameMode} mode
 * @param {Best} best
 */
export function bestResult(mode, best) {
  return `Bestes: ${mode === "fool" ? `${best.score}\u00a0%` : `${best.score} von ${best.of} in ${inSeconds(best.took)}`}`;
}

/** @param {Game} game */
export function resultTitle(game) {
  if (game.mode !== "fool") return `${rightIn(game)} von ${game.tasks.length}`;
  const points = Math.max(0, ...game.turns.map((turn) => turn.points));
  return points === 0 ? "Nicht getäuscht" : `Getäuscht: ${points}\u00a0%`;
}

/** @param {Game} game */
export function resultNote(game) {
  const run = longestStreak(game);
  const took = game.turns.reduce((sum, turn) => sum + turn.took, 0);
  return [
    game.isBest ? "Deine beste Runde bisher." : "",
    game.mode === "fool" ? "" : `Das dauerte ${inSeconds(took)}.`,
    game.mode !== "fool" && run > 1 ? `${run} in Folge.` : "",
  ].filter(Boolean).join(" ");
}

/** @param {Turn} turn */
export function askedIn({ asked }) {
  return `Gefragt: ${asked}`;
}

/**
 * What became of a drawing.
 * @param {Turn} turn
 */
export function outcomeOf({ outcome, reading, points, sheet }) {
  if (outcome === "drawn") return `${readAs(reading)}, ${points}\u00a0%`;
  if (isBlank(sheet)) return outcome === "late" ? "Zeit um" : "Übersprungen";
  return readAs(reading);
}

/** @param {Reading | null} reading */
function readAs(reading) {
  if (!reading) return "Nicht gelesen";
  const text = plainText(reading);
  if (!text) return "Keine Ziffer gelesen";
  return `Gelesen: ${text}${reading.status === "uncertain" ? "?" : ""}`;
}

/** @param {Correction} label */
export function keepAs(label) {
  return `Als ${label} behalten?`;
}

/** @param {Correction} label */
export function keptAs(label) {
  return `Als ${label} behalten.`;
}

export const PICTURE_TITLE = "Digits";
