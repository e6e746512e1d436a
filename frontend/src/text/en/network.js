/** Texts about the layers of the network. */

import { listOf, withArticle } from "./page.js";

export const NETWORK = Object.freeze({
  label: "The layers of the network",
  input: "Input",
  output: "Output",
  closer: "Point at a map, or tap it, to see what it responds to.",
});

/** @param {number} number counted from 1 */
export function layerName(number) {
  return `Layer ${number}`;
}

/** @param {number} shown @param {Layer} layer */
export function layerNote(shown, { channels, width, height }) {
  return `${shown} of ${channels} maps, ${width}×${height}`;
}

/** @type {Readonly<Record<string, string>>} */
const STROKES = { horizontal: "horizontal strokes", rising: "strokes that rise to the right", vertical: "vertical strokes", falling: "strokes that fall to the right" };
/** @type {Readonly<Record<string, string>>} */
const PLACES = { top: "in the upper part", bottom: "in the lower part", left: "on the left", right: "on the right" };

/**
 * What excites a map, measured on digits of many writers.
 * @param {Feature} feature
 * @param {number} layer counted from 1
 */
export function featureSentence({ channel, digits, strokes, place }, layer) {
  const where = place === null ? "" : `, mostly ${PLACES[place]}`;
  const what = strokes === null ? "" : ` It prefers ${STROKES[strokes]}.`;
  const which = digits.length > 0 ? `responds most to ${listOf(digits.map(withArticle))}` : "responds to many digits alike";
  return `Map ${channel + 1} of layer ${layer} ${which}${where}.${what}`;
}

/**
 * The picture in words.
 * @param {readonly { layer: number, feature: Feature }[]} strongest map of each layer
 */
export function networkInWords(strongest) {
  return strongest.map(({ layer, feature }) => `Strongest in layer ${layer}: ${featureSentence(feature, layer)}`).join(" ");
}
