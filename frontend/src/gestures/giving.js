import { isPictureType } from "../files.js";
import { bringIntoView, part } from "../views/parts.js";

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
    if (files.length > 0) give(files, actions);
  });
}

/** @param {import("../actions.js").Actions} actions */
function listenToClipboard(actions) {
  addEventListener("paste", (event) => {
    event.preventDefault();
    give([...(event.clipboardData?.files ?? [])], actions);
  });
}

/** @param {import("../actions.js").Actions} actions */
function listenToDragging(actions) {
  for (const over of /** @type {const} */ (["dragenter", "dragover"])) {
    addEventListener(over, (event) => {
      // What is not taken must not be opened in the place of this page either.
      event.preventDefault();
      if (event.dataTransfer && !isTaken(event.dataTransfer)) event.dataTransfer.dropEffect = "none";
      else if (event.dataTransfer && isInvited(event.dataTransfer)) actions.holdFiles(true);
    });
  }
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) actions.holdFiles(false);
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    actions.holdFiles(false);
    const sample = event.dataTransfer?.getData(SAMPLE);
    if (!sample) return give([...(event.dataTransfer?.files ?? [])], actions);
    actions.giveSample(sample);
    bringIntoView("sheet");
  });
  part("samples", HTMLElement).addEventListener("dragstart", (event) => {
    const button = event.target instanceof Element ? event.target.querySelector("button") : null;
    event.dataTransfer?.setData(SAMPLE, button?.dataset.sample ?? "");
  });
  addEventListener("dragend", () => actions.holdFiles(false));
}

/**
 * @param {readonly File[]} files
 * @param {import("../actions.js").Actions} actions
 */
function give(files, actions) {
  actions.givePicture(files);
  bringIntoView("sheet");
}

/**
 * Whether it may be let go here; what is no picture is then refused in words.
 * @param {DataTransfer} held
 */
function isTaken({ types }) {
  return types.some((type) => type === "Files" || type === SAMPLE);
}

/**
 * Whether it can be promised that it will be read.
 * @param {DataTransfer} held
 */
function isInvited({ types, items }) {
  const files = [...items].filter(({ kind }) => kind === "file");
  return types.includes(SAMPLE) || files.length === 0 || files.some(({ type }) => isPictureType(type));
}
