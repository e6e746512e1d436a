import { isPictureType } from "../api/upload.js";
import { part } from "../views/dom.js";

/** The type of a sample while it is dragged. */
const SAMPLE = "application/x-digits-sample";

/** @param {Actions} actions */
export function listenToFiles(actions) {
  listenToChooser("file", actions);
  listenToChooser("camera", actions);
  part("camera", HTMLInputElement).addEventListener("click", (event) => {
    if (actions.openCamera()) event.preventDefault();
  });
  listenToClipboard(actions);
  listenToDragging(actions);
}

/**
 * @param {string} name
 * @param {Actions} actions
 */
function listenToChooser(name, actions) {
  const chooser = part(name, HTMLInputElement);
  chooser.addEventListener("change", () => {
    const files = [...(chooser.files ?? [])];
    // Otherwise the same file cannot be chosen again.
    chooser.value = "";
    if (files.length > 0) actions.openFiles(files);
  });
}

/** @param {Actions} actions */
function listenToClipboard(actions) {
  addEventListener("paste", (event) => {
    event.preventDefault();
    actions.openFiles([...(event.clipboardData?.files ?? [])], "clipboard");
  });
}

/** @param {Actions} actions */
function listenToDragging(actions) {
  for (const type of /** @type {const} */ (["dragenter", "dragover"])) {
    addEventListener(type, (event) => {
      // Always, or the browser would leave the page and open what is dropped.
      event.preventDefault();
      if (event.dataTransfer && !isAccepted(event.dataTransfer)) event.dataTransfer.dropEffect = "none";
      else if (event.dataTransfer && mayBePicture(event.dataTransfer)) actions.setDragging(true);
    });
  }
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) actions.setDragging(false);
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    actions.setDragging(false);
    const sample = event.dataTransfer?.getData(SAMPLE);
    if (sample) actions.openSample(sample);
    else actions.openFiles([...(event.dataTransfer?.files ?? [])]);
  });
  part("samples", HTMLElement).addEventListener("dragstart", (event) => {
    const button = event.target instanceof Element ? event.target.querySelector("button") : null;
    event.dataTransfer?.setData(SAMPLE, button?.dataset.sample ?? "");
  });
  addEventListener("dragend", () => actions.setDragging(false));
}

/**
 * Whether what is dragged can be dropped here. A file that is not a picture is then rejected with a sentence.
 * @param {DataTransfer} dragged
 */
function isAccepted({ types }) {
  return types.some((type) => type === "Files" || type === SAMPLE);
}

/**
 * Whether to show the hint to drop it.
 * @param {DataTransfer} dragged
 */
function mayBePicture({ types, items }) {
  const files = [...items].filter(({ kind }) => kind === "file");
  return types.includes(SAMPLE) || files.length === 0 || files.some(({ type }) => isPictureType(type));
}
