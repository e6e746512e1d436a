import { isMenuOpen, part } from "../views/dom.js";

/** @typedef {{ id: number, type: string, began: number, x: number, y: number }} DrawingPointer */

/** Two fingers that touch the sheet together, and leave it soon without having moved, undo. Milliseconds and pixels. */
const TOGETHER = 250;
const TAP = 500;
const STEADY = 14;

const MAIN_BUTTON = 0;

/** @param {Actions} actions */
export function listenToPointer(actions) {
  const pad = part("pad", HTMLCanvasElement);
  /** @type {DrawingPointer | null} */
  let pen = null;
  /** @type {{ fingers: Map<number, Point>, began: number } | null} */
  let tap = null;

  function end() {
    pen = null;
    actions.endStroke();
  }

  pad.addEventListener("pointerdown", (event) => {
    // A tap beside an open menu only closes it.
    if (event.button !== MAIN_BUTTON || isMenuOpen()) return;
    const decision = onSecondPointer(pen, event);
    if (pen && decision === "tap") {
      tap = { fingers: new Map([[pen.id, { x: pen.x, y: pen.y }], [event.pointerId, { x: event.clientX, y: event.clientY }]]), began: event.timeStamp };
      pen = null;
      actions.discardStroke();
    }
    if (decision === "ignore" || decision === "tap") return;
    if (decision === "discard") actions.discardStroke();
    if (decision === "end") end();
    pen = { id: event.pointerId, type: event.pointerType, began: event.timeStamp, x: event.clientX, y: event.clientY };
    capture(pad, event.pointerId);
    actions.beginStroke(pointOf(event, pad));
    // Otherwise, dragging selects text around the sheet.
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    const finger = tap?.fingers.get(event.pointerId);
    if (finger && Math.hypot(event.clientX - finger.x, event.clientY - finger.y) > STEADY) tap = null;
    if (event.pointerId !== pen?.id) return;
    // The pointer hovers: another element received its pointerup.
    if (event.buttons === 0) return end();
    actions.extendStroke(coalesced(event).map((each) => pointOf(each, pad)));
  });
  pad.addEventListener("contextmenu", (event) => {
    if (pen !== null) event.preventDefault();
  });
  pad.addEventListener("pointerup", (event) => {
    if (!tap?.fingers.delete(event.pointerId) || tap.fingers.size > 0) return;
    if (event.timeStamp - tap.began < TAP) actions.undo();
    tap = null;
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    pad.addEventListener(type, (event) => {
      if (event instanceof PointerEvent && event.pointerId === pen?.id) end();
    });
  }
}

/**
 * Decides what happens to the current stroke when another pointer touches the sheet.
 * @param {Pick<DrawingPointer, "id" | "type" | "began"> | null} drawing
 * @param {Pick<PointerEvent, "pointerId" | "pointerType" | "isPrimary" | "timeStamp">} other
 * @returns {"start" | "discard" | "end" | "tap" | "ignore"} whether the new pointer draws from now on, may tap together with the first
 *   one, or is ignored
 */
export function onSecondPointer(drawing, { pointerId, pointerType, isPrimary, timeStamp }) {
  if (!drawing) return "start";
  // The palm touched the sheet before the pen did.
  if (drawing.type === "touch" && pointerType === "pen") return "discard";
  // A primary pointer is the first on the screen, so the earlier one was lifted without a pointerup.
  if (drawing.id === pointerId || (drawing.type === pointerType && isPrimary)) return "end";
  if (drawing.type === "touch" && pointerType === "touch" && timeStamp - drawing.began < TOGETHER) return "tap";
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
  const place = { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
  // Without a sensor, the pressure is always the same.
  return event.pointerType === "pen" && event.pressure > 0 ? { ...place, pressure: event.pressure } : { ...place, t: event.timeStamp };
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
