import { CARD, drawCard } from "./card.js";
import { decoded, isCanvasReadable, newCanvas, toBlob } from "./picture.js";

/**
 * The sheet and its reading as a PNG, in the theme of the page.
 * @param {Card} card
 * @returns {Promise<Blob>} rejects if the browser keeps what is on a canvas to itself
 */
export async function toPicture(card) {
  if (!isCanvasReadable()) throw new Error("this browser does not let the page read a canvas");
  const { canvas, context } = newCanvas(CARD.width, CARD.height);
  const photograph = card.picture && (await decoded(card.picture));
  drawCard(context, card, palette(), photograph);
  photograph?.close();
  return toBlob(canvas, "image/png");
}

/** The colours and the font of the stylesheet. */
function palette() {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const property = (name) => style.getPropertyValue(`--${name}`).trim();
  const [desk, sheet, ink, soft, edge, amber, hand] = ["desk", "sheet", "ink", "soft", "edge", "amber", "hand"].map(property);
  return { desk, sheet, ink, soft, edge, amber, hand };
}
