/**
 * The browser asks whoever leaves with marks that were not saved.
 * @param {import("../state.js").Watch} watch
 */
export function showLeaving(watch) {
  watch((state) => state.unsaved, (unsaved) => {
    // Listened to only while it matters: a page that listens is not kept for the way back.
    if (unsaved) addEventListener("beforeunload", hold);
    else removeEventListener("beforeunload", hold);
  });
}

/** @param {Event} event */
function hold(event) {
  event.preventDefault();
}
