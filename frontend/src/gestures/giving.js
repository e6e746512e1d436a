import { part } from "../views/parts.js";

/** What a sample is called while it is dragged. */
const SAMPLE = "application/x-digits-sample";

/** @param {import("../actions.js").Actions} actions */
export function listenToGifts(actions) {
  listenToChooser("file", actions);
  listenToChooser("camera", actions);
  listenToClipboard(actions);
  listenToDragging(actions);
}

/**
 * @param {string} name
 * @param {import("../actions.js").Actions} actions
 */
function listenToChooser(name, actions) {
  const chooser = part(name, HTMLInputElement);
  chooser.addEventListener("change", () => {
    const files = [...(chooser.files ?? [])];
    // Else the same file cannot be chosen twice in a row.
    chooser.value = "";
    if (files.length > 0) actions.givePicture(files);
  });
}

/** @param {import("../actions.js").Actions} actions */
function listenToClipboard(actions) {
  addEventListener("paste", (event) => {
    event.preventDefault();
    actions.givePicture([...(event.clipboardData?.files ?? [])]);
  });
}

/** @param {import("../actions.js").Actions} actions */
function listenToDragging(actions) {
  for (const over of /** @type {const} */ (["dragenter", "dragover"])) {
    addEventListener(over, (event) => {
      // What is not taken must not be opened in the place of this page either.
      event.preventDefault();
      if (isWelcome(event)) actions.holdFiles(true);
      else if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
    });
  }
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) actions.holdFiles(false);
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    actions.holdFiles(false);
    const sample = event.dataTransfer?.getData(SAMPLE);
    if (sample) actions.giveSample(sample);
    else actions.givePicture([...(event.dataTransfer?.files ?? [])]);
  });
  part("samples", HTMLElement).addEventListener("dragstart", (event) => {
    const button = event.target instanceof Element ? event.target.querySelector("button") : null;
    event.dataTransfer?.setData(SAMPLE, button?.dataset.sample ?? "");
  });
  addEventListener("dragend", () => actions.holdFiles(false));
}

/** @param {DragEvent} event */
function isWelcome(event) {
  return event.dataTransfer?.types.some((type) => type === "Files" || type === SAMPLE) ?? false;
}
