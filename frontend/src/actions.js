import { createAsking, shown } from "./asking.js";
import { START, moved } from "./cursor.js";
import { asideOn, inMemory, refusalOf } from "./files.js";
import { entryOf, mark, marked, toCsv, toJson } from "./history.js";
import { createLatest } from "./latest.js";
import { toMarkedFile } from "./marked.js";
import { systemClock } from "./pace.js";
import { isPassing, toProblem } from "./problem.js";
import { toCurl } from "./question.js";
import { SAMPLES, toPngFile } from "./samples.js";
import * as strokes from "./strokes.js";
import { sentenceForProblem } from "./words.js";

/** @typedef {import("./state.js").State} State */

/**
 * What the page's own machine does for it.
 * @typedef {object} Device
 * @property {(name: string, content: Blob) => void} save as a download
 * @property {(text: Promise<string>) => Promise<void>} copy to the clipboard
 * @property {(choices: import("./state.js").Choices) => void} remember until the next visit
 * @property {() => boolean} isDark whether the system's colours are
 * @property {string} origin of the server
 */

const PENS = /** @type {const} */ (["medium", "broad", "fine"]);
const SHOWN_FOR = 4_000;

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
  const gifts = createLatest();
  /** @type {unknown} */
  let telling = null;

  /**
   * @param {import("./strokes.js").Drawing} drawing
   * @param {Partial<State>} [change]
   */
  function turnTo(drawing, change = {}) {
    const { history, explaining, cursor } = store.get();
    const all = { drawing, cursor: cursor && { ...cursor, down: false }, ...change };
    gifts.cancel();
    if (strokes.isBlank(drawing)) return hush(all);
    const known = entryOf(history, drawing);
    if (!known) askAtOnce(all, { afresh: true });
    else if (explaining && isUnexplained(known)) askAtOnce({ ...shown(known), ...all });
    else hush({ ...shown(known), ...all });
  }

  /**
   * @param {import("./strokes.js").Sheet} sheet
   * @param {Partial<State>} [change]
   */
  function lay(sheet, change = {}) {
    const { drawing } = store.get();
    if (!strokes.isSame(drawing, sheet)) turnTo(strokes.turnTo(drawing, sheet), { cursor: null, ...change });
  }

  /**
   * From here on the page has it, whatever becomes of the file.
   * @param {readonly File[]} files
   */
  async function givePicture(files) {
    const taken = files.find((file) => refusalOf(file) === null);
    if (!taken) return store.set({ refusal: files.length > 0 ? refusalOf(files[0]) : "I find no picture in that.", aside: null });
    const gift = gifts.begin();
    try {
      const picture = await inMemory(taken);
      if (gift.isLatest()) lay({ strokes: [], picture }, { aside: asideOn(files, taken) });
    } catch (problem) {
      if (gift.isLatest()) store.set({ refusal: sentenceForProblem(toProblem(problem)), aside: null });
    }
  }

  /**
   * @param {import("./strokes.js").Point} point
   * @param {import("./cursor.js").Cursor | null} [cursor] where it is the keyboard's pen
   */
  function beginStroke(point, cursor = null) {
    const { drawing: before, pen, refusal, problem } = store.get();
    const drawing = strokes.begin(before, point, pen);
    gifts.cancel();
    // What is known, asked or complained of about something else says nothing about a stroke.
    if (before.picture || refusal || problem) hush({ drawing, cursor });
    else store.set({ drawing, cursor, aside: null, doubted: false });
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

  /** @param {string} words of what has become of the copying, shown for a while */
  function tell(words) {
    clock.clearTimeout(telling);
    store.set({ copied: words });
    telling = clock.setTimeout(() => store.set({ copied: null }), SHOWN_FOR);
  }

  /** All of it: also what lies on the sheet, and what undo would bring back. */
  function forgetHistory() {
    gifts.cancel();
    hush({ drawing: strokes.newDrawing(), cursor: null, history: [], forgetting: false, unsaved: false });
  }

  function clear() {
    turnTo(strokes.clear(store.get().drawing), { cursor: null });
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
    extendStroke,
    endStroke,
    clear,

    /** @param {import("./strokes.js").Point} point */
    beginStroke: (point) => beginStroke(point),

    /** It was none: what drew it was not meant to. */
    dropStroke() {
      const { drawing } = store.get();
      if (drawing.active) turnTo(strokes.drop(drawing));
    },

    undo() {
      const { drawing } = store.get();
      if (strokes.canUndo(drawing)) turnTo(strokes.undo(drawing));
    },

    redo() {
      const { drawing } = store.get();
      if (strokes.canRedo(drawing)) turnTo(strokes.redo(drawing));
    },

    /** Closes what is open, and clears the sheet where nothing is. */
    escape() {
      const { doubted, forgetting } = store.get();
      if (doubted || forgetting) store.set({ doubted: false, forgetting: false });
      else clear();
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
      if (down) return beginStroke(turned, turned);
      store.set({ cursor: turned });
      endStroke();
    },

    /** Whoever leaves the sheet takes the pen away. */
    leaveCursor() {
      if (store.get().cursor?.down) endStroke();
      store.set({ cursor: null });
    },

    /** @param {string} id */
    giveSample(id) {
      const sample = SAMPLES.find((one) => one.id === id);
      if (sample?.strokes) lay({ strokes: sample.strokes, picture: null });
      else if (sample) lay({ strokes: [], picture: toPngFile(sample.name, sample.png) });
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
      const { drawing, aside, doubted, asking } = store.get();
      if (!explaining || drawing.active) return;
      // What is being asked was asked without it.
      if (asking || isUnexplained(store.get())) askAtOnce({ aside, doubted });
    },

    turnLens() {
      store.set({ laid: !store.get().laid });
    },

    async copyCurl() {
      const { sent } = store.get();
      if (!sent) return;
      const command = toCurl(device.origin, sent);
      try {
        await device.copy(command);
        tell("Copied.");
      } catch {
        store.set({ command: await command, copied: null });
      }
    },

    // --- this visit's history ---

    turnDoubt() {
      store.set({ doubted: !store.get().doubted });
    },

    /** @param {import("./history.js").Truth | null} truth of what is on the sheet */
    say(truth) {
      const { history, drawing } = store.get();
      const entry = entryOf(history, drawing);
      if (!entry) return;
      const now = mark(history, entry.id, truth);
      store.set({ history: now, unsaved: marked(now).length > 0, doubted: false, forgetting: false });
    },

    /** @param {number} id */
    revisit(id) {
      const entry = store.get().history.find((one) => one.id === id);
      if (entry) lay(entry.sheet);
    },

    forgetHistory,

    /** What the person has marked was work: whether that is to go, too, is asked first. */
    clearHistory() {
      if (marked(store.get().history).length > 0) store.set({ forgetting: true });
      else forgetHistory();
    },

    keepHistory() {
      store.set({ forgetting: false });
    },

    saveCsv() {
      save("digits.csv", "text/csv", toCsv(store.get().history));
    },

    saveJson() {
      save("digits.json", "application/json", toJson(store.get().history));
    },

    async saveMarked() {
      try {
        save("digits-marked.json", "application/json", await toMarkedFile(marked(store.get().history)));
        store.set({ unsaved: false });
      } catch {
        store.set({ refusal: "I could not save them: this browser has not kept the pictures." });
      }
    },

    // --- as the person likes it ---

    /** The other colours first: a switch that changes nothing seems broken. */
    nextTheme() {
      const [now, other] = device.isDark() ? /** @type {const} */ (["dark", "light"]) : /** @type {const} */ (["light", "dark"]);
      choose({ theme: after(/** @type {const} */ (["auto", other, now]), store.get().choices.theme) });
    },

    turnHand() {
      choose({ hand: store.get().choices.hand === "right" ? "left" : "right" });
    },
  };
}

/**
 * Whether there is something to explain that was not asked for.
 * @param {Pick<State, "reading" | "sent">} known
 */
function isUnexplained({ reading, sent }) {
  return Boolean(reading?.square) && sent?.explained === false;
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
