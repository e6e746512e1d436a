import { toSvgPath } from "../strokes.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * Strokes as a small picture in the colour of the text around it.
 * @param {readonly import("../strokes.js").Stroke[]} strokes
 * @returns {SVGElement}
 */
export function thumbOf(strokes) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 1 1");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("thumb");
  svg.append(...strokes.map(pathOf));
  return svg;
}

/**
 * @param {string} source
 * @returns {HTMLImageElement} a small picture, crisp
 */
export function pixelsOf(source) {
  const image = document.createElement("img");
  image.src = source;
  image.alt = "";
  image.draggable = false;
  image.classList.add("thumb");
  return image;
}

/** @param {import("../strokes.js").Stroke} stroke */
function pathOf(stroke) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", toSvgPath(stroke));
  path.setAttribute("stroke-width", String(stroke.width));
  return path;
}
