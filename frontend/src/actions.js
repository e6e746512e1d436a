import { isRetryable, toProblem } from "./api/problem.js";
import { createLatest, systemClock } from "./api/timing.js";
import { fileErrorOf, inMemory } from "./api/upload.js";
import { createRecognition, resultOf } from "./recognition.js";
import { historyActions, isUnexplained, preferenceActions, readingActions } from "./review.js";
import * as drawings from "./state/drawing.js";
import { entryOf } from "./state/history.js";
import { SAMPLES, toPngFile } from "./state/samples.js";
import { CLEARED, LOADING_FAILED, NO_FILE, TABLE_FAILED, sentenceForProblem } from "./text/page.js";

/** @typedef {ReturnType<typeof createRecognition>} Recognition */
/** @typedef {ReturnType<typeof createSheets>} Sheets */

/**
 * Everything that the user can do on the page.
 * @param {object} dependencies
 * @param {Store<State>} dependencies.store
 * @param {Api} dependencies.api
 * @param {Shrink} dependencies.shrink
 * @param {Device} dependencies.device
 * @param {() => Promise<(files: readonly File[]) => void>} dependencies.openTable loads what opens several files at once
 * @param {() => Promise<void>} [dependencies.startCamera] loads and opens the viewfinder
 * @param {Clock} [dependencies.clock]
 * @param {(error: unknown) => void} [dependencies.report] receives errors of the page itself
 */
export function createActions({ store, api, shrink, device, openTable, startCamera, clock = systemClock, report }) {
  const recognition = createRecognition({ store, api, shrink, clock, report });
  const sheets = createSheets(store, recognition);
  passNotices(store, clock);
  return {
    ...drawingActions(store, recognition, sheets, clock),
    ...pictureActions(store, recognition, sheets, openTable),
    ...readingActions(store, recognition, device, clock),
    ...historyActions(store, recognition, sheets, device),
    ...preferenceActions(store, device, clock),

    /**
     * Opens the viewfinder.
     * @returns {boolean} false if the browser has none, and should ask for a photo itself
     */
    openCamera() {
      if (!store.get().hasCamera || !startCamera) return false;
      // What is on the sheet is read again when the camera is closed.
      recognition.reset({});
      startCamera().catch(() => store.set({ fileError: LOADING_FAILED }));
      return true;
    },
  };
}

/** Milliseconds for which a notice is shown. */
const NOTICE_FOR = 10_000;

/**
 * @param {Store<State>} store
 * @param {Clock} clock
 */
function passNotices(store, clock) {
  /** @type {unknown} */
  let timer = null;
  store.watch((state) => state.fileError, (notice) => {
    clock.clearTimeout(timer);
    if (notice !== null) timer = clock.setTimeout(() => store.set({ fileError: null }), NOTICE_FOR);
  });
}

/**
 * Puts drawings and pictures on the sheet, and shows or requests their readings.
 * @param {Store<State>} store
 * @param {Recognition} recognition
 */
function createSheets(store, recognition) {
  /** Files that are being opened. Whatever else changes the sheet cancels it. */
  const loading = createLatest();

  /**
   * @param {Drawing} drawing
   * @param {Partial<State>} [change]
   */
  function showDrawing(drawing, change = {}) {
    const { history, explaining, cursor } = store.get();
    const all = { drawing, writing: false, rival: null, cursor: cursor && { ...cursor, down: false }, ...change };
    loading.cancel();
    if (drawings.isBlank(drawing)) return recognition.reset(all);
    const known = entryOf(history, drawing);
    if (!known) recognition.recognizeNow(all, { newSheet: true });
    else if (explaining && isUnexplained(known)) recognition.recognizeNow({ ...resultOf(known), ...all });
    else {
      recognition.reset({ ...resultOf(known), ...all });
      recognition.explainDigit();
    }
  }

  return {
    loading,
    showDrawing,

    /**
     * @param {Sheet} sheet
     * @param {Partial<State>} [change]
     */
    showSheet(sheet, change = {}) {
      const { drawing } = store.get();
      if (!drawings.isSame(drawing, sheet)) showDrawing(drawings.replace(drawing, sheet), { cursor: null, ...change });
    },

    clear() {
      showDrawing(drawings.clear(store.get().drawing), { cursor: null });
    },
  };
}

/** Milliseconds after a stroke in which the next one of the same digit often begins. */
const BETWEEN_STROKES = 800;

/**
 * @param {Store<State>} store
 * @param {Recognition} recognition
 * @param {Sheets} sheets
 * @param {Clock} clock
 */
