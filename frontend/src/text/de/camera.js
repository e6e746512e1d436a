/** Texts about the camera. Same exports as ../en/camera.js. */

export const CAMERA = Object.freeze({
  label: "Was die Kamera sieht",
  asking: "Darf ich deine Kamera verwenden? Ich lese, was sie sieht. Bilder gehen zum Lesen an den Server und werden nie gespeichert.",
  denied: "Die Kamera ist für diese Seite gesperrt. Du kannst sie in den Einstellungen des Browsers für diese Seite erlauben oder ein Foto wählen.",
  none: "Ich finde keine Kamera an diesem Gerät. Du kannst stattdessen ein Foto wählen.",
  busy: "Eine andere App verwendet die Kamera. Schließe sie und versuche es noch einmal, oder wähle ein Foto.",
  failed: "Die Kamera startet in diesem Browser nicht. Du kannst stattdessen ein Foto wählen.",
  live: "",
  shutter: "Dieses Bild behalten",
  next: "Andere Kamera",
  instead: "Foto wählen",
  close: "Schließen",
});
