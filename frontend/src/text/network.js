/** Texts about the layers of the network, in the language of the page. */

import { textsOf } from "../language.js";

/** @type {typeof import("./en/network.js")} */
const texts = await textsOf("network");

export const { NETWORK, featureSentence, layerName, layerNote, networkInWords } = texts;
