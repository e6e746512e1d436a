import { part } from "./parts.js";

/** @param {import("../state.js").Watch} watch */
export function showDrop(watch) {
  const drop = part("drop", HTMLElement);
  watch((state) => state.dragging, (dragging) => {
    drop.hidden = !dragging;
  });
}
