import { part } from "./parts.js";
import { place } from "./picture.js";

/** @param {import("../state.js").Watch} watch */
export function showCursor(watch) {
  const cursor = part("cursor", HTMLElement);
  const said = part("cursor-said", HTMLElement);
  watch((state) => state.cursor, (now) => {
    cursor.hidden = now === null;
    if (now) place(cursor, { left: now.x, top: now.y });
    cursor.classList.toggle("down", now?.down ?? false);
  });
  watch((state) => state.cursor?.down ?? null, (down) => {
    said.textContent = down === null ? "" : down ? "Pen down." : "Pen up.";
  });
}
