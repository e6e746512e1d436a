/** A picture of the sheet and its reading, in the shape that apps show beside a link. */

import { fitted } from "./geometry.js";
import { drawInk } from "./ink.js";

export const CARD = Object.freeze({ width: 1200, height: 630 });
const MARGIN = 40;
const SIDE = CARD.height - 2 * MARGIN;
/** Where the reading is. */
const LEFT = SIDE + 2.5 * MARGIN;
const WIDTH = CARD.width - LEFT - MARGIN;
const ANSWER_LINE = 330;
const LARGEST = 340;
/** The share of its size that a digit is wide. */
const LETTER = 0.54;
const SENTENCE = 38;
const ALONE = 52;
const LINE_HEIGHT = 1.3;

/**
 * @typedef {Record<"desk" | "sheet" | "ink" | "soft" | "edge" | "amber" | "hand", string>} Palette colours, and a font
 * @typedef {CanvasImageSource & { width: number, height: number }} Photograph
 */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Card} card
 * @param {Palette} palette
 * @param {Photograph | null} photograph null if there is none, or the browser can't show it
 */
export function drawCard(context, card, palette, photograph) {
  context.fillStyle = palette.desk;
  context.fillRect(0, 0, CARD.width, CARD.height);
  drawSheet(context, card, palette, photograph);
  drawReading(context, card, palette);
  context.fillStyle = palette.soft;
  context.font = `600 30px ${palette.hand}`;
  context.textAlign = "right";
  context.fillText("Digits", CARD.width - MARGIN, CARD.height - MARGIN - 4);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Card} card
 * @param {Palette} palette
 * @param {Photograph | null} photograph
 */
function drawSheet(context, { strokes, picture }, palette, photograph) {
  context.save();
  context.translate(MARGIN, MARGIN);
  context.beginPath();
  context.rect(0, 0, SIDE, SIDE);
  context.fillStyle = palette.sheet;
  context.fill();
  context.clip();
  if (photograph) drawPhotograph(context, photograph);
  else if (picture) drawName(context, picture.name, palette);
  else drawInk(context, strokes, { side: SIDE, ink: palette.ink });
  context.restore();
  context.strokeStyle = palette.edge;
  context.lineWidth = 1;
  context.strokeRect(MARGIN + 0.5, MARGIN + 0.5, SIDE - 1, SIDE - 1);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Photograph} photograph
 */
function drawPhotograph(context, photograph) {
  const space = SIDE - MARGIN;
  const size = fitted(photograph);
  const [width, height] = [size.width * space, size.height * space];
  const [left, top] = [(SIDE - width) / 2, (SIDE - height) / 2];
  // Few pixels stay sharp, as on the page.
  context.imageSmoothingEnabled = Math.max(photograph.width, photograph.height) >= 100;
  context.imageSmoothingQuality = "high";
  // Between the papers of both themes: a transparent picture may have black or white ink.
  context.fillStyle = "#9a9284";
  context.fillRect(left, top, width, height);
  context.drawImage(photograph, left, top, width, height);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} name of the file
 * @param {Palette} palette
 */
function drawName(context, name, palette) {
  context.fillStyle = palette.soft;
  context.font = `italic 32px ${palette.hand}`;
  context.textAlign = "center";
  context.fillText(name, SIDE / 2, SIDE / 2, SIDE - MARGIN);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Card} card
 * @param {Palette} palette
 */
function drawReading(context, { answer, sentence, unsure }, palette) {
  context.fillStyle = unsure ? palette.amber : palette.ink;
  context.textAlign = "left";
  if (answer === "") return drawLines(context, sentence, { size: ALONE, bottom: CARD.height / 2, palette });
  context.font = `${answerSize(answer)}px ${palette.hand}`;
  context.fillText(answer, LEFT, ANSWER_LINE, WIDTH);
  context.strokeStyle = context.fillStyle;
  context.lineWidth = 3;
  context.beginPath();
  context.setLineDash(unsure ? [12, 9] : []);
  context.moveTo(LEFT, ANSWER_LINE + 22);
  context.lineTo(LEFT + WIDTH, ANSWER_LINE + 22);
  context.stroke();
  context.setLineDash([]);
  drawLines(context, sentence, { size: SENTENCE, bottom: ANSWER_LINE + 90, palette });
}

/**
 * As large as its place allows.
 * @param {string} answer
 */
export function answerSize(answer) {
  return Math.min(LARGEST, WIDTH / (LETTER * answer.length));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {{ size: number, bottom: number, palette: Palette }} how with the place of the first line
 */
function drawLines(context, text, { size, bottom, palette }) {
  context.font = `${size}px ${palette.hand}`;
  const lines = wrapped(text, (line) => context.measureText(line).width <= WIDTH);
  lines.forEach((line, at) => context.fillText(line, LEFT, bottom + at * size * LINE_HEIGHT, WIDTH));
}

/**
 * @param {string} text
 * @param {(line: string) => boolean} fits
 * @returns {string[]} lines; a word that does not fit has one of its own
 */
export function wrapped(text, fits) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const longer = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length > 0 && fits(longer)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
