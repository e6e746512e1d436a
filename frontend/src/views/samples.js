import { SAMPLES, toPngUrl } from "../samples.js";
import { part } from "./parts.js";
import { pixelsOf, thumbOf } from "./thumb.js";

export function showSamples() {
  part("samples", HTMLElement).replaceChildren(...SAMPLES.map(newItem));
}

/** @param {import("../samples.js").Sample} sample */
function newItem(sample) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.sample = sample.id;
  button.title = sample.title;
  button.setAttribute("aria-label", `Try ${sample.title}`);
  button.append(sample.strokes ? thumbOf(sample.strokes) : pixelsOf(toPngUrl(sample.png)));
  const item = document.createElement("li");
  // Not the button: browsers do not drag what takes clicks.
  item.draggable = true;
  item.append(button);
  return item;
}
