// Runs before the first paint and is not a module.

// If a script fails to load, say so. This cannot be part of a module, which may be the one that is missing.
addEventListener("error", ({ target }) => {
  const message = document.querySelector("[data-part=load-error]");
  if (!(target instanceof HTMLScriptElement && message instanceof HTMLElement)) return;
  message.hidden = false;
  document.documentElement.classList.remove("untranslated");
}, true);

/** @param {string} [language] the user's choice; otherwise it is the first one of the browser's that the page has */
function setLanguage(language) {
  const known = ["en", "de"];
  const preferred = [language ?? "", ...navigator.languages].map((one) => one.slice(0, 2));
  const chosen = preferred.find((one) => known.includes(one)) ?? "en";
  document.documentElement.lang = chosen;
  // Nobody should see the English text first.
  document.documentElement.classList.toggle("untranslated", chosen !== "en");
}

// Modules run after the first paint, so with them the page would flash in the other theme or language.
try {
  const { theme, language } = JSON.parse(localStorage.getItem("digits-choices") ?? "{}");
  setLanguage(language);
  if (theme === "light" || theme === "dark") {
    for (const element of document.querySelectorAll("[data-theme]")) {
      element.setAttribute("media", element.getAttribute("data-theme") === theme ? "all" : "not all");
    }
  }
} catch {
  // Nothing is stored, so the system's theme and language are used.
  setLanguage();
}

// On a projector or in a frame, the whole page must not flash. In every browser, a stylesheet that is written blocks the paint.
const [, mode] = /[?&](present|embed)\b/.exec(location.search) ?? [];
if (mode) {
  document.documentElement.dataset.mode = mode;
  document.write('<link rel="stylesheet" href="modes.css">');
}
