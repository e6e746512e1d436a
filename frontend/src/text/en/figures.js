/** Texts about how well the model reads. */

export const FIGURES = Object.freeze({
  lead: "“Sure enough” is the share that I read without asking you to check. The names are those of the datasets.",
  loading: "I'm loading the figures…",
  digits: "One digit",
  numbers: "Whole numbers",
  others: "No digit, or more than one",
  pictures: "Pictures",
  count: "How many",
  right: "Read correctly",
  sure: "Sure enough",
  refused: "Not taken for a digit",
  /** @type {(name: string, version: string) => string} */
  note: (name, version) => `Model ${name} ${version}. None of these pictures was used for training.`,
});
