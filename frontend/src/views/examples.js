import { toSvgPath } from "../canvas/ink.js";
import { SAMPLES, toPngUrl } from "../state/samples.js";
import { SAMPLE_TITLES, sampleName } from "../text/page.js";
import { newButton, part } from "./dom.js";

export function showSamples() {
  part("samples", HTMLElement).replaceChildren(...SAMPLES.map(newSample));
}

/** @param {Sample} sample */
function newSample(sample) {
  const button = newButton();
  const title = SAMPLE_TITLES[sample.id];
  button.dataset.sample = sample.id;
  button.title = title;
  button.setAttribute("aria-label", sampleName(title));
  button.append(sample.strokes ? newThumbnail(sample.strokes) : newPixels(toPngUrl(sample.png)));
  const item = document.createElement("li");
  // Browsers don't drag buttons.
  item.draggable = true;
  item.append(button);
  return item;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * Strokes in the colour of the text.
 * @param {readonly Stroke[]} strokes
 * @returns {SVGElement}
 */
export function newThumbnail(strokes) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 1 1");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("thumb");
  for (const stroke of strokes) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", toSvgPath(stroke));
    path.setAttribute("stroke-width", String(stroke.width));
    svg.append(path);
  }
  return svg;
}

/** @param {string} source */
export function newPixels(source) {
  const image = document.createElement("img");
  image.src = source;
  image.alt = "";
  image.draggable = false;
  image.classList.add("thumb");
  return image;
}
