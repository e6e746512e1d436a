import { isRetryable } from "../api/problem.js";
import { fileErrorOf } from "../api/upload.js";
import { textOf } from "../state/numbers.js";
import { shorten } from "../language.js";
import { formatConfidence } from "../state/reading.js";
import { countsOf, isRefused, isUnread, leftOver } from "../state/rows.js";
import { RETRY, UNREAD, UNSURE, backToTable, readTheRest, retryAll, retryName, sentenceForTable, tableLink, tableTitle } from "../text/more.js";
import { sentenceForReading, sentenceForRefusal } from "../text/page.js";
import { hide, loadStyle, newButton, newSpan, part } from "./dom.js";
import { createThumbnails, newThumbnail } from "./thumbnails.js";

/** Milliseconds in which the second click of a double click on a row would draw on the sheet. */
const DOUBLE_CLICK = 500;

/** @typedef {{ item: HTMLTableRowElement, name: HTMLElement, row: FileRow | null, reading: boolean }} Shown */

/**
 * @param {Watch} watch
 * @returns {Promise<void>} rejects if the stylesheet can't be loaded
 */
export async function showTable(watch) {
  await loadStyle("table.css");
  showProgress(watch);
  showRows(watch);
  showInPlaceOfSheet(watch);
}

// --- in place of the sheet ---

/**
 * The focus moves to the table, and back to where it was.
 * @param {Watch} watch
 */
function showInPlaceOfSheet(watch) {
  const section = part("table", HTMLElement);
  const main = part("main", HTMLElement);
  const heading = part("table-title", HTMLElement);
  const back = part("back-to-table", HTMLButtonElement);
  const chooser = part("file", HTMLElement);
  const sheet = newPlace();
  const table = newPlace();
  let isClosed = true;

  // A different first file means a new table.
  watch((state) => state.table?.rows[0].file ?? null, (first) => {
    isClosed = first === null;
    table.forget();
    if (!section.hidden && !isClosed) table.enter(heading);
  });
  watch((state) => (state.tableOpen ? null : state.table && state.table.rows.length), (count) => {
    back.hidden = count === null;
    if (count === null) return;
    back.textContent = tableLink(count);
    back.setAttribute("aria-label", backToTable(count));
  });
  watch((state) => state.tableOpen, (open) => {
    if (section.hidden === !open) return;
    if (open) {
      if (document.activeElement !== back) sheet.leave(document.body);
      section.hidden = false;
      table.enter(heading);
      return;
    }
    if (!isClosed) table.leave(section);
    section.hidden = true;
    if (isClosed) sheet.enter(chooser);
    else {
      scrollTo(0, 0);
      back.focus({ preventScroll: true });
    }
    main.classList.add("arriving");
    setTimeout(() => main.classList.remove("arriving"), DOUBLE_CLICK);
  });
}

/** Remembers where the user was: the focus and how far the page was scrolled. */
function newPlace() {
  /** @type {HTMLElement | null} */
  let focused = null;
  let top = 0;
  return {
    /** @param {HTMLElement} root of what is left */
    leave(root) {
      const { activeElement } = document;
      focused = activeElement instanceof HTMLElement && activeElement !== document.body && root.contains(activeElement) ? activeElement : null;
      top = scrollY;
    },
    /** @param {HTMLElement} otherwise gets the focus if nothing had it */
    enter(otherwise) {
      scrollTo(0, top);
      (focused?.checkVisibility() ? focused : otherwise).focus({ preventScroll: true });
    },
    forget() {
      focused = null;
      top = 0;
    },
  };
}

// --- progress ---

/** @param {Watch} watch */
function showProgress(watch) {
  const title = part("table-title", HTMLElement);
  const status = part("table-status", HTMLElement);
  const progress = part("table-progress", HTMLProgressElement);
  const stop = part("stop-table", HTMLButtonElement);
  const rest = part("read-rest", HTMLButtonElement);
  watch((state) => state.table, (table) => {
    if (!table) return void (status.textContent = "");
    const counts = countsOf(table);
    title.textContent = tableTitle(counts.total);
    const sentence = sentenceForTable(table, counts);
    // A live region that does not change stays quiet.
    if (status.textContent !== sentence) status.textContent = sentence;
    status.dataset.tone = table.problem ? "problem" : "idle";
    progress.max = counts.total;
    progress.value = counts.done;
    // It keeps its place, so that the table does not move.
    progress.classList.toggle("done", !table.reading);
    const left = leftOver(table).length;
    rest.textContent = counts.unread > 0 ? readTheRest(left) : retryAll(left);
    hide(rest, table.reading || left === 0, title);
    hide(stop, !table.reading, title);
  });
}

