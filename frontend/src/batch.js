import { Problem, isRetryable, toProblem } from "./api/problem.js";
import { createLatest, systemClock } from "./api/timing.js";
import { MAX_FILES, MAX_TOGETHER, assertSendable, fileErrorOf, inMemory } from "./api/upload.js";
import { waitAfter } from "./recognition.js";
import { mayBeNumber } from "./state/numbers.js";
import { leftOver, mergeNumbers, newTable, parcels, tableToCsv, tableToJson, withResults } from "./state/rows.js";
import { sentenceForRefusal } from "./text/page.js";

/** Milliseconds. */
const TIMEOUT = 60_000;
const MAX_RETRIES = 3;
const MOST = Object.freeze({ files: MAX_FILES, bytes: MAX_TOGETHER });

/** @typedef {{ row: FileRow, content: File }[]} Parcel what one request sends */

/**
 * Reads several files at once and shows them in a table: one request after the other, each with as many files as the
 * server accepts.
 * @param {object} dependencies
 * @param {Store<State>} dependencies.store
 * @param {Api} dependencies.api
 * @param {Shrink} dependencies.shrink
 * @param {Device} dependencies.device
 * @param {(files: readonly File[]) => unknown} dependencies.openFiles opens a single file on the sheet
 * @param {Clock} [dependencies.clock]
 * @param {(error: unknown) => void} [dependencies.report] receives errors of the page itself
 */
