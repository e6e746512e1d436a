/** Texts of sharing, presenting and embedding. Same exports as ../en/share.js. */

import { textOf } from "../../state/numbers.js";

export const SHARE = Object.freeze({
  copyLink: "Link kopieren",
  share: "Teilen …",
  savePicture: "Bild speichern",
  present: "Präsentieren",
  link: "Link zu dieser Zeichnung",
});

export const SAID = Object.freeze({
  copied: "Kopiert. Wer den Link öffnet, sieht deine Zeichnung.",
  byHand: "Ich konnte ihn nicht kopieren. Hier ist der Link:",
  saved: "Als Bild gespeichert.",
  failed: "In diesem Browser konnte ich das Bild nicht erstellen.",
  notShared: "Dieses Gerät konnte es nicht teilen. Du kannst stattdessen das Bild speichern.",
});

/** Why there is nothing to share, or no link. */
export const NO_LINK = Object.freeze({
  blank: "Zeichne zuerst etwas, dann kannst du es teilen.",
  picture: "Ein Link kann eine Zeichnung tragen, aber kein Bild. Du kannst es mit seiner Lesung speichern.",
  tooMuch: "Das ist zu viel Tinte für einen Link. Du kannst sie als Bild speichern.",
});

export const BROKEN_LINK = "Dieser Link ist beschädigt oder unvollständig, deshalb kann ich seine Zeichnung nicht zeigen. Bitte kopiere ihn noch einmal.";

export const MODES = Object.freeze({ leave: "Verlassen", clear: "Leeren", open: "Digits in einem neuen Tab öffnen" });

/** @param {Reading | null} reading */
export function titleOf(reading) {
  const text = textOf(reading);
  return text ? `Digits liest ${text}` : "Eine Zeichnung für Digits";
}

/**
 * The name of a saved picture.
 * @param {Reading | null} reading
 */
export function fileNameOf(reading) {
  return ["digits", ...textOf(reading).split(/\D+/)].filter(Boolean).join("-");
}
