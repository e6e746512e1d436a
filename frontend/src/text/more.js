/** Texts that are needed after the first reading, in the language of the page. */

import { textsOf } from "../language.js";

/** @type {typeof import("./en/more.js")} */
const texts = await textsOf("more");

export const {
  EXPLANATION, LABELS, RETRY, UNDO, UNREAD, UNSURE, backToTable, confirmClear, entryLabel, entryName, howToCorrect, legendOf, polarity,
  readTheRest, retryAll, retryName, saveCorrections, savedAs, sentenceForTable, stepResult, tableLink, tableTitle, whyNot,
} = texts;
