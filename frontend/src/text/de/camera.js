/** Texts about the camera. Same exports as ../en/camera.js. */

export const CAMERA = Object.freeze({
  label: "Was die Kamera sieht",
  asking: "Darf ich deine Kamera verwenden? Ich lese, was sie sieht. Bilder gehen zum Lesen an den Server und werden nie gespeichert.",
  denied: "Die Kamera ist für diese Seite gesperrt. Erlaube sie in den Einstellungen des Browsers und versuche es noch einmal, oder wähle ein Foto.",
  none: "Ich finde keine Kamera. Schließe eine an und versuche es noch einmal, oder wähle ein Foto.",
  busy: "Eine andere App verwendet die Kamera. Schließe sie und versuche es noch einmal, oder wähle ein Foto.",
  failed: "Die Kamera startet nicht. Versuche es noch einmal oder wähle ein Foto.",
  lost: "Die Kamera wurde getrennt, oder eine andere App verwendet sie jetzt. Versuche es noch einmal oder wähle ein Foto.",
  unreadable: "Dieser Browser schützt dich vor Verfolgung und verbirgt dazu die Pixel. Deshalb kann ich das Bild der Kamera nicht sehen. Wähle stattdessen ein Foto.",
  live: "",
  shutter: "Dieses Bild behalten",
  next: "Andere Kamera",
  again: "Noch einmal",
  instead: "Foto wählen",
  close: "Schließen",
});
