/** Texts for when the page is shared, presented or embedded, in the language of the page. */

import { textsOf } from "../language.js";

/** @type {typeof import("./en/share.js")} */
const texts = await textsOf("share");

export const { BROKEN_LINK, MODES, NO_LINK, SAID, SHARE, fileNameOf, titleOf } = texts;
