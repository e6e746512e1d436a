import { DEFAULT_PREFERENCES } from "./state/store.js";

const KEY = "digits-choices";
const VISIT = "digits-visit";
/** Some browsers fetch a download only some time after the click. */
const DOWNLOAD_TIME = 60_000;

/** @type {Device} */
export const device = {
  save(name, content) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_TIME);
  },

  // Takes a promise: some browsers only let a page copy while it handles a click.
  copy: (text) => navigator.clipboard.write([new ClipboardItem({ "text/plain": text.then((words) => new Blob([words], { type: "text/plain" })) })]),

  remember(preferences) {
    try {
      localStorage.setItem(KEY, JSON.stringify(preferences));
    } catch {
      // The browser stores nothing, so the preferences last until the page is closed.
    }
  },

  keep(visit) {
    try {
      sessionStorage.setItem(VISIT, visit);
    } catch {
      // The browser stores nothing or not as much, so the visit lasts until the page is reloaded.
    }
  },

  isCalm() {
    const { saveData, effectiveType } = /** @type {any} */ (navigator).connection ?? {};
    return matchMedia("(prefers-reduced-motion: reduce)").matches || saveData === true || /2g/.test(effectiveType ?? "");
  },

  async hasCamera() {
    const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []);
    return devices?.some(({ kind }) => kind === "videoinput") ?? false;
  },

  reload: () => location.reload(),

  isDark: () => matchMedia("(prefers-color-scheme: dark)").matches,

  origin: location.origin,
};

/** @returns {string | null} what was kept of this visit before the page was reloaded */
export function savedVisit() {
  try {
    return sessionStorage.getItem(VISIT);
  } catch {
    return null;
  }
}

/** @returns {Preferences} those of the last visit */
export function savedPreferences() {
  try {
    const { theme, hand, language } = { ...DEFAULT_PREFERENCES, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
    return {
      theme: ["light", "dark"].includes(theme) ? theme : "auto",
      hand: hand === "left" ? "left" : "right",
      ...(["en", "de"].includes(language) && { language }),
    };
  } catch {
    return DEFAULT_PREFERENCES;
  }
}
