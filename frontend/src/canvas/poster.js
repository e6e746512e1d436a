import { isBlank } from "../state/drawing.js";
import { outcomeOf, resultNote, resultTitle, PICTURE_TITLE } from "../text/game.js";
import { drawInk } from "./ink.js";

/** In pixels. */
const WIDTH = 1080;
const MARGIN = 72;
const GAP = 24;
const COLUMNS = 5;
const HEAD = 210;
const CAPTION = 84;

/**
 * The results of a round as a picture, in the colours of the theme.
 * @param {Game} game
 * @returns {Promise<Blob>} PNG
 */
export function paintPoster(game) {
  const side = Math.floor((WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS);
  const turns = game.turns.filter(({ sheet }) => !isBlank(sheet));
  const rows = Math.ceil(turns.length / COLUMNS);
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = MARGIN + HEAD + rows * (side + CAPTION) + MARGIN;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("a canvas can't be painted on");
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name of a custom property */
  const colour = (name) => style.getPropertyValue(name).trim();
  context.fillStyle = colour("--desk");
  context.fillRect(0, 0, WIDTH, canvas.height);
  write(context, resultTitle(game), { x: MARGIN, y: MARGIN + 70, font: `600 84px ${colour("--hand")}`, ink: colour("--ink") });
  write(context, resultNote(game), { x: MARGIN, y: MARGIN + 132, font: `34px ${colour("--hand")}`, ink: colour("--soft") });
  const right = `34px ${colour("--hand")}`;
  context.textAlign = "right";
  write(context, PICTURE_TITLE, { x: WIDTH - MARGIN, y: MARGIN + 70, font: right, ink: colour("--soft") });
  context.textAlign = "left";
  turns.forEach((turn, at) => {
    const x = MARGIN + (at % COLUMNS) * (side + GAP);
    const y = MARGIN + HEAD - 24 + Math.floor(at / COLUMNS) * (side + CAPTION);
    context.fillStyle = colour("--sheet");
    context.fillRect(x, y, side, side);
    context.strokeStyle = colour("--line");
    context.lineWidth = 2;
    context.strokeRect(x, y, side, side);
    context.save();
    context.translate(x, y);
    drawInk(context, turn.sheet.strokes, { side, ink: colour("--ink") });
    context.restore();
    write(context, turn.asked, { x, y: y + side + 36, font: `600 32px ${colour("--hand")}`, ink: colour("--ink") });
    write(context, outcomeOf(turn), { x, y: y + side + 64, font: `22px ${colour("--plain")}`, ink: colour("--soft") });
  });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture of the results can't be saved"))), "image/png");
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {{ x: number, y: number, font: string, ink: string }} how
 */
function write(context, text, { x, y, font, ink }) {
  context.font = font;
  context.fillStyle = ink;
  context.fillText(text, x, y);
}
