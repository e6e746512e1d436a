import { createAsking } from "./asking.js";
import { START, moved } from "./cursor.js";
import { asideOn, refusalOf } from "./files.js";
import { entryOf, mark, marked, toCsv, toJson } from "./history.js";
import { toMarkedFile } from "./marked.js";
import { systemClock } from "./pace.js";
import { isPassing, toProblem } from "./problem.js";
import { addressOf, toCurl } from "./question.js";
import { SAMPLES } from "./samples.js";
import * as strokes from "./strokes.js";

/** @typedef {import("./state.js").State} State */

/**
 * What the page's own machine does for it.
 * @typedef {object} Device
 * @property {(name: string, content: Blob) => void} save as a download
 * @property {(text: string) => Promise<void>} copy to the clipboard
 * @property {(choices: import("./state.js").Choices) => void} remember until the next visit
 * @property {string} origin of the server
 */

const THEMES = /** @type {const} */ (["auto", "light", "dark"]);
const PENS = /** @type {const} */ (["medium", "broad", "fine"]);
const SHOWN_FOR = 2_000;

/**
 * Everything that can be done on the page.
 * @param {object} given
 * @param {import("./store.js").Store<State>} given.store
 * @param {import("./api.js").Api} given.api
 * @param {import("./asking.js").Renderer} given.renderer
 * @param {Device} given.device
 * @param {import("./pace.js").Clock} [given.clock]
 * @param {(error: unknown) => void} [given.report] told of errors that are faults of the page itself
 */
