/** All texts of the game, in the language of the page. */

import { textsOf } from "../language.js";

/** @type {typeof import("./en/game.js")} */
const texts = await textsOf("game");

export const {
  AGAIN, CLEAR, CLOCK, CLOCK_NOTE, CLOSE, INTRODUCTION, MODES, NO, OTHER, PICTURE_TITLE, RETRY, SAVE, SAVING_NOTE,
  SKIP, TITLE, UNDO, askedIn, bestResult, bestSoFar, clockFace, confirmation, fooledBy, inSeconds, keepAs, keptAs, leadOf, outcomeOf,
  progress, resultNote, resultTitle, sentenceForPlay, streak, timeLeft,
} = texts;
