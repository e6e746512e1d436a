import { part, within } from "./parts.js";

const NAMES = { auto: "as the system", light: "light", dark: "dark" };

/** @param {import("../state.js").Watch} watch */
export function showChoices(watch) {
  const theme = part("theme", HTMLButtonElement);
  const word = within(theme, ".word", HTMLElement);
  const hand = part("hand", HTMLButtonElement);
  watch((state) => state.choices.theme, (chosen) => {
    for (const themed of document.querySelectorAll("[data-theme]")) {
      if (!(themed instanceof HTMLElement)) continue;
      const own = themed.dataset.theme;
      themed.setAttribute("media", chosen === "auto" ? `(prefers-color-scheme: ${own})` : chosen === own ? "all" : "not all");
    }
    word.textContent = NAMES[chosen];
    theme.title = `Colours: ${NAMES[chosen]}`;
  });
  watch((state) => state.choices.hand, (chosen) => {
    hand.setAttribute("aria-pressed", String(chosen === "left"));
  });
}
