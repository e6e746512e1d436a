/** Texts about the camera. */

export const CAMERA = Object.freeze({
  label: "What the camera sees",
  asking: "May I use your camera? I read what it sees. Pictures go to the server to be read and are never stored.",
  denied: "The camera is blocked for this page. You can allow it in your browser's settings for this site, or choose a photo.",
  none: "I can't find a camera on this device. You can choose a photo instead.",
  busy: "Another app is using the camera. Close it and try again, or choose a photo.",
  failed: "The camera doesn't start in this browser. You can choose a photo instead.",
  live: "",
  shutter: "Keep this picture",
  next: "Other camera",
  instead: "Choose a photo",
  close: "Close",
});
