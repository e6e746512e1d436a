/** Texts about how well the model reads. Same exports as ../en/figures.js. */

export const FIGURES = Object.freeze({
  lead: "„Sicher genug“ ist der Anteil, den ich lese, ohne um eine Prüfung zu bitten. Die Namen sind die der Datensätze.",
  loading: "Ich lade die Zahlen …",
  digits: "Eine Ziffer",
  numbers: "Ganze Zahlen",
  others: "Keine Ziffer oder mehr als eine",
  pictures: "Bilder",
  count: "Anzahl",
  right: "Richtig gelesen",
  sure: "Sicher genug",
  refused: "Nicht für eine Ziffer gehalten",
  /** @type {(name: string, version: string) => string} */
  note: (name, version) => `Modell ${name} ${version}. Mit keinem dieser Bilder wurde trainiert.`,
});