export function createActions({ store, api, renderer, device, clock = systemClock, report }) {
  const { askAtOnce, askInPassing, hush } = createAsking({ store, api, renderer, clock, report });

  /**
   * @param {import("./strokes.js").Drawing} drawing
   * @param {Partial<State>} [change]
   */
  function turnTo(drawing, change = {}) {
    if (strokes.isBlank(drawing)) return hush({ drawing, ...change });
    const known = entryOf(store.get().history, drawing);
    if (known && !store.get().explaining) return hush({ drawing, reading: known.reading, readFrom: drawing.picture, sent: known.sent, ...change });
    return void askAtOnce({ drawing, ...change });
  }

  /** @param {import("./strokes.js").Sheet} sheet */
  function lay(sheet) {
    turnTo(strokes.turnTo(store.get().drawing, sheet), { cursor: null });
  }

  /** @param {readonly File[]} files */
  function givePicture(files) {
    const [picture] = files;
    const refusal = picture ? refusalOf(picture) : "I find no picture in that.";
    if (refusal) return store.set({ refusal, aside: null });
    const drawing = strokes.turnTo(store.get().drawing, { strokes: [], picture });
    return void askAtOnce({ drawing, aside: asideOn(files.length), cursor: null });
  }

  /** @param {import("./strokes.js").Point} point */
  function beginStroke(point) {
    const { drawing: before, pen } = store.get();
    const drawing = strokes.begin(before, point, pen);
    // What is known or asked about a picture says nothing about a stroke.
    if (before.picture) hush({ drawing });
    else store.set({ drawing, refusal: null, aside: null, doubted: false });
  }

  /** @param {readonly import("./strokes.js").Point[]} points */
  function extendStroke(points) {
    const before = store.get().drawing;
    const drawing = strokes.extend(before, points);
    if (drawing === before) return;
    store.set({ drawing });
    askInPassing();
  }

  function endStroke() {
    const { drawing } = store.get();
    if (drawing.active) askAtOnce({ drawing: strokes.end(drawing) });
  }

  function askAgain() {
    const { problem, drawing, aside } = store.get();
    if (isPassing(problem) && !strokes.isBlank(drawing)) askAtOnce({ aside });
  }

  /** @param {Partial<import("./state.js").Choices>} change */
  function choose(change) {
    const choices = { ...store.get().choices, ...change };
    store.set({ choices });
    device.remember(choices);
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
    givePicture,
    beginStroke,
    extendStroke,
    endStroke,

    undo() {
      const { drawing } = store.get();
      if (strokes.canUndo(drawing)) turnTo(strokes.undo(drawing));
    },

    redo() {
      const { drawing } = store.get();
      if (strokes.canRedo(drawing)) turnTo(strokes.redo(drawing));
    },

    clear() {
      turnTo(strokes.clear(store.get().drawing), { cursor: null });
    },

    nextPen() {
      store.set({ pen: after(PENS, store.get().pen) });
    },

    /**
     * The keyboard's pen goes on, and draws where it is down.
     * @param {Iterable<string>} keys
     * @param {boolean} finely
     */
    moveCursor(keys, finely) {
      const cursor = moved(store.get().cursor ?? START, keys, finely);
      store.set({ cursor });
      if (cursor.down) extendStroke([cursor]);
    },

    /** Down onto the sheet, or up from it. */
    turnCursor() {
      const { cursor, drawing } = store.get();
      const down = !(cursor?.down && drawing.active);
      const turned = { ...(cursor ?? START), down };
      store.set({ cursor: turned });
      if (down) beginStroke(turned);
      else endStroke();
    },

    /** Whoever leaves the sheet takes the pen away. */
    leaveCursor() {
      if (store.get().cursor?.down) endStroke();
      store.set({ cursor: null });
    },

    /** @param {string} id */
    async giveSample(id) {
      const sample = SAMPLES.find((one) => one.id === id);
      if (!sample) return;
      if (sample.strokes) return lay({ strokes: sample.strokes, picture: null });
      try {
        givePicture([await api.sample(sample.file)]);
      } catch (error) {
        hush({ problem: toProblem(error) });
      }
    },

    askAgain,

    /** @param {boolean} dragging */
    holdFiles(dragging) {
      store.set({ dragging });
    },

    /** @param {boolean} offline */
    setOffline(offline) {
      store.set({ offline });
      if (!offline) askAgain();
    },

    turnExplanation() {
      const explaining = !store.get().explaining;
      store.set({ explaining });
      const { reading, drawing, aside } = store.get();
      if (explaining && reading?.square && !reading.explanation && !drawing.active) askAtOnce({ aside });
    },

    turnLens() {
      store.set({ laid: !store.get().laid });
    },

    async copyCurl() {
      const { sent, explaining } = store.get();
      if (!sent) return;
      try {
        await device.copy(await toCurl(device.origin + addressOf(explaining), sent));
        store.set({ copied: "Copied." });
      } catch {
        store.set({ copied: "This browser does not let me copy." });
      }
      clock.setTimeout(() => store.set({ copied: null }), SHOWN_FOR);
    },

    // --- this visit's history ---

    turnDoubt() {
      store.set({ doubted: !store.get().doubted });
    },

    /** @param {import("./history.js").Truth | null} truth of what is on the sheet */
    say(truth) {
      const { history, drawing } = store.get();
      const entry = entryOf(history, drawing);
      if (entry) store.set({ history: mark(history, entry.id, truth), doubted: false });
    },

    /** @param {number} id */
    revisit(id) {
      const entry = store.get().history.find((one) => one.id === id);
      if (entry) lay(entry.sheet);
    },

    clearHistory() {
      store.set({ history: [] });
    },

    saveCsv() {
      save("digits.csv", "text/csv", toCsv(store.get().history));
    },

    saveJson() {
      save("digits.json", "application/json", toJson(store.get().history));
    },

    async saveMarked() {
      save("digits-marked.json", "application/json", await toMarkedFile(marked(store.get().history)));
    },

    // --- as the person likes it ---

    nextTheme() {
      choose({ theme: after(THEMES, store.get().choices.theme) });
    },

    turnHand() {
      choose({ hand: store.get().choices.hand === "right" ? "left" : "right" });
    },
  };
}

/**
 * @template T
 * @param {readonly T[]} all
 * @param {T} one
 * @returns {T} the next of them, after the last the first
 */
function after(all, one) {
  return all[(all.indexOf(one) + 1) % all.length];
}

/** @typedef {ReturnType<typeof createActions>} Actions */
