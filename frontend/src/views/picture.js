import { areaOf, fitted, isShowable } from "../placing.js";
import { part, within } from "./parts.js";

/** Smaller pictures are shown with their pixels, not smeared over the sheet. */
const FEW_PIXELS = 100;

/** @param {import("../state.js").Watch} watch */
export function showPicture(watch) {
  const figure = part("picture", HTMLElement);
  const frame = within(figure, ".frame", HTMLElement);
  const image = within(figure, "img", HTMLImageElement);
  const outline = within(figure, ".outline", HTMLElement);
  const name = within(figure, ".name", HTMLElement);
  const unseen = within(figure, ".unseen", HTMLElement);
  const comfort = within(unseen, ".comfort", HTMLElement);
  /** @type {import("../reading.js").Box | null} */
  let box = null;

  function placeOutline() {
    const natural = { width: image.naturalWidth, height: image.naturalHeight };
    const shown = box !== null && natural.width > 0 && !frame.hidden;
    outline.hidden = !shown;
    if (box && shown) place(outline, areaOf(box, natural));
  }

  image.addEventListener("load", () => {
    const natural = { width: image.naturalWidth, height: image.naturalHeight };
    // What is hidden is not decoded: up to here the browser knows no more than the file's head.
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
    image.alt = `The picture that you gave: ${picture.name}`;
    image.src = URL.createObjectURL(picture);
  });
  watch((state) => (state.readFrom && state.readFrom === state.drawing.picture ? (state.reading?.box ?? null) : null), (found) => {
    box = found;
    placeOutline();
  });
  watch((state) => state.problem !== null, (troubled) => {
    comfort.hidden = troubled;
  });
}

/**
 * @param {HTMLElement} element
 * @param {Partial<import("../placing.js").Area>} area
 */
export function place(element, area) {
  for (const [side, share] of Object.entries(area)) element.style.setProperty(side, `${share * 100}%`);
}
