import { part } from "../views/dom.js";

/** @typedef {{ id: number, type: string }} DrawingPointer */

const MAIN_BUTTON = 0;

/** @param {Actions} actions */
export function listenToPointer(actions) {
  const pad = part("pad", HTMLCanvasElement);
  /** @type {DrawingPointer | null} */
  let pen = null;

  function end() {
    pen = null;
    actions.endStroke();
  }

  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== MAIN_BUTTON) return;
    const decision = onSecondPointer(pen, event);
    if (decision === "ignore") return;
    if (decision === "discard") actions.discardStroke();
    if (decision === "end") end();
    pen = { id: event.pointerId, type: event.pointerType };
    capture(pad, event.pointerId);
    actions.beginStroke(pointOf(event, pad));
    // Otherwise, dragging selects text around the sheet.
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pen?.id) return;
    // The pointer hovers: another element received its pointerup.
    if (event.buttons === 0) return end();
    actions.extendStroke(coalesced(event).map((each) => pointOf(each, pad)));
  });
  pad.addEventListener("contextmenu", (event) => {
    if (pen !== null) event.preventDefault();
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    pad.addEventListener(type, (event) => {
      if (event instanceof PointerEvent && event.pointerId === pen?.id) end();
    });
  }
}

/**
 * Decides what happens to the current stroke when another pointer touches the sheet.
 * @param {DrawingPointer | null} drawing
 * @param {Pick<PointerEvent, "pointerId" | "pointerType" | "isPrimary">} other
 * @returns {"start" | "discard" | "end" | "ignore"} `ignore` ignores the new pointer; otherwise it draws from now on
 */
export function onSecondPointer(drawing, { pointerId, pointerType, isPrimary }) {
  if (!drawing) return "start";
  // The palm touched the sheet before the pen did.
  if (drawing.type === "touch" && pointerType === "pen") return "discard";
  // A primary pointer is the first on the screen, so the earlier one was lifted without a pointerup.
  if (drawing.id === pointerId || (drawing.type === pointerType && isPrimary)) return "end";
  return "ignore";
}

/**
 * Screens report more points than they paint frames. With all of them, curves are smoother.
 * @param {PointerEvent} event
 */
function coalesced(event) {
  const events = event.getCoalescedEvents?.() ?? [];
  return events.length > 0 ? events : [event];
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
 * @param {number} pointerId
 */
function capture(pad, pointerId) {
  try {
    pad.setPointerCapture(pointerId);
  } catch {
    // The pointer is already up. The next event ends its stroke.
  }
}
