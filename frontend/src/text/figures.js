/** Texts about how well the model reads, in the language of the page. */

import { textsOf } from "../language.js";

/** @type {typeof import("./en/figures.js")} */
const texts = await textsOf("figures");

export const { FIGURES } = texts;
