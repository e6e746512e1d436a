import { levelsOf } from "../canvas/picture.js";
import { SIDE, inkOf } from "../canvas/geometry.js";
import { drawStrokes } from "../canvas/pen.js";
import { shownReading } from "../state/numbers.js";
import { EXPLANATION, legendOf, polarity, sentenceForProblem, stepResult } from "../text.js";
import { newSpan, onTheme, part, showImage, within } from "./dom.js";

// --- what the network saw ---

/** @param {Watch} watch */
export function showInput(watch) {
  const input = part("input", HTMLImageElement);
  const explanation = part("explanation", HTMLImageElement);
  const why = part("why", HTMLButtonElement);
  const legend = part("legend", HTMLElement);
  watch((state) => shownReading(state)?.square ?? null, (source) => showImage(input, source));
  watch((state) => (state.explaining ? (state.reading?.explanation ?? null) : null), (source) => showImage(explanation, source));
  watch((state) => state.explaining, (explaining) => why.setAttribute("aria-pressed", String(explaining)));
  watch(explanationStatus, (text) => {
    legend.textContent = text;
  });
  watch((state) => (state.explaining && state.reading?.explanation ? state.reading : null), (reading) => {
    if (reading?.legend) legend.replaceChildren(...newKeys(reading.legend, reading.digit));
  });
}

/** @param {State} state */
function explanationStatus({ explaining, reading, recognizing, explanationProblem }) {
  if (!explaining) return "";
  if (explanationProblem) return sentenceForProblem(explanationProblem);
  if (reading?.explanation) return "";
  return recognizing && reading ? EXPLANATION.pending : EXPLANATION.none;
}

/**
 * The keys of the legend, in the colours that the server used.
 * @param {Legend} colours
 * @param {number | null} digit
 */
function newKeys(colours, digit) {
  const meaning = legendOf(digit);
  return /** @type {const} */ (["for", "against"]).map((side) => {
    const key = newSpan("key", meaning[side]);
    key.dataset.side = side;
    key.style.setProperty("--key", colours[side]);
    return key;
  });
}

// --- how it was read ---

/** The side of each step's canvas: sharp on any screen. */
const PIXELS = 280;
/** Around the cropped ink, as a fraction of the side. */
const MARGIN = 0.06;

/**
 * The preprocessing steps of what is on the sheet.
 * @param {Watch} watch
 */
export function showSteps(watch) {
  const section = part("how", HTMLElement);
  const [found, cropped, centred] = ["step-found", "step-cropped", "step-centred"].map((name) => part(name, HTMLCanvasElement));
  const read = part("step-read", HTMLElement);
  const picture = within(part("picture", HTMLElement), ".frame img", HTMLImageElement);
  const square = part("input", HTMLImageElement);
  const ink = part("polarity", HTMLElement);
  /** @type {Pick<State, "drawing" | "reading" | "readPicture" | "chosen"> | null} */
  let shown = null;
  let empty = true;

  function paint() {
    const nothing = !shown?.reading && !shown?.drawing.picture;
    // On a slow phone, a canvas takes tens of milliseconds. None is painted before there is something to show.
    if (nothing && empty) return;
    empty = nothing;
    const source = shown ? sourceOf(shown, picture) : null;
    for (const canvas of [found, cropped]) canvas.hidden = Boolean(shown?.drawing.picture) && picture.complete && picture.naturalWidth === 0;
    const box = shown?.reading?.box ?? null;
    paintFound(found, source, box);
    paintCropped(cropped, source, box);
    paintCentred(centred, shown && shownReading(shown)?.square && square.complete ? square : null);
  }

  watch((state) => state.reading === null, (empty) => {
    section.hidden = empty;
  });
  for (const image of [picture, square]) image.addEventListener("load", paint);
  onTheme(watch, paint);
  watch((state) => (state.drawing.active ? null : state), (state) => {
    if (!state || (shown?.reading === state.reading && shown?.drawing.picture === state.drawing.picture)) return;
    shown = state;
    read.textContent = stepResult(state.reading);
    ink.textContent = state.readPicture && state.reading?.box ? polarity(state.reading.lightOnDark) : "";
    paint();
  });
}

/**
 * Something that can be painted, with its top left corner at the origin.
 * @typedef {Size & { draw: (context: CanvasRenderingContext2D, scale: number) => void }} Source
 */

/**
 * @param {Pick<State, "drawing" | "reading" | "readPicture">} state
 * @param {HTMLImageElement} picture
 * @returns {Source | null}
 */
function sourceOf({ drawing, reading, readPicture }, picture) {
  if (drawing.picture) {
    const { naturalWidth: width, naturalHeight: height } = picture;
    if (readPicture !== drawing.picture || !picture.complete || width === 0) return null;
    return { width, height, draw: (context, scale) => context.drawImage(picture, 0, 0, width * scale, height * scale) };
  }
  if (!reading) return null;
  return {
    width: 1,
    height: 1,
    draw: (context, scale) => drawStrokes(context, drawing.strokes, { side: scale, ink: getComputedStyle(context.canvas).color }),
  };
}

/**
 * The whole picture, with a box around the ink.
 * @param {HTMLCanvasElement} canvas
 * @param {Source | null} source
 * @param {Box | null} box
 */
function paintFound(canvas, source, box) {
  const context = cleared(canvas, source !== null);
  if (!context || !source) return;
  const scale = PIXELS / Math.max(source.width, source.height);
  context.translate((PIXELS - source.width * scale) / 2, (PIXELS - source.height * scale) / 2);
  source.draw(context, scale);
  if (!box) return;
  const [x, y, width, height] = box.map((one) => one * scale);
  strokeTwice(context, () => context.strokeRect(x - 4, y - 4, width + 8, height + 8));
}

/**
 * The picture, cropped to the ink.
 * @param {HTMLCanvasElement} canvas
 * @param {Source | null} source
 * @param {Box | null} box
 */
function paintCropped(canvas, source, box) {
  const context = cleared(canvas, source !== null && box !== null);
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
 * The network's input, with the bounding box and the centre of mass of its ink.
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement | null} square
 */
function paintCentred(canvas, square) {
  const ink = square ? inkOf(levelsOf(square, SIDE)) : null;
  const context = cleared(canvas, ink !== null);
  if (!context || !square || !ink) return;
  const pixel = PIXELS / SIDE;
  context.imageSmoothingEnabled = false;
  context.drawImage(square, 0, 0, PIXELS, PIXELS);
  const { left, top, width, height, middle } = ink;
  strokeTwice(context, () => {
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
 * @param {boolean} used whether something will be painted; screen readers skip an empty canvas
 */
function cleared(canvas, used) {
  canvas.setAttribute("aria-hidden", String(!used));
  canvas.width = PIXELS;
  canvas.height = PIXELS;
  return canvas.getContext("2d");
}

/**
 * Strokes in a light and in a dark colour, to be visible on any picture.
 * @param {CanvasRenderingContext2D} context
 * @param {() => void} stroke
 */
function strokeTwice(context, stroke) {
  for (const [width, colour] of /** @type {const} */ ([[6, "#fffdf7"], [2.5, "#1d4e89"]])) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    stroke();
  }
}
