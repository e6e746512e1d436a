import { systemClock } from "./api/timing.js";
import { end, isBlank, newDrawing, sheetOf, toDrawing } from "./state/drawing.js";
import { corrections, entryOf, withoutEntry } from "./state/history.js";
import { ended, finalReading, isRead, newGame, newRound, pointsFor, shouldRun, taskOf, timeLeft, withCorrection, withKept, withTurn } from "./state/rounds.js";
import { fromKept, isKeptGame } from "./state/interrupted.js";
import { started, stopped } from "./state/stopwatch.js";

/** Milliseconds for which a result is shown before the next task. */
const SHOWN_FOR = Object.freeze({ digits: 700, numbers: 900, fool: 1800 });
/** Milliseconds until it is looked again whether the pen is up. */
const PEN_UP = 100;

/** @typedef {Pick<Turn, "sheet" | "reading" | "sent">} Drawn */

/**
 * A game on the sheet: what is drawn is read as always, and compared with what was asked.
 * @param {object} dependencies
 * @param {Store<State>} dependencies.store
 * @param {Pick<Actions, "clear" | "resume" | "retry">} dependencies.page
 * @param {Device} dependencies.device
 * @param {(game: Game) => Promise<Blob>} dependencies.paint makes a picture of the results
 * @param {{ load: () => Bests, keep: (bests: Bests) => void }} dependencies.bests
 * @param {Clock} [dependencies.clock]
 * @param {() => number} [dependencies.random] 0..1
 * @param {(error: unknown) => void} [dependencies.report] receives errors of the page itself
 */
