/** Texts that the scripts show at first, in the language of the page. */

import { textsOf } from "../language.js";

/** @type {typeof import("./en/page.js")} */
const texts = await textsOf("page");

export const {
  BARS, CLEARED, COPIED, FRESH_SHEET, HIDE_FIGURES, LOADING_FAILED, NO_FILE, OTHER_LANGUAGE, PEN_POSITION, RETRY, SAMPLE_TITLES, SAVING_FAILED, STATUS, TABLE_FAILED, THEMES, answerName,
  countdown, digitName, durationOf, fileErrors, penName, pictureAlt, readsFile, sampleName, sentenceForGuess, sentenceForProblem,
  sentenceForReading, sentenceForRefusal, tooLargeToSend,
} = texts;