export function createTable({ store, api, shrink, device, openFiles, clock = systemClock, report = (error) => reportError(error) }) {
  const latest = createLatest();
  /** @type {Set<number>} the ids of the rows to read */
  const wanted = new Set();
  // After a request that failed for good, the next ones are tried once, until one succeeds.
  let failing = false;

  /** @param {Partial<FileTable>} change */
  function update(change) {
    const { table } = store.get();
    if (table) store.set({ table: { ...table, ...change } });
  }

  /** @param {[row: FileRow, result: Reading | Problem | null][]} results */
  function settle(results) {
    const rows = store.get().table?.rows ?? [];
    update({ rows: withResults(rows, new Map(results.map(([{ id }, result]) => [id, result])), new Date()), problem: null, retryIn: null });
  }

  // --- reading ---

  /** @param {readonly FileRow[]} rows */
  function read(rows) {
    settle(rows.map((row) => [row, null]));
    for (const { id } of rows) wanted.add(id);
    if (store.get().table?.reading || rows.length === 0) return;
    update({ reading: true });
    failing = false;
    // Nobody awaits this promise, so an error of the page itself must be reported here.
    readWanted(latest.begin()).catch(report);
  }

  /** @param {Task} task */
  async function readWanted(task) {
    while (wanted.size > 0) {
      const rows = (store.get().table?.rows ?? []).filter(({ id }) => wanted.has(id));
      wanted.clear();
      for await (const parcel of parcels(rows, (row) => prepare(row, task), MOST)) {
        if (task.isLatest()) await readTogether(parcel, task);
        if (!task.isLatest()) return;
      }
      if (!task.isLatest()) return;
    }
    update({ reading: false });
  }

  /**
   * @param {FileRow} row
   * @param {Task} task
   * @returns {Promise<File | null>} null if the file can't be sent, or needn't anymore
   */
  async function prepare(row, task) {
    if (!task.isLatest()) return null;
    try {
      const { content } = await shrink(await inMemory(row.file));
      assertSendable(content, row.file.name);
      return content;
    } catch (error) {
      if (!(error instanceof Problem)) report(error);
      if (task.isLatest()) settle([[row, toProblem(error)]]);
      return null;
    }
  }

  /**
   * @param {Parcel} parcel
   * @param {Task} task
   * @returns {Promise<void>}
   */
  async function readTogether(parcel, task) {
    const results = await attempt(task, (signal) => api.readBatch(parcel.map(({ content }) => content), { signal }));
    if (!task.isLatest()) return;
    if (results instanceof Problem && isTooMuch(results) && parcel.length > 1) return readHalves(parcel, task);
    if (results instanceof Problem) return settle(parcel.map(({ row }) => [row, results]));
    /** @type {{ row: FileRow, content: File, reading: Reading }[]} */
    const again = parcel.flatMap((one, at) => {
      const reading = results[at];
      return "status" in reading && mayBeNumber(reading) ? [{ ...one, reading }] : [];
    });
    settle(parcel.flatMap(({ row }, at) => (again.some((one) => one.row === row) ? [] : [[row, results[at]]])));
    if (again.length > 0) await readNumbers(again, task);
  }

  /**
   * Reads the numbers on files that may show several digits.
   * @param {{ row: FileRow, content: File, reading: Reading }[]} again
   * @param {Task} task
   */
  async function readNumbers(again, task) {
    const numbers = await attempt(task, (signal) => api.readNumbersBatch(again.map(({ content }) => content), { signal }));
    if (!task.isLatest()) return;
    const results = numbers instanceof Problem ? again.map(() => numbers) : mergeNumbers(again.map(({ reading }) => reading), numbers);
    settle(again.map(({ row }, at) => [row, results[at]]));
  }

  /**
   * A server may be configured to accept less.
   * @param {Parcel} parcel
   * @param {Task} task
   */
  async function readHalves(parcel, task) {
    const half = Math.ceil(parcel.length / 2);
    await readTogether(parcel.slice(0, half), task);
    if (task.isLatest()) await readTogether(parcel.slice(half), task);
  }

  // --- requests ---

  /**
   * Sends a request, and sends it again after some failures.
   * @template T
   * @param {Task} task
   * @param {(signal: AbortSignal) => Promise<T>} send
   * @returns {Promise<T | Problem>}
   */
  async function attempt(task, send) {
    for (let retries = 0; ; retries++) {
      const result = await limited(task, send);
      if (!(result instanceof Problem)) failing = false;
      if (!(result instanceof Problem) || !task.isLatest()) return result;
      const wait = failing || retries >= MAX_RETRIES ? null : waitAfter(result, retries);
      failing ||= wait === null && isRetryable(result);
      if (wait === null) return result;
      update({ problem: result, retryIn: wait });
      await new Promise((resolve) => clock.setTimeout(() => resolve(null), wait * 1000));
      if (!task.isLatest()) return result;
      update({ problem: null, retryIn: null });
    }
  }

  /**
   * @template T
   * @param {Task} task
   * @param {(signal: AbortSignal) => Promise<T>} send
   * @returns {Promise<T | Problem>}
   */
  async function limited({ signal }, send) {
    const own = new AbortController();
    const abort = () => own.abort();
    let late = false;
    const timer = clock.setTimeout(() => {
      late = true;
      abort();
    }, TIMEOUT);
    signal.addEventListener("abort", abort);
    try {
      return await send(own.signal);
    } catch (error) {
      if (late) return new Problem("timeout");
      if (!(error instanceof Problem) && !signal.aborted) report(error);
      return toProblem(error);
    } finally {
      clock.clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }

  function stop() {
    latest.cancel();
    wanted.clear();
    update({ reading: false, problem: null, retryIn: null });
  }

  /**
   * @param {string} name
   * @param {string} type
   * @param {(table: FileTable, errorOf: (row: FileRow) => string | null) => string} toText
   */
  function save(name, type, toText) {
    const { table } = store.get();
    if (table) device.save(name, new Blob([toText(table, errorOf)], { type }));
  }

  return {
    stop,

    /** @param {readonly File[]} files */
    open(files) {
      stop();
      store.set({ table: newTable(files, problemOf), tableOpen: true, fileError: null });
      read(store.get().table?.rows.filter(({ problem }) => problem === null) ?? []);
    },

    /** Reads what was stopped or failed. */
    readRest() {
      const { table } = store.get();
      if (table) read(leftOver(table));
    },

    /** @param {number} id */
    retryRow(id) {
      read(store.get().table?.rows.filter((row) => row.id === id) ?? []);
    },

    /**
     * Opens the file on the sheet, as if it were the only one. The table stays.
     * @param {number} id
     */
    openRow(id) {
      const row = store.get().table?.rows.find((one) => one.id === id);
      if (row) openFiles([row.file]);
    },

    show() {
      if (store.get().table) store.set({ tableOpen: true });
    },

    /** Shows the sheet. The table stays. */
    hide() {
      store.set({ tableOpen: false });
    },

    close() {
      stop();
      store.set({ table: null, tableOpen: false });
    },

    saveCsv() {
      save("digits-files.csv", "text/csv", tableToCsv);
    },

    saveJson() {
      save("digits-files.json", "application/json", tableToJson);
    },
  };
}

/**
 * @param {File} file
 * @returns {Problem | null}
 */
function problemOf(file) {
  const detail = fileErrorOf(file);
  return detail === null ? null : new Problem("unsupported", { detail });
}

/** @param {FileRow} row */
function errorOf({ problem, file }) {
  return problem && sentenceForRefusal(problem, file.name);
}

/**
 * Whether fewer files in a request may help.
 * @param {Problem} problem
 */
function isTooMuch({ kind }) {
  return kind === "too_large" || kind === "malformed";
}
