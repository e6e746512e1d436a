/** @typedef {{ id: number, type: string }} Drawing the pointer that draws */
/** @typedef {Pick<PointerEvent, "pointerId" | "pointerType" | "isPrimary">} Arrival a pointer that comes down */

/**
 * What becomes of the stroke that is being drawn when another pointer comes down.
 * @param {Drawing | null} drawing
 * @param {Arrival} arrival
 * @returns {"none" | "drop" | "end" | "keep"} `keep` leaves the new pointer out; with the others it draws from now on
 */
export function fateOfStroke(drawing, { pointerId, pointerType, isPrimary }) {
  if (!drawing) return "none";
  // The hand that holds the pen has touched the sheet first.
  if (drawing.type === "touch" && pointerType === "pen") return "drop";
  // The first of its kind on the screen: the one before is gone, and its end was never told.
  if (drawing.id === pointerId || (drawing.type === pointerType && isPrimary)) return "end";
  return "keep";
}
