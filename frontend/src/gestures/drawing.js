import { part } from "../views/parts.js";

/** @typedef {import("../strokes.js").Point} Point */

const MAIN_BUTTON = 0;

/** @param {import("../actions.js").Actions} actions */
export function listenToPen(actions) {
  const pad = part("pad", HTMLCanvasElement);
  /** @type {number | null} */
  let pen = null;

  pad.addEventListener("pointerdown", (event) => {
    if (pen !== null || event.button !== MAIN_BUTTON) return;
    pen = event.pointerId;
    capture(pad, pen);
    actions.beginStroke(pointOf(event, pad));
    // Otherwise the press selects text or drags what lies around the sheet.
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pen) return;
    actions.extendStroke(allOf(event).map((each) => pointOf(each, pad)));
  });
  pad.addEventListener("contextmenu", (event) => {
    if (pen !== null) event.preventDefault();
  });
  for (const over of ["pointerup", "pointercancel", "lostpointercapture"]) {
    pad.addEventListener(over, (event) => {
      if (!(event instanceof PointerEvent) || event.pointerId !== pen) return;
      pen = null;
      actions.endStroke();
    });
  }
}

/**
 * Screens report faster than they paint: the points in between make the curve round.
 * @param {PointerEvent} event
 */
function allOf(event) {
  const coalesced = event.getCoalescedEvents?.() ?? [];
  return coalesced.length > 0 ? coalesced : [event];
}

/**
 * @param {PointerEvent} event
 * @param {HTMLCanvasElement} pad
 * @returns {Point}
 */
function pointOf(event, pad) {
  const { left, top, width, height } = pad.getBoundingClientRect();
  return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
}

/**
 * @param {HTMLCanvasElement} pad
 * @param {number} pen
 */
function capture(pad, pen) {
  try {
    pad.setPointerCapture(pen);
  } catch {
    // The pen was up again before we heard of it; its stroke ends with the event that follows.
  }
}
