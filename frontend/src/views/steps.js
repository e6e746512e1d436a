import { levelsOf } from "../canvas/picture.js";
import { SIDE, around, boxOfInk, inkOf } from "../canvas/geometry.js";
import { drawInk } from "../canvas/ink.js";
import { shownReading } from "../state/numbers.js";
import { polarity, stepResult } from "../text/more.js";
import { onTheme, part, within } from "./dom.js";

/** The side of each step's canvas: sharp on any screen. */
const PIXELS = 280;
/** Around the cropped ink, as a fraction of the side. */
const MARGIN = 0.06;
/** Milliseconds that a step takes when the digit moves from the picture to the square. */
const STEP = 150;

/**
 * Something that can be painted, with its top left corner at the origin.
 * @typedef {Size & { draw: (context: CanvasRenderingContext2D, scale: number) => void }} Source
 */

/** Where something is painted on a canvas: enlarged, and then moved. @typedef {{ scale: number, x: number, y: number }} View */

/** @typedef {Pick<State, "drawing" | "reading" | "readPicture" | "chosen">} Shown */

/**
 * The preprocessing steps of what is on the sheet, as one strip: the digit moves from the picture to the square.
 * @param {Watch} watch
 */
export function showSteps(watch) {
  const section = part("how", HTMLElement);
  const [found, cropped, centred] = ["step-found", "step-cropped", "step-centred"].map((name) => part(name, HTMLCanvasElement));
  const read = part("step-read", HTMLElement);
  const picture = within(part("picture", HTMLElement), ".frame img", HTMLImageElement);
  const square = part("input", HTMLImageElement);
  const ink = part("polarity", HTMLElement);
  const strip = createStrip(section, paint);
  /** @type {Shown | null} */
  let shown = null;

  /** @param {number} [step] how many steps are done; all if there is nothing to move */
  function paint(step = 3) {
    // On a slow phone, a canvas takes tens of milliseconds. None is painted before there is something to show.
    if (!shown?.reading) return;
    const source = sourceOf(shown, picture);
    for (const canvas of [found, cropped]) canvas.hidden = shown.drawing.picture !== null && picture.complete && picture.naturalWidth === 0;
    const box = boxOfDigit(shown);
    paintFound(found, source, box, step > 0);
    paintCropped(cropped, source, box, step - 1);
    paintCentred(centred, shownReading(shown)?.square && square.complete ? square : null, step - 2);
  }

  for (const image of [picture, square]) image.addEventListener("load", () => strip.repaint());
  onTheme(watch, () => strip.repaint());
  watch((state) => state.reading === null, (empty) => {
    section.hidden = empty;
  });
  watch((state) => (state.drawing.active ? null : state), (state) => {
    if (!state || (shown?.reading === state.reading && shown?.drawing.picture === state.drawing.picture && shown?.chosen === state.chosen)) return;
    const moves = shown?.reading !== state.reading || shown?.chosen !== state.chosen;
    shown = state;
    read.textContent = stepResult(shownReading(state));
    ink.textContent = state.readPicture && state.reading?.box ? polarity(state.reading.lightOnDark) : "";
    if (moves) strip.play();
    else strip.repaint();
  });
}

/**
 * Plays the steps when they are in view, once for each digit. Where less motion is asked for, it only paints their end.
 * @param {HTMLElement} section
 * @param {(step?: number) => void} paint
 */
function createStrip(section, paint) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let inView = false;
  let played = true;
  let start = 0;
  let frame = 0;

  /** @param {number} now */
  function tick(now) {
    start ||= now;
    const step = (now - start) / STEP;
    frame = step < 3 ? requestAnimationFrame(tick) : 0;
    paint(Math.min(3, step));
  }

  function play() {
    played = !still.matches && !inView ? false : true;
    if (still.matches || !inView) return repaint();
    cancelAnimationFrame(frame);
    start = 0;
    frame = requestAnimationFrame(tick);
  }

  function repaint() {
    if (frame === 0) paint();
  }

  new IntersectionObserver(([{ isIntersecting }]) => {
    inView = isIntersecting;
    if (inView && !played) play();
  }, { threshold: 0.15 }).observe(section);
  return { play, repaint };
}

// --- what is painted ---

