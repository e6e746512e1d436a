import { fateOfStroke } from "../pointers.js";
import { part } from "../views/parts.js";

/** @typedef {import("../strokes.js").Point} Point */

const MAIN_BUTTON = 0;

/** @param {import("../actions.js").Actions} actions */
export function listenToPen(actions) {
  const pad = part("pad", HTMLCanvasElement);
  /** @type {import("../pointers.js").Drawing | null} */
  let pen = null;

  function end() {
    pen = null;
    actions.endStroke();
  }

  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== MAIN_BUTTON) return;
    const fate = fateOfStroke(pen, event);
    if (fate === "keep") return;
    if (fate === "drop") actions.dropStroke();
    if (fate === "end") end();
    pen = { id: event.pointerId, type: event.pointerType };
    capture(pad, event.pointerId);
    actions.beginStroke(pointOf(event, pad));
    // Otherwise the press selects text or drags what lies around the sheet.
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pen?.id) return;
    // It hovers: that it was lifted was told to someone else.
    if (event.buttons === 0) return end();
    actions.extendStroke(allOf(event).map((each) => pointOf(each, pad)));
  });
  pad.addEventListener("contextmenu", (event) => {
    if (pen !== null) event.preventDefault();
  });
  for (const over of ["pointerup", "pointercancel", "lostpointercapture"]) {
    pad.addEventListener(over, (event) => {
      if (event instanceof PointerEvent && event.pointerId === pen?.id) end();
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