function drawingActions(store, recognition, { loading, showDrawing, clear }, clock) {
  /** @type {unknown} */
  let writingTimer = null;

  /**
   * @param {Point} point
   * @param {Cursor | null} [cursor] if the stroke is drawn with the keyboard
   */
  function beginStroke(point, cursor = null) {
    const { drawing: before, pen, problem } = store.get();
    const drawing = drawings.begin(before, point, pen);
    if (drawing === before) return store.set({ cursor });
    loading.cancel();
    clock.clearTimeout(writingTimer);
    // Discard the result, request or problem of what was on the sheet before.
    if (before.picture || problem) recognition.reset({ drawing, cursor, writing: true });
    else store.set({ drawing, cursor, writing: true, fileError: null, correcting: false, rival: null });
  }

  /** @param {readonly Point[]} points */
  function extendStroke(points) {
    const before = store.get().drawing;
    const drawing = drawings.extend(before, points);
    if (drawing === before) return;
    store.set({ drawing });
    if (drawing.strokes !== before.strokes && !drawings.isBlank(drawing)) recognition.recognizeSoon();
  }

  function endStroke() {
    const { drawing } = store.get();
    if (!drawing.active) return;
    const ended = drawings.end(drawing);
    // The eraser took away everything.
    if (drawings.isBlank(ended)) return showDrawing(ended);
    if (drawings.erasedNothing(drawing)) return store.set({ drawing: ended, writing: false });
    recognition.recognizeNow({ drawing: ended });
    writingTimer = clock.setTimeout(() => store.set({ writing: false }), BETWEEN_STROKES);
  }

  return {
    /** Shows or requests the reading of what is on the sheet, after a reload or after something else was read. */
    resume() {
      const { drawing, reading } = store.get();
      if (reading || !drawings.isBlank(drawing)) showDrawing(drawing);
    },

    clear,

    /** Clears the sheet, and says how to undo that, because not everybody knows that the answer is a button. */
    freshSheet() {
      clear();
      store.set({ fileError: CLEARED });
    },

    extendStroke,
    endStroke,

    /** @param {Point} point */
    beginStroke: (point) => beginStroke(point),

    /** Removes the stroke that is being drawn: a palm drew it. */
    discardStroke() {
      const { drawing } = store.get();
      if (drawing.active) showDrawing(drawings.discard(drawing));
    },

    undo() {
      const { drawing } = store.get();
      if (drawings.canUndo(drawing)) showDrawing(drawings.undo(drawing));
    },

    redo() {
      const { drawing } = store.get();
      if (drawings.canRedo(drawing)) showDrawing(drawings.redo(drawing));
    },

    /** Dismisses what is open. If nothing is open, clears the sheet. */
    escape() {
      const { correcting, confirmingClear } = store.get();
      if (correcting || confirmingClear) store.set({ correcting: false, confirmingClear: false });
      else clear();
    },

    /**
     * Moves the keyboard's pen. It draws if it is down.
     * @param {Iterable<string>} keys
     * @param {boolean} fine
     */
    moveCursor(keys, fine) {
      const cursor = drawings.moveCursor(store.get().cursor ?? drawings.CURSOR_START, keys, fine);
      store.set({ cursor });
      if (cursor.down) extendStroke([{ x: cursor.x, y: cursor.y }]);
    },

    /** Lowers or lifts the keyboard's pen. */
    toggleCursor() {
      const { cursor, drawing } = store.get();
      const down = !(cursor?.down && drawing.active);
      const toggled = { ...(cursor ?? drawings.CURSOR_START), down };
      if (down) return beginStroke({ x: toggled.x, y: toggled.y }, toggled);
      store.set({ cursor: toggled });
      endStroke();
    },

    /** Lifts and hides the keyboard's pen when the focus leaves the sheet. */
    hideCursor() {
      if (store.get().cursor?.down) endStroke();
      store.set({ cursor: null });
    },
  };
}

/**
 * @param {Store<State>} store
 * @param {Recognition} recognition
 * @param {Sheets} sheets
 * @param {() => Promise<(files: readonly File[]) => void>} openTable
 */
function pictureActions(store, recognition, { loading, showSheet }, openTable) {
  function retry() {
    const { problem, drawing } = store.get();
    if (isRetryable(problem) && !drawings.isBlank(drawing)) recognition.recognizeNow();
  }

  return {
    retry,

    /**
     * Opens a file on the sheet, or several in a table.
     * @param {readonly File[]} files
     * @param {FileSource} [source]
     */
    async openFiles(files, source = "drop") {
      const [file] = files;
      const task = loading.begin();
      if (files.length > 1) {
        const open = await openTable().catch(() => () => store.set({ fileError: TABLE_FAILED }));
        if (task.isLatest()) open(files);
        return;
      }
      store.set({ tableOpen: false });
      const fileError = file ? fileErrorOf(file) : NO_FILE[source];
      if (fileError !== null) return store.set({ fileError });
      try {
        const picture = await inMemory(file);
        if (task.isLatest()) showSheet({ strokes: [], picture });
      } catch (problem) {
        if (task.isLatest()) store.set({ fileError: sentenceForProblem(toProblem(problem)) });
      }
    },

    /** @param {string} id */
    openSample(id) {
      const sample = SAMPLES.find((one) => one.id === id);
      if (sample?.strokes) showSheet({ strokes: sample.strokes, picture: null });
      else if (sample) showSheet({ strokes: [], picture: toPngFile(sample.name, sample.png) });
    },

    /** @param {readonly Stroke[]} strokes of a link */
    openStrokes(strokes) {
      showSheet({ strokes, picture: null }, { tableOpen: false });
    },

    /** @param {boolean} dragging */
    setDragging(dragging) {
      store.set({ dragging });
    },

    /** @param {boolean} offline */
    setOffline(offline) {
      store.set({ offline });
      if (!offline) retry();
    },
  };
}
