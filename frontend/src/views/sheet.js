import { areaOf, fitted, isShowable } from "../canvas/geometry.js";
import { newPainter } from "../canvas/ink.js";
import { isBlank } from "../state/drawing.js";
import { PEN_POSITION, pictureAlt } from "../text/page.js";
import { onTheme, part, place, within } from "./dom.js";

// --- the canvas ---

/** @param {Watch} watch */
export function showPad(watch) {
  const canvas = part("pad", HTMLCanvasElement);
  const hint = part("hint", HTMLElement);
  const layer = document.createElement("canvas");
  const [visible, settled] = [canvas, layer].map((one) => one.getContext("2d"));
  const painter = visible && settled && newPainter(visible, { surface: settled, layer });
  /** @type {Pick<Drawing, "strokes" | "active" | "eraser">} */
  let drawing = { strokes: [], active: false, eraser: null };
  let frame = 0;

  function paint() {
    frame = 0;
    painter?.paint(drawing.strokes, { side: canvas.width, ink: getComputedStyle(canvas).color, active: drawing.active && !drawing.eraser });
  }

  function repaint() {
    frame ||= requestAnimationFrame(paint);
  }

  onResize(canvas, (pixels) => {
    canvas.width = pixels;
    canvas.height = pixels;
    // Resizing empties the canvas. Painting in the next frame would flicker.
    paint();
  });
  onTheme(watch, repaint);
  watch((state) => state.drawing, (now) => {
    if (now.strokes === drawing.strokes && now.active === drawing.active) return;
    drawing = now;
    repaint();
  });
  watch((state) => isBlank(state.drawing), (empty) => {
    hint.hidden = !empty;
  });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {(pixels: number) => void} resized gets the side in pixels of the screen
 */
function onResize(canvas, resized) {
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

// --- the keyboard's pen ---

/** @param {Watch} watch */
export function showCursor(watch) {
  const cursor = part("cursor", HTMLElement);
  const position = part("cursor-status", HTMLElement);
  watch((state) => state.cursor, (now) => {
    cursor.hidden = now === null;
    if (now) place(cursor, { left: now.x, top: now.y });
    cursor.classList.toggle("down", now?.down ?? false);
  });
  watch((state) => state.cursor?.down ?? null, (down) => {
    position.textContent = down === null ? "" : PEN_POSITION[down ? "down" : "up"];
  });
}

// --- the picture ---

/** Smaller pictures are shown with sharp pixels. */
const FEW_PIXELS = 100;

/** @param {Watch} watch */
export function showPicture(watch) {
  const figure = part("picture", HTMLElement);
  const frame = within(figure, ".frame", HTMLElement);
  const image = within(figure, "img", HTMLImageElement);
  const outline = within(figure, ".outline", HTMLElement);
  const name = within(figure, ".name", HTMLElement);
  const unseen = within(figure, ".unseen", HTMLElement);
  const comfort = within(unseen, ".comfort", HTMLElement);
  /** @type {Box | null} */
  let box = null;

  function placeOutline() {
    const natural = { width: image.naturalWidth, height: image.naturalHeight };
    const shown = box !== null && natural.width > 0 && !frame.hidden;
    outline.hidden = !shown;
    if (box && shown) place(outline, areaOf(box, natural));
  }

  image.addEventListener("load", () => {
    const natural = { width: image.naturalWidth, height: image.naturalHeight };
    // The frame is still hidden, so the browser has only read the header of the file and not decoded it.
    unseen.hidden = isShowable(natural);
    if (!isShowable(natural)) return;
    place(frame, fitted(natural));
    frame.classList.toggle("coarse", Math.max(natural.width, natural.height) < FEW_PIXELS);
    frame.hidden = false;
    placeOutline();
  });
  image.addEventListener("error", () => {
    unseen.hidden = false;
  });

  watch((state) => state.drawing.picture, (picture) => {
    if (image.src) URL.revokeObjectURL(image.src);
    figure.hidden = picture === null;
    frame.hidden = true;
    unseen.hidden = true;
    if (!picture) return image.removeAttribute("src");
    name.textContent = picture.name;
    image.alt = pictureAlt(picture.name);
    image.src = URL.createObjectURL(picture);
  });
  watch((state) => (state.readPicture && state.readPicture === state.drawing.picture ? (state.reading?.box ?? null) : null), (found) => {
    box = found;
    placeOutline();
  });
  watch((state) => state.problem !== null, (failed) => {
    comfort.hidden = failed;
  });
}
