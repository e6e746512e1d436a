import { isMenuOpen, part } from "../views/dom.js";

/** @param {TableActions} table */
export function listenToTable(table) {
  onClick("back-to-table", table.show);
  onClick("close-table", table.close);
  onClick("stop-table", table.stop);
  onClick("read-rest", table.readRest);
  onClick("table-csv", table.saveCsv);
  onClick("table-json", table.saveJson);
  listenToRows(table);
  addEventListener("keydown", (event) => {
    const { key, defaultPrevented } = event;
    if (key === "Escape" && !defaultPrevented && !part("table", HTMLElement).hidden && !isMenuOpen()) table.hide();
  });
}

/** @param {TableActions} table */
function listenToRows(table) {
  part("rows", HTMLElement).addEventListener("click", ({ target, detail }) => {
    if (!(target instanceof Element) || detail > 1) return;
    const retry = target.closest("button")?.dataset.retry;
    const row = target.closest("tr")?.dataset.row;
    if (retry) table.retryRow(Number(retry));
    else if (row && !isSelecting()) table.openRow(Number(row));
  });
}

/**
 * @param {string} name
 * @param {() => void} action
 */
function onClick(name, action) {
  part(name, HTMLButtonElement).addEventListener("click", action);
}

/** Whether the click ended the selection of text. */
function isSelecting() {
  return getSelection()?.isCollapsed === false;
}
