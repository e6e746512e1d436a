import { drawStrokes } from "../pen.js";
import { inkOf, SIDE } from "../square.js";
import { formatConfidence } from "../bars.js";
import { levelsOf } from "./input.js";
import { part, within } from "./parts.js";
import { onTheme } from "./theme.js";

/** Pixels on a side of a step's picture: sharp on any screen at the size that it is shown in. */
const PIXELS = 280;
/** Of the cut-out, around the ink. */
const MARGIN = 0.06;

/**
 * The way from the person's own picture to the answer.
 * @param {import("../state.js").Watch} watch
 */
export function showSteps(watch) {
  const [found, cut, centred] = ["step-found", "step-cut", "step-centred"].map((name) => part(name, HTMLCanvasElement));
  const read = part("step-read", HTMLElement);
  const given = within(part("picture", HTMLElement), ".frame img", HTMLImageElement);
  const square = part("input", HTMLImageElement);
  const tones = part("tones", HTMLElement);
  /** @type {Pick<import("../state.js").State, "drawing" | "reading" | "readFrom"> | null} */
  let shown = null;
  let empty = true;

  function paint() {
    const nothing = !shown?.reading && !shown?.drawing.picture;
    // A canvas costs a slow phone tens of milliseconds: none is made before there is something to show.
    if (nothing && empty) return;
    empty = nothing;
    const source = shown ? sourceOf(shown, given) : null;
    for (const canvas of [found, cut]) canvas.hidden = Boolean(shown?.drawing.picture) && given.complete && given.naturalWidth === 0;
    const box = shown?.reading?.box ?? null;
    paintFound(found, source, box);
    paintCut(cut, source, box);
    paintCentred(centred, shown?.reading?.square && square.complete ? square : null);
  }

  for (const image of [given, square]) image.addEventListener("load", paint);
  onTheme(watch, paint);
  watch((state) => (state.drawing.active ? null : state), (state) => {
    if (!state || (shown?.reading === state.reading && shown?.drawing.picture === state.drawing.picture)) return;
    shown = state;
    const { reading } = state;
    read.textContent = reading === null || reading.digit === null ? "–" : `${reading.digit}: ${formatConfidence(reading)}`;
    tones.textContent = state.reading?.box ? (state.reading.lightOnDark ? "Here the ink is the lighter." : "Here the ink is the darker.") : "";
    paint();
  });
}

/**
 * @typedef {object} Source something with pixels that can be drawn in parts
 * @property {number} width
 * @property {number} height
 * @property {(context: CanvasRenderingContext2D, scale: number) => void} draw with its top left corner at the origin
 */

/**
 * @param {Pick<import("../state.js").State, "drawing" | "reading" | "readFrom">} state
 * @param {HTMLImageElement} given
 * @returns {Source | null}
 */
function sourceOf({ drawing, reading, readFrom }, given) {
  if (drawing.picture) {
    const { naturalWidth: width, naturalHeight: height } = given;
    if (readFrom !== drawing.picture || !given.complete || width === 0) return null;
    return { width, height, draw: (context, scale) => context.drawImage(given, 0, 0, width * scale, height * scale) };
  }
  if (!reading) return null;
  return {
    width: PIXELS,
    height: PIXELS,
    draw: (context, scale) => drawStrokes(context, drawing.strokes, { side: PIXELS * scale, ink: colourOf(context.canvas, "color") }),
  };
}

/**
 * The whole picture, and where the ink is.
 * @param {HTMLCanvasElement} canvas
 * @param {Source | null} source
 * @param {import("../reading.js").Box | null} box
 */
function paintFound(canvas, source, box) {
  const context = blank(canvas, source !== null);
  if (!context || !source) return;
  const scale = PIXELS / Math.max(source.width, source.height);
  context.translate((PIXELS - source.width * scale) / 2, (PIXELS - source.height * scale) / 2);
  source.draw(context, scale);
  if (!box) return;
  const [x, y, width, height] = box.map((one) => one * scale);
  mark(context, () => context.strokeRect(x - 4, y - 4, width + 8, height + 8));
}

/**
 * The ink alone, its longest side as long as twenty of the square's pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {Source | null} source
 * @param {import("../reading.js").Box | null} box
 */
function paintCut(canvas, source, box) {
  const context = blank(canvas, source !== null && box !== null);
  if (!context || !source || !box) return;
  const [x, y, width, height] = box;
  const scale = (PIXELS * (1 - 2 * MARGIN)) / Math.max(width, height);
  context.translate((PIXELS - width * scale) / 2, (PIXELS - height * scale) / 2);
  context.beginPath();
  context.rect(0, 0, width * scale, height * scale);
  context.clip();
  context.translate(-x * scale, -y * scale);
  source.draw(context, scale);
}

/**
 * The square, its grid, and the ink's centre of mass in the middle.
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement | null} square
 */
function paintCentred(canvas, square) {
  const ink = square ? inkOf(levelsOf(square)) : null;
  const context = blank(canvas, ink !== null);
  if (!context || !square || !ink) return;
  const pixel = PIXELS / SIDE;
  context.imageSmoothingEnabled = false;
  context.drawImage(square, 0, 0, PIXELS, PIXELS);
  const { left, top, width, height, middle } = ink;
  mark(context, () => {
    context.strokeRect(left * pixel, top * pixel, width * pixel, height * pixel);
    const [x, y] = [middle.x * pixel, middle.y * pixel];
    context.beginPath();
    for (const [fromX, fromY, toX, toY] of [[x - 14, y, x + 14, y], [x, y - 14, x, y + 14]]) {
      context.moveTo(fromX, fromY);
      context.lineTo(toX, toY);
    }
    context.stroke();
  });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {boolean} full whether something is about to be painted: an empty one is not told as what it could show
 */
function blank(canvas, full) {
  canvas.setAttribute("aria-hidden", String(!full));
  canvas.width = PIXELS;
  canvas.height = PIXELS;
  return canvas.getContext("2d");
}

/**
 * Twice, so that it is seen on light and dark alike.
 * @param {CanvasRenderingContext2D} context
 * @param {() => void} draw
 */
function mark(context, draw) {
  for (const [width, colour] of /** @type {const} */ ([[6, "#fffdf7"], [2.5, "#1d4e89"]])) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    draw();
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} property
 */
function colourOf(element, property) {
  return getComputedStyle(element).getPropertyValue(property);
}
