import { part } from "../views/parts.js";

/** @param {import("../actions.js").Actions} actions */
export function listenToGifts(actions) {
  listenToChooser(actions);
  listenToClipboard(actions);
  listenToDragging(actions);
}

/** @param {import("../actions.js").Actions} actions */
function listenToChooser(actions) {
  const chooser = part("file", HTMLInputElement);
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
      if (!holdsFiles(event)) return;
      event.preventDefault();
      actions.holdFiles(true);
    });
  }
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) actions.holdFiles(false);
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    actions.holdFiles(false);
    actions.givePicture([...(event.dataTransfer?.files ?? [])]);
  });
}

/** @param {DragEvent} event */
function holdsFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
