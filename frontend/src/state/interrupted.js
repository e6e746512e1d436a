/** A game that goes on after a reload. Its sheets are drawings, never pictures, so it is plain JSON. */

import { LIMITS, newGame } from "./rounds.js";
import { stopped } from "./stopwatch.js";

/** @typedef {Omit<Game, "before" | "bests"> & { strokes: readonly Stroke[] }} KeptGame with what is on the sheet */

/**
 * The clock is stopped until the next stroke.
 * @param {Game} game
 * @param {readonly Stroke[]} strokes
 * @param {number} now
 * @returns {KeptGame}
 */
export function toKept({ before, bests, ...round }, strokes, now) {
  return { ...round, clock: stopped(round.clock, now), waiting: true, away: false, strokes };
}

/**
 * @param {KeptGame} kept
 * @param {Game} opened with what the page showed before, and the best results
 * @returns {Game}
 */
export function fromKept({ strokes, ...round }, { before, bests }) {
  return { ...newGame(before, bests), ...round };
}

/**
 * @param {any} kept as it was stored
 * @returns {kept is KeptGame}
 */
export function isKeptGame(kept) {
  const isWhole = [kept?.tasks, kept?.turns, kept?.strokes].every(Array.isArray) && typeof kept.clock?.elapsed === "number";
  return isWhole && (kept.mode === null || kept.mode in LIMITS);
}
