import { SIDE, inkOf, inputArea } from "../canvas/geometry.js";
import { levelsOf } from "../canvas/picture.js";
import { explainedReading, shownReading } from "../state/numbers.js";
import { part, place, showImage, within } from "./dom.js";

/**
 * Overlays the network's input on the sheet, where its ink comes from.
 * @param {Watch} watch
 */
export function showOverlay(watch) {
  const overlay = part("overlay", HTMLElement);
  const [square, explanation] = [".square-copy", ".explanation-copy"].map((name) => within(overlay, name, HTMLImageElement));
  const button = part("toggle-overlay", HTMLButtonElement);
  const sheet = part("sheet", HTMLElement);
  const picture = part("picture", HTMLElement);
  const frame = within(picture, ".frame", HTMLElement);
  const image = within(frame, "img", HTMLImageElement);
  /** @type {{ box: Box, onPicture: boolean } | null} */
  let target = null;

  function update() {
    // Until the new square has loaded, the image has the pixels of the last one.
    if (target && square.currentSrc !== square.src) return;
    const ink = target && square.complete && square.naturalWidth === SIDE ? inkOf(levelsOf(square, SIDE)) : null;
    // A picture that is not shown, or not yet, has no place for the overlay.
    overlay.hidden = !target || !ink || (target.onPicture && frame.hidden);
    if (!target || !ink || overlay.hidden) return;
    (target.onPicture ? frame : sheet).append(overlay);
    const size = target.onPicture ? { width: image.naturalWidth, height: image.naturalHeight } : { width: 1, height: 1 };
    place(overlay, inputArea(ink, target.box, size));
  }

  for (const one of [square, image]) one.addEventListener("load", update);
  watch((state) => state.overlaid, (overlaid) => button.setAttribute("aria-pressed", String(overlaid)));
  watch((state) => shownReading(state)?.square ?? null, (source) => showImage(square, source));
  watch((state) => (state.explaining ? (explainedReading(state)?.explanation ?? null) : null), (source) => showImage(explanation, source));
  watch((state) => (state.overlaid && !state.drawing.active && state.readPicture === state.drawing.picture ? shownReading(state) : null), (reading) => {
    target = reading?.box ? { box: reading.box, onPicture: !picture.hidden } : null;
    update();
  });
}
