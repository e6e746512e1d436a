/** Texts about the layers of the network. Same exports as ../en/network.js. */

import { listOf, withArticle } from "./page.js";

export const NETWORK = Object.freeze({
  label: "Die Schichten des Netzes",
  input: "Eingabe",
  output: "Ausgabe",
  closer: "Zeige auf eine Karte oder tippe sie an, um zu sehen, worauf sie anspricht.",
});

/** @param {number} number counted from 1 */
export function layerName(number) {
  return `Schicht ${number}`;
}

/** @param {number} shown @param {Layer} layer */
export function layerNote(shown, { channels, width, height }) {
  return `${shown} von ${channels} Karten, ${width}×${height}`;
}

/** @type {Readonly<Record<string, string>>} */
const STROKES = { horizontal: "waagrechte Striche", rising: "nach rechts steigende Striche", vertical: "senkrechte Striche", falling: "nach rechts fallende Striche" };
/** @type {Readonly<Record<string, string>>} */
const PLACES = { top: "im oberen Teil", bottom: "im unteren Teil", left: "links", right: "rechts" };

/**
 * @param {Feature} feature
 * @param {number} layer counted from 1
 */
export function featureSentence({ channel, digits, strokes, place }, layer) {
  const where = place === null ? "" : `, vor allem ${PLACES[place]}`;
  const what = strokes === null ? "" : ` Sie bevorzugt ${STROKES[strokes]}.`;
  const which = digits.length > 0 ? `spricht am meisten auf ${listOf(digits.map(withArticle))} an` : "spricht auf viele Ziffern gleich an";
  return `Karte ${channel + 1} der Schicht ${layer} ${which}${where}.${what}`;
}

/** @param {readonly { layer: number, feature: Feature }[]} strongest map of each layer */
export function networkInWords(strongest) {
  return strongest.map(({ layer, feature }) => `Am stärksten in Schicht ${layer}: ${featureSentence(feature, layer)}`).join(" ");
}