// --- rows ---

/** @param {Watch} watch */
function showRows(watch) {
  const body = part("rows", HTMLElement);
  const thumbnails = createThumbnails();
  /** @type {Map<number, Shown>} */
  let shown = new Map();

  watch((state) => state.table, (table) => {
    const rows = table?.rows ?? [];
    // Within a table, the order of the files never changes.
    if (rows[0]?.file !== shown.get(1)?.row?.file || rows.length !== shown.size) {
      thumbnails.clear();
      shown = new Map(rows.map((row) => [row.id, newRow(row)]));
      body.replaceChildren(...[...shown.values()].map(({ item }) => item));
    }
    for (const row of rows) {
      const one = shown.get(row.id);
      const isOutdated = one?.row !== row || (isUnread(row) && one.reading !== table?.reading);
      if (one && isOutdated) fill(one, row, table?.reading ?? false);
    }
  });

  /**
   * @param {FileRow} row
   * @returns {Shown}
   */
  function newRow(row) {
    const item = document.createElement("tr");
    const picture = document.createElement("td");
    const thumbnail = newThumbnail();
    picture.append(thumbnail);
    if (fileErrorOf(row.file) === null) thumbnails.add(thumbnail, row.file);
    const name = document.createElement("th");
    name.scope = "row";
    item.append(picture, name);
    return { item, name, row: null, reading: false };
  }
}

/**
 * @param {Shown} shown
 * @param {FileRow} row
 * @param {boolean} reading whether files are being read
 */
function fill(shown, row, reading) {
  const { item, name } = shown;
  const hadFocus = item.contains(document.activeElement);
  const refused = isRefused(row);
  if (shown.row === null || isRefused(shown.row) !== refused) name.replaceChildren(newName(row.file.name, refused));
  if (refused) delete item.dataset.row;
  else item.dataset.row = String(row.id);
  for (const cell of [...item.cells].slice(2)) cell.remove();
  item.append(...newCells(row, reading));
  if (hadFocus && !item.contains(document.activeElement)) (item.querySelector("button") ?? part("table-title", HTMLElement)).focus({ preventScroll: true });
  shown.row = row;
  shown.reading = reading;
}

/**
 * @param {string} fileName
 * @param {boolean} refused a refused file can't be opened on the sheet
 */
function newName(fileName, refused) {
  const name = refused ? newSpan("", "") : newButton();
  name.textContent = shorten(fileName);
  name.title = fileName;
  return name;
}

/**
 * @param {FileRow} row
 * @param {boolean} isReading
 */
function newCells(row, isReading) {
  const { reading, problem, file } = row;
  if (problem) return [newWideCell("problem", sentenceForRefusal(problem, file.name), isRetryable(problem) ? newRetry(row) : null)];
  if (!reading || isUnread(row)) return [newWideCell("waiting", isReading ? UNREAD.waiting : UNREAD.stopped)];
  const text = textOf(reading);
  if (text === "") return [newWideCell("nothing", sentenceForReading(reading, true))];
  const answer = newCell("answer-cell");
  answer.dataset.tone = reading.status;
  answer.append(newSpan("digit", text));
  if (reading.status === "uncertain") answer.append(newSpan("spoken", UNSURE));
  const certainty = newCell("certainty");
  certainty.textContent = formatConfidence(reading);
  return [answer, certainty];
}

/** @param {string} className */
function newCell(className) {
  const cell = document.createElement("td");
  cell.className = className;
  return cell;
}

/**
 * @param {string} className
 * @param {string} text
 * @param {HTMLElement | null} [more]
 */
function newWideCell(className, text, more = null) {
  const cell = newCell(className);
  cell.colSpan = 2;
  cell.append(newSpan("", text));
  if (more) cell.append(" ", more);
  return cell;
}

/** @param {FileRow} row */
function newRetry({ id, file }) {
  const retry = newButton();
  retry.className = "quiet";
  retry.dataset.retry = String(id);
  retry.textContent = RETRY;
  retry.setAttribute("aria-label", retryName(shorten(file.name)));
  return retry;
}