export function createGame({ store, page, device, paint, bests, clock = systemClock, random = Math.random, report = (error) => reportError(error) }) {
  /** @type {(() => void)[]} */
  let watching = [];
  /** @type {unknown} */
  let ticking = null;
  /** @type {unknown} */
  let showing = null;
  /** The last finished drawing that was not read as what was asked. @type {Drawn | null} */
  let missed = null;

  /** @param {Partial<Game>} change */
  function update(change) {
    const { game } = store.get();
    if (game) store.set({ game: { ...game, ...change } });
  }

  /** @param {Game["phase"]} phase */
  function isIn(phase) {
    return store.get().game?.phase === phase;
  }

  // --- the sheet ---

  /** The next task must not begin with what undo brings back, nor with a reading that arrives late. */
  function clearSheet() {
    missed = null;
    page.clear();
    store.set({ drawing: newDrawing(), cursor: null });
  }

  /** @returns {Drawn} what is on the sheet now */
  function drawn() {
    const state = store.get();
    const reading = finalReading(state);
    return { sheet: sheetOf(state.drawing), reading, sent: reading && state.sent };
  }

  // --- the clock ---

  /** @param {boolean} running */
  function setRunning(running) {
    const { game } = store.get();
    if (!game) return;
    update({ clock: (running ? started : stopped)(game.clock, clock.now()) });
    tick();
  }

  /** Shows the seconds left, and again at the start of each second. */
  function tick() {
    clock.clearTimeout(ticking);
    const { game } = store.get();
    if (!game?.timed || game.clock.since === null) return;
    const left = timeLeft(game, clock.now());
    const seconds = Math.ceil(left / 1000);
    update({ secondsLeft: seconds, ...(seconds === 0 ? { clock: stopped(game.clock, clock.now()) } : {}) });
    if (seconds > 0) ticking = clock.setTimeout(tick, left - (seconds - 1) * 1000);
  }

  /** A stroke that was begun in time may be finished, and is read. */
  function endOfTime() {
    const { game } = store.get();
    const now = drawn();
    if (!game) return;
    if (game.mode === "fool" && now.reading && now.reading.reason !== "blank") return update({ phase: "asking" });
    store.set({ game: ended(withTurn(game, { ...now, outcome: "late", points: 0 }, clock.now()), clock.now()) });
    settle();
  }

  // --- turns ---

  /** @param {Reading | null} reading that is final */
  function compare(reading) {
    const { game } = store.get();
    if (!reading || !game) return;
    if (game.mode !== "fool" && isRead(reading, taskOf(game))) return show({ ...drawn(), outcome: "right", points: 0 });
    missed = drawn();
  }

  /** A drawing that was cleared, not undone, was an attempt. */
  function noteAttempt() {
    const { game, drawing } = store.get();
    if (!game || !missed || !isIn("playing") || drawing.future.length > 0) return;
    if (missed.reading?.digit != null || missed.reading?.numbers) store.set({ game: withTurn(game, { ...missed, outcome: "misread", points: 0 }, clock.now()) });
    missed = null;
  }

  /** @param {Omit<Turn, "asked" | "took" | "kept">} turn whose result is shown for a moment */
  function show(turn) {
    const { game } = store.get();
    if (!game?.mode) return;
    const done = withTurn(game, turn, clock.now());
    store.set({ game: { ...done, phase: "shown", verdict: done.turns.at(-1) ?? null } });
    showing = clock.setTimeout(moveOn, SHOWN_FOR[game.mode]);
  }

  /** A stroke that is being drawn, such as the bar of a 7, still belongs to the last task. */
  function moveOn() {
    if (store.get().drawing.active) showing = clock.setTimeout(moveOn, PEN_UP);
    else next();
  }

  function next() {
    clearSheet();
    const { game } = store.get();
    if (!game) return;
    if (taskOf(game) !== null && game.secondsLeft !== 0) return update({ phase: "playing", verdict: null });
    store.set({ game: ended(game, clock.now()) });
    settle();
  }

  /** After a round. */
  function settle() {
    const { game } = store.get();
    clearSheet();
    if (game?.isBest) bests.keep(game.bests);
  }

  function stopTimers() {
    clock.clearTimeout(ticking);
    clock.clearTimeout(showing);
  }

  /** @param {GameMode} mode */
  function play(mode) {
    const { game } = store.get();
    if (!game) return;
    stopTimers();
    clearSheet();
    store.set({ game: newRound(game, mode, random) });
  }

  /** @param {boolean} readable whether a person would still read the drawing as what was asked */
  function judge(readable) {
    const { game } = store.get();
    const now = drawn();
    if (!game || game.mode !== "fool" || !(isIn("playing") || isIn("asking"))) return;
    const { reading } = now;
    if (readable && (!reading || reading.reason === "blank")) return;
    const points = readable && reading ? pointsFor(reading, taskOf(game) ?? "") : 0;
    show({ ...now, outcome: readable ? "drawn" : "skipped", points });
  }

  function watch() {
    watching = [
      store.watch(shouldRun, setRunning),
      store.watch((state) => state.game?.phase === "playing" && state.game.waiting && state.drawing.active, (begun) => begun && update({ waiting: false })),
      store.watch((state) => (state.game?.phase === "playing" ? finalReading(state) : null), compare),
      store.watch((state) => isBlank(state.drawing), (blank) => blank && noteAttempt()),
      store.watch(isOutOfTime, (over) => over && endOfTime()),
    ];
  }

  /** Takes the sheet for the game. What was on it comes back at the end. */
  function open() {
    const { drawing, explaining, overlaid, tableOpen } = store.get();
    store.set({ tableOpen: false });
    store.set({ game: newGame({ drawing: end(drawing), explaining, overlaid, tableOpen }, bests.load()), explaining: false, overlaid: false });
    clearSheet();
    watch();
  }

  function close() {
    const { game } = store.get();
    if (!game) return;
    for (const unwatch of watching) unwatch();
    stopTimers();
    clearSheet();
    const { tableOpen, ...before } = game.before;
    store.set({ ...before, game: null });
    page.resume();
    store.set({ tableOpen });
  }

  return {
    play,
    judge,
    close,
    retry: page.retry,

    toggle() {
      if (store.get().game) close();
      else open();
    },

    /**
     * Goes on with a game from before a reload.
     * @param {unknown} kept
     */
    resume(kept) {
      if (store.get().game || !isKeptGame(kept)) return;
      open();
      // The drawing is sent before the game goes on, so that it still counts if the time is up.
      store.set({ drawing: toDrawing({ strokes: kept.strokes, picture: null }) });
      page.resume();
      const { game } = store.get();
      if (game) store.set({ game: fromKept(kept, game) });
      if (isIn("shown")) next();
    },

    /** Back to the choice of games. */
    choose() {
      const { game } = store.get();
      if (game) store.set({ game: { ...newGame(game.before, game.bests), timed: game.timed } });
    },

    playAgain() {
      const { game } = store.get();
      if (game?.mode) play(game.mode);
    },

    skip() {
      const { game } = store.get();
      if (isIn("asking")) return judge(false);
      if (!game || !isIn("playing")) return;
      store.set({ game: withTurn(game, { ...drawn(), outcome: "skipped", points: 0 }, clock.now()) });
      next();
    },

    toggleTimed() {
      const { game } = store.get();
      if (game) update({ timed: !game.timed });
    },

    /** @param {boolean} away whether the page is hidden */
    setAway(away) {
      const { game } = store.get();
      if (game) update({ away, waiting: away || game.waiting });
    },

    /**
     * Keeps a drawing as a correction, or undoes that.
     * @param {number} at the place of the turn
     */
    toggleKept(at) {
      const { game, history: before } = store.get();
      const turn = game?.turns[at];
      if (!game || !turn) return;
      const history = turn.kept === null ? withCorrection(before, turn) : withoutEntry(before, turn.kept);
      if (!history) return;
      const kept = turn.kept === null ? (entryOf(history, turn.sheet)?.id ?? null) : null;
      store.set({ history, unsaved: corrections(history).length > 0, game: withKept(game, at, kept) });
    },

    async savePicture() {
      const { game } = store.get();
      try {
        if (game) device.save("digits-game.png", await paint(game));
      } catch (error) {
        report(error);
      }
    },
  };
}

/**
 * Whether the time is up, and nothing is being drawn or read anymore.
 * @param {State} state
 */
function isOutOfTime({ game, drawing, recognizing, problem }) {
  return game?.phase === "playing" && game.secondsLeft === 0 && !drawing.active && (!recognizing || problem !== null);
}