/**
 * @param {Shown} state
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
    draw: (context, scale) => drawInk(context, drawing.strokes, { side: scale, ink: getComputedStyle(context.canvas).color }),
  };
}

/**
 * The box of the digit that the network read. That of a drawing has the width of the user's pen.
 * @param {Shown} state
 * @returns {Box | null}
 */
function boxOfDigit(state) {
  const box = shownReading(state)?.box ?? null;
  const { strokes } = state.drawing;
  if (!box || strokes.length === 0) return box;
  return state.reading?.numbers ? around(box, Math.max(...strokes.map(({ width }) => width))) : boxOfInk(strokes);
}

/**
 * The whole picture, with a box around the digit.
 * @param {HTMLCanvasElement} canvas
 * @param {Source | null} source
 * @param {Box | null} box
 * @param {boolean} isBoxed
 */
function paintFound(canvas, source, box, isBoxed) {
  const context = cleared(canvas, source !== null);
  if (!context || !source) return;
  const { scale } = looking(context, wholeOf(source));
  source.draw(context, scale);
  if (!box || !isBoxed) return;
  const [x, y, width, height] = box.map((one) => one * scale);
  strokeTwice(context, () => context.strokeRect(x - 4, y - 4, width + 8, height + 8));
}

/**
 * The picture, from whole to cropped to the digit.
 * @param {HTMLCanvasElement} canvas
 * @param {Source | null} source
 * @param {Box | null} box
 * @param {number} progress
 */
function paintCropped(canvas, source, box, progress) {
  const context = cleared(canvas, source !== null && box !== null && progress > 0);
  if (!context || !source || !box || progress <= 0) return;
  const { scale } = looking(context, between(wholeOf(source), cropOf(box), progress));
  if (progress >= 1) {
    const [x, y, width, height] = box.map((one) => one * scale);
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
  }
  source.draw(context, scale);
}

/**
 * The network's input, from cropped to centred, with the bounding box and the centre of mass of its ink.
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement | null} square
 * @param {number} progress
 */
function paintCentred(canvas, square, progress) {
  const ink = square ? inkOf(levelsOf(square, SIDE)) : null;
  const context = cleared(canvas, ink !== null && progress > 0);
  if (!context || !square || !ink || progress <= 0) return;
  const { left, top, width, height, middle } = ink;
  context.imageSmoothingEnabled = false;
  const { scale } = looking(context, between(cropOf([left, top, width, height]), wholeOf({ width: SIDE, height: SIDE }), progress));
  context.drawImage(square, 0, 0, SIDE * scale, SIDE * scale);
  if (progress < 1) return;
  strokeTwice(context, () => {
    context.strokeRect(left * scale, top * scale, width * scale, height * scale);
    const [x, y] = [middle.x * scale, middle.y * scale];
    context.beginPath();
    for (const [fromX, fromY, toX, toY] of [[x - 14, y, x + 14, y], [x, y - 14, x, y + 14]]) {
      context.moveTo(fromX, fromY);
      context.lineTo(toX, toY);
    }
    context.stroke();
  });
}

// --- where it is painted ---

/**
 * @param {Size} size
 * @returns {View} of the whole
 */
function wholeOf({ width, height }) {
  const scale = PIXELS / Math.max(width, height);
  return { scale, x: (PIXELS - width * scale) / 2, y: (PIXELS - height * scale) / 2 };
}

/**
 * @param {Box} box
 * @returns {View} of what is in the box
 */
function cropOf([x, y, width, height]) {
  const scale = (PIXELS * (1 - 2 * MARGIN)) / Math.max(width, height);
  return { scale, x: PIXELS / 2 - (x + width / 2) * scale, y: PIXELS / 2 - (y + height / 2) * scale };
}

/**
 * @param {View} from
 * @param {View} to
 * @param {number} progress 0..1; what is more is the end
 * @returns {View}
 */
function between(from, to, progress) {
  // Fast at first, then slower.
  const share = 1 - (1 - Math.min(1, progress)) ** 2;
  const mixed = (/** @type {number} */ one, /** @type {number} */ other) => one + (other - one) * share;
  return { scale: mixed(from.scale, to.scale), x: mixed(from.x, to.x), y: mixed(from.y, to.y) };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 */
function looking(context, view) {
  context.translate(view.x, view.y);
  return view;
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
