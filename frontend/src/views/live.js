import { LIVE_SIDE, areaOf, fitted, shrunk } from "../canvas/geometry.js";
import { CAMERA } from "../text/camera.js";
import { hide, newButton, newSpan, part, place } from "./dom.js";

/**
 * The viewfinder, in the place of the sheet.
 * @returns {HTMLVideoElement} that shows what the camera sees
 */
export function newViewfinder() {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true });
  video.ariaLabel = CAMERA.label;
  const frame = document.createElement("div");
  frame.className = "live";
  frame.append(video);
  const panel = document.createElement("div");
  panel.className = "viewfinder";
  panel.dataset.part = "viewfinder";
  panel.hidden = true;
  const story = document.createElement("p");
  story.className = "story";
  story.role = "status";
  const row = document.createElement("div");
  row.className = "row";
  row.append(newCommand("shutter", CAMERA.shutter), newCommand("next-camera", CAMERA.next), newCommand("camera-again", CAMERA.again), newCommand("photo-instead", CAMERA.instead), newCommand("close-camera", CAMERA.close));
  panel.append(frame, story, row);
  part("sheet", HTMLElement).append(panel);
  return video;
}

/**
 * @param {Watch} watch
 * @param {HTMLVideoElement} video
 */
export function showCamera(watch, video) {
  const panel = part("viewfinder", HTMLElement);
  const [story] = panel.getElementsByTagName("p");
  const frame = /** @type {HTMLElement} */ (video.parentElement);
  const [shutter, next, again, instead, close] = ["shutter", "next-camera", "camera-again", "photo-instead", "close-camera"].map((name) => part(name, HTMLButtonElement));
  const camera = part("camera", HTMLElement);

  video.addEventListener("loadedmetadata", () => place(frame, fitted({ width: video.videoWidth, height: video.videoHeight })));
  watch((state) => state.camera === null, (closed) => {
    const hadFocus = panel.contains(document.activeElement);
    panel.hidden = closed;
    if (closed && hadFocus) camera.focus();
  });
  watch((state) => state.camera?.status ?? null, (status) => {
    const isLive = status === "live";
    story.textContent = status === null || isLive ? "" : CAMERA[status];
    const isStopped = status !== null && !isLive && status !== "asking";
    frame.hidden = !isLive;
    hide(shutter, !isLive, close);
    // Trying again does not help in a browser that hides pixels.
    hide(again, !isStopped || status === "unreadable", close);
    instead.hidden = !isStopped;
    if (isLive) shutter.focus({ preventScroll: true });
  });
  watch((state) => (state.camera?.count ?? 0) > 1, (several) => {
    next.hidden = !several;
  });
  // The boxes are in pixels of the frame that was read.
  watch((state) => (state.camera ? state.reading : null), (reading) => {
    const boxes = reading?.numbers?.flatMap(({ digits }) => digits.map(({ box }) => box)) ?? (reading?.box && reading.digit !== null ? [reading.box] : []);
    const size = shrunk({ width: video.videoWidth, height: video.videoHeight }, LIVE_SIDE);
    for (const old of frame.querySelectorAll(".digit-box")) old.remove();
    for (const box of boxes) {
      const shown = newSpan("digit-box", "");
      place(shown, areaOf(box, size));
      frame.append(shown);
    }
  });
}

/**
 * @param {string} name
 * @param {string} text
 */
function newCommand(name, text) {
  const button = newButton();
  button.dataset.part = name;
  button.textContent = text;
  return button;
}
