import { sentenceForProblem } from "../words.js";
import { inkOf, squareArea, SIDE } from "../square.js";
import { part, within } from "./parts.js";
import { place } from "./picture.js";

/** Pixels on a side of a drawing as it is sent, which its box is told in. */
const DRAWING = 280;

/** @param {import("../state.js").Watch} watch */
export function showInput(watch) {
  const input = part("input", HTMLImageElement);
  const explanation = part("explanation", HTMLImageElement);
  const why = part("why", HTMLButtonElement);
  const legend = part("legend", HTMLElement);
  watch((state) => state.reading?.square ?? null, (square) => show(input, square));
  watch((state) => (state.explaining ? (state.reading?.explanation ?? null) : null), (shown) => show(explanation, shown));
  watch((state) => state.explaining, (explaining) => why.setAttribute("aria-pressed", String(explaining)));
  watch(legendFor, (words) => {
    legend.textContent = words;
  });
  watch((state) => (state.explaining && state.reading?.explanation ? state.reading : null), (reading) => {
    if (reading?.legend) legend.replaceChildren(...colourKeys(reading.legend, reading.digit));
  });
}

/**
 * What the network saw, laid over the sheet where it took it from.
 * @param {import("../state.js").Watch} watch
 */
export function showLens(watch) {
  const lens = part("lens", HTMLElement);
  const [square, explanation] = [".square-copy", ".explanation-copy"].map((name) => within(lens, name, HTMLImageElement));
  const button = part("lay", HTMLButtonElement);
  const sheet = part("sheet", HTMLElement);
  const picture = part("picture", HTMLElement);
  const frame = within(picture, ".frame", HTMLElement);
  const image = within(frame, "img", HTMLImageElement);
  /** @type {{ box: import("../reading.js").Box, ofPicture: boolean } | null} */
  let laid = null;

  function lay() {
    // Until a new square has loaded, the image has the pixels of the last one, which lie where they are.
    if (laid && square.currentSrc !== square.src) return;
    const ink = laid && square.complete && square.naturalWidth === SIDE ? inkOf(levelsOf(square)) : null;
    // A picture that is not shown, or not yet, has no place where the square could lie.
    lens.hidden = !laid || !ink || (laid.ofPicture && frame.hidden);
    if (!laid || !ink || lens.hidden) return;
    (laid.ofPicture ? frame : sheet).append(lens);
    const size = laid.ofPicture ? { width: image.naturalWidth, height: image.naturalHeight } : { width: DRAWING, height: DRAWING };
    place(lens, squareArea(ink, laid.box, size));
  }

  for (const one of [square, image]) one.addEventListener("load", lay);
  watch((state) => state.laid, (wanted) => button.setAttribute("aria-pressed", String(wanted)));
  watch((state) => state.reading?.square ?? null, (source) => show(square, source));
  watch((state) => (state.explaining ? (state.reading?.explanation ?? null) : null), (source) => show(explanation, source));
  watch((state) => (state.laid && !state.drawing.active && state.readFrom === state.drawing.picture ? state : null)?.reading ?? null, (reading) => {
    laid = reading?.box ? { box: reading.box, ofPicture: !picture.hidden } : null;
    lay();
  });
}

/**
 * @param {HTMLImageElement} image
 * @param {string | null} source
 */
function show(image, source) {
  image.hidden = source === null;
  if (source) image.src = source;
  else image.removeAttribute("src");
}

/** @param {import("../state.js").State} state */
function legendFor({ explaining, reading, asking, unexplained }) {
  if (!explaining) return "";
  if (unexplained) return sentenceForProblem(unexplained);
  if (reading?.explanation) return "";
  return asking && reading ? "I am weighing every pixel." : "It is shown for what is on the sheet.";
}

/**
 * The legend, in the colours that the server used.
 * @param {import("../reading.js").Legend} colours
 * @param {number | null} digit
 * @returns {HTMLElement[]}
 */
function colourKeys(colours, digit) {
  const subject = digit === null ? "the likeliest digit" : `the ${digit}`;
  const keys = /** @type {const} */ ([["for", `supports ${subject}`], ["against", `speaks against ${subject}`]]);
  return keys.map(([side, meaning]) => {
    const key = document.createElement("span");
    key.className = "key";
    key.dataset.side = side;
    key.style.setProperty("--key", colours[side]);
    key.textContent = meaning;
    return key;
  });
}

/**
 * @param {HTMLImageElement} square
 * @returns {number[]} row by row
 */
export function levelsOf(square) {
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext("2d");
  if (!context) return [];
  context.drawImage(square, 0, 0);
  return [...context.getImageData(0, 0, SIDE, SIDE).data].filter((_, at) => at % 4 === 0);
}
