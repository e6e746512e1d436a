/** What the network's layers see: the feature maps of each convolution, and what excites them. */

import { toPng } from "../api/upload.js";

/**
 * @param {any} body of the response
 * @returns {Layer[]} empty if the model can't show them
 */
export function toLayers(body) {
  return Array.isArray(body?.activations) ? body.activations.filter(isLayer) : [];
}

/** @param {any} value */
function isLayer(value) {
  const sizes = [value?.width, value?.height, value?.channels];
  return typeof value?.layer === "string" && sizes.every((one) => Number.isInteger(one) && one > 0) && String(value.image).startsWith("data:image/png");
}

/**
 * @param {any} card of the model
 * @returns {Feature[]} in the order of the layers
 */
export function toFeatures(card) {
  return Array.isArray(card?.features) ? card.features.filter((/** @type {any} */ one) => typeof one?.layer === "string" && Number.isInteger(one.channel) && Array.isArray(one.digits)) : [];
}

/**
 * What should be lit up: the square whose bars are shown, and what to send for it. A number's digits and pictures are sent as their
 * squares, because the server leaves a square as it is.
 * @param {Reading | null} shown the reading whose bars are shown
 * @param {Pick<State, "reading" | "sent" | "drawing">} state
 * @returns {{ square: string, content: File | Columns[] } | null}
 */
export function wantedLayers(shown, { reading, sent, drawing }) {
  if (!shown?.square || !sent || !reading) return null;
  const drawn = !reading.numbers && !drawing.picture && !(sent.content instanceof File);
  return { square: shown.square, content: drawn ? /** @type {Columns[]} */ (sent.content) : toPng("square.png", shown.square) };
}
