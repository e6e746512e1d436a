/** Texts about the camera. */

export const CAMERA = Object.freeze({
  label: "What the camera sees",
  asking: "May I use your camera? I read what it sees. Pictures go to the server to be read and are never stored.",
  denied: "The camera is blocked for this page. You can allow it in your browser's settings for this site and try again, or choose a photo.",
  none: "I can't find a camera. Connect one and try again, or choose a photo.",
  busy: "Another app is using the camera. Close it and try again, or choose a photo.",
  failed: "The camera doesn't start. Try again, or choose a photo.",
  lost: "The camera was disconnected, or another app took it. Try again, or choose a photo.",
  unreadable: "This browser hides what's on a canvas to protect you from being tracked, so I can't see the camera's picture. Choose a photo instead.",
  live: "",
  shutter: "Keep this picture",
  next: "Other camera",
  again: "Try again",
  instead: "Choose a photo",
  close: "Close",
});
