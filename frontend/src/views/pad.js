import { drawStrokes } from "../pen.js";
import { isBlank } from "../strokes.js";
import { part } from "./parts.js";
import { onTheme } from "./theme.js";

/** @param {import("../state.js").Watch} watch */
export function showPad(watch) {
  const canvas = part("pad", HTMLCanvasElement);
  const hint = part("hint", HTMLElement);
  const context = canvas.getContext("2d");
  /** @type {readonly import("../strokes.js").Stroke[]} */
  let strokes = [];
  let frame = 0;

  function paint() {
    frame = 0;
    if (!context) return;
    context.clearRect(0, 0, canvas.width, canvas.height);
    drawStrokes(context, strokes, { side: canvas.width, ink: getComputedStyle(canvas).color });
  }

  function repaint() {
    frame ||= requestAnimationFrame(paint);
  }

  onDevicePixels(canvas, (pixels) => {
    canvas.width = pixels;
    canvas.height = pixels;
    // Resizing has emptied the canvas: waiting for the next frame would show it.
    paint();
  });
  onTheme(watch, repaint);
  watch((state) => state.drawing.strokes, (now) => {
    strokes = now;
    repaint();
  });
  watch((state) => isBlank(state.drawing), (empty) => {
    hint.hidden = !empty;
  });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(pixels: number) => void} resized its side in the pixels of the screen
 */
function onDevicePixels(canvas, resized) {
  let last = 0;
  const report = () => {
    const side = Math.max(1, Math.round(canvas.getBoundingClientRect().width * devicePixelRatio));
    if (side === last) return;
    last = side;
    resized(side);
  };
  new ResizeObserver(report).observe(canvas);
  onDensity(report);
}

/** @param {() => void} changed */
function onDensity(changed) {
  const again = () => {
    changed();
    onDensity(changed);
  };
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", again, { once: true });
}
