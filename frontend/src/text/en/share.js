/** Texts of sharing, presenting and embedding. */

import { textOf } from "../../state/numbers.js";

export const SHARE = Object.freeze({
  copyLink: "Copy link",
  share: "Share…",
  savePicture: "Save picture",
  present: "Present",
  link: "Link to this drawing",
});

export const SAID = Object.freeze({
  copied: "Copied. Anyone with the link can see your drawing.",
  byHand: "I couldn't copy it. Here's the link:",
  saved: "Saved as a picture.",
  failed: "I couldn't make the picture in this browser.",
  notShared: "This device couldn't share it. You can save the picture instead.",
});

/** Why there is nothing to share, or no link. */
export const NO_LINK = Object.freeze({
  blank: "Draw something first, then you can share it.",
  picture: "A link can carry a drawing, but not a picture. You can save it with its reading.",
  tooMuch: "That's too much ink for a link. You can save it as a picture.",
});

export const BROKEN_LINK = "This link is damaged or incomplete, so I can't show its drawing. Please copy it again.";

export const MODES = Object.freeze({ leave: "Leave", clear: "Clear", open: "Open Digits in a new tab" });

/** @param {Reading | null} reading */
export function titleOf(reading) {
  const text = textOf(reading);
  return text ? `Digits read ${text}` : "A drawing for Digits";
}

/**
 * The name of a saved picture.
 * @param {Reading | null} reading
 */
export function fileNameOf(reading) {
  return ["digits", ...textOf(reading).split(/\D+/)].filter(Boolean).join("-");
}
