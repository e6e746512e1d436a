import { USUAL } from "./state.js";

/** @typedef {import("./state.js").Choices} Choices */

const KEY = "digits-choices";
/** Some browsers fetch what is saved only after the click that asked for it. */
const KEPT = 60_000;

/** @type {import("./actions.js").Device} */
export const device = {
  save(name, content) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
  },

  // Given the promise and not its text: some browsers let a page copy only while it answers a click.
  copy: (text) => navigator.clipboard.write([new ClipboardItem({ "text/plain": text.then((words) => new Blob([words], { type: "text/plain" })) })]),

  remember(choices) {
    try {
      localStorage.setItem(KEY, JSON.stringify(choices));
    } catch {
      // A browser that keeps nothing forgets this, too; the choice holds for this visit.
    }
  },

  isDark: () => matchMedia("(prefers-color-scheme: dark)").matches,

  origin: location.origin,
};

/** @returns {Choices} those of the last visit */
export function remembered() {
  try {
    const { theme, hand } = { ...USUAL, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
    return { theme: ["light", "dark"].includes(theme) ? theme : "auto", hand: hand === "left" ? "left" : "right" };
  } catch {
    return USUAL;
  }
}
