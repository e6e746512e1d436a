import { newDrawing } from "./state/drawing.js";
import { shownReading } from "./state/numbers.js";
import { runnerUp } from "./state/reading.js";
import { correct, correctionOf, corrections, entryOf, toCorrectionsFile, toCsv, toJson, typedCorrection } from "./state/history.js";
import { OTHER_LANGUAGE, SAVING_FAILED } from "./text/page.js";

/** @typedef {import("./actions.js").Recognition} Recognition */
/** @typedef {import("./actions.js").Sheets} Sheets */

const PENS = /** @type {const} */ (["medium", "broad", "fine"]);
/** Milliseconds for which the page says that something was copied. */
const COPIED_FOR = 4_000;

/**
 * A closer look at the reading.
 * @param {Store<State>} store
 * @param {Recognition} recognition
 * @param {Device} device
 * @param {Clock} clock
 */
export function readingActions(store, recognition, device, clock) {
  /** @type {unknown} */
  let copiedTimer = null;

  function showCopied() {
    clock.clearTimeout(copiedTimer);
    store.set({ copied: true });
    copiedTimer = clock.setTimeout(() => store.set({ copied: false }), COPIED_FOR);
  }

  /** Requests the explanation that should be shown, if it is missing. */
  function explain() {
    const { explaining, drawing, correcting, recognizing, reading } = store.get();
    if (!explaining || drawing.active) return;
    if (reading?.numbers && !recognizing) recognition.explainDigit();
    // A request that is under way explains nothing, or another digit.
    else if (recognizing || isUnexplained(store.get())) recognition.recognizeNow({ correcting });
  }

  return {
    toggleExplanation() {
      store.set({ explaining: !store.get().explaining });
      explain();
    },

    /** Explains the runner-up instead of the most likely digit, and back. */
    toggleRival() {
      const reading = shownReading(store.get());
      const second = reading && runnerUp(reading);
      if (second === null || store.get().drawing.active) return;
      store.set({ rival: store.get().rival === null ? second : null });
      explain();
    },

    /** @param {number} at the place of a digit among all digits of the numbers */
    chooseDigit(at) {
      store.set({ chosen: at, rival: null });
      // The reading that is under way is explained when it arrives.
      if (!store.get().recognizing) explain();
    },

    toggleOverlay() {
      store.set({ overlaid: !store.get().overlaid });
    },

    /** @param {Program} program that should make the same request */
    async copyRequest(program) {
      const { sent } = store.get();
      if (!sent) return;
      const command = import("./api/snippets.js").then(({ snippetFor }) => snippetFor(program, device.origin, sent));
      // A shell gets the picture with the command.
      store.set({ needed: program !== "curl" && sent.content instanceof File ? sent.content : null });
      try {
        await device.copy(command);
        showCopied();
      } catch {
        store.set({ command: await command, copied: false });
      }
    },

    /** Saves the picture that a copied program reads: a photo or what was pasted is in no file yet. */
    saveNeeded() {
      const { needed } = store.get();
      if (needed) device.save(needed.name, needed);
    },
  };
}

/**
 * @param {Pick<State, "reading" | "sent"> & Partial<Pick<State, "rival">>} known
 * @returns {boolean} whether a digit was read without its explanation; those of numbers are requested one by one
 */
export function isUnexplained({ reading, sent, rival = null }) {
  return Boolean(reading?.square && !reading.numbers && sent) && (!sent?.explained || (sent.rival ?? null) !== rival);
}

/**
 * The history of this visit, and the user's corrections.
 * @param {Store<State>} store
 * @param {Recognition} recognition
 * @param {Sheets} sheets
 * @param {Device} device
 */
export function historyActions(store, recognition, { loading, showSheet }, device) {
  /** Clears everything, also the sheet and what undo would bring back. */
  function clearAll() {
    loading.cancel();
    recognition.reset({ drawing: newDrawing(), cursor: null, history: [], confirmingClear: false, unsaved: false });
  }

  /** @param {(entry: Entry) => Correction | null} correctionFor what is on the sheet; null removes the correction */
  function keep(correctionFor) {
    const { history: before, drawing } = store.get();
    const entry = entryOf(before, drawing);
    if (!entry) return;
    const history = correct(before, entry.id, correctionFor(entry));
    store.set({ history, unsaved: corrections(history).length > 0, correcting: false, confirmingClear: false });
  }

  /**
   * @param {string} name
   * @param {string} type
   * @param {string} text
   */
  function save(name, type, text) {
    device.save(name, new Blob([text], { type }));
  }

  return {
    toggleCorrecting() {
      store.set({ correcting: !store.get().correcting });
    },

    /** @param {Label | null} label for what is on the sheet, or for the chosen digit of its number; null removes the correction */
    correct(label) {
      const { chosen } = store.get();
      keep((entry) => (label === null ? null : correctionOf(entry, label, chosen)));
    },

    /** @param {string} text the digit, number or numbers that are on the sheet */
    correctText(text) {
      keep(({ reading }) => typedCorrection(reading, text));
    },

    /** @param {number} id */
    openEntry(id) {
      const entry = store.get().history.find((one) => one.id === id);
      if (entry) showSheet(entry.sheet);
    },

    /** Clears the history. Corrections were work, so the user is asked first. */
    clearHistory() {
      if (corrections(store.get().history).length > 0) store.set({ confirmingClear: true });
      else clearAll();
    },

    confirmClear: clearAll,

    cancelClear() {
      store.set({ confirmingClear: false });
    },

    saveCsv() {
      save("digits.csv", "text/csv", toCsv(store.get().history));
    },

    saveJson() {
      save("digits.json", "application/json", toJson(store.get().history));
    },

    async saveCorrections() {
      try {
        save("digits-marked.json", "application/json", await toCorrectionsFile(corrections(store.get().history)));
        store.set({ unsaved: false });
      } catch {
        store.set({ fileError: SAVING_FAILED });
      }
    },
  };
}

/**
 * @param {Store<State>} store
 * @param {Device} device
 * @param {Clock} clock
 */
export function preferenceActions(store, device, clock) {
  /** @type {Exclude<Pen, "eraser">} */
  let lastPen = "medium";

  /** @param {Partial<Preferences>} change */
  function prefer(change) {
    const preferences = { ...store.get().preferences, ...change };
    store.set({ preferences });
    device.remember(preferences);
  }

  return {
    nextPen() {
      const { pen } = store.get();
      store.set({ pen: pen === "eraser" ? lastPen : next(PENS, pen) });
    },

    /** The eraser, and back to the pen. */
    toggleEraser() {
      const { pen } = store.get();
      if (pen !== "eraser") lastPen = pen;
      store.set({ pen: pen === "eraser" ? lastPen : "eraser" });
    },

    /** The other theme comes first: the first click must change something. */
    nextTheme() {
      const [now, other] = device.isDark() ? /** @type {const} */ (["dark", "light"]) : /** @type {const} */ (["light", "dark"]);
      prefer({ theme: next(/** @type {const} */ (["auto", other, now]), store.get().preferences.theme) });
    },

    /** Reloads the page in the other language. */
    async switchLanguage() {
      prefer({ language: OTHER_LANGUAGE.code });
      const { keepForReload } = await import("./state/session.js");
      await keepForReload(store, device, clock);
      device.reload();
    },

    toggleHand() {
      prefer({ hand: store.get().preferences.hand === "right" ? "left" : "right" });
    },
  };
}

/**
 * @template T
 * @param {readonly T[]} all
 * @param {T} one
 * @returns {T} the one after it; the first one after the last
 */
function next(all, one) {
  return all[(all.indexOf(one) + 1) % all.length];
}
