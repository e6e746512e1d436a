import { createActions } from "./actions.js";
import { createApi } from "./api/client.js";
import { systemClock } from "./api/timing.js";
import { shrinkPicture } from "./canvas/picture.js";
import { device, savedPreferences, savedVisit } from "./device.js";
import { listenToButtons, listenToCursor, listenToShortcuts } from "./input/controls.js";
import { listenToFiles } from "./input/files.js";
import { listenToPointer } from "./input/pointer.js";
import { fromSession, keepVisit } from "./state/session.js";
import { createStore, newState } from "./state/store.js";
import { showAnswer, showBars, showDuration, showNotice, showNumber, showStatus } from "./views/answer.js";
import { showInput } from "./views/network.js";
import { showCursor, showOverlay, showPad, showPicture } from "./views/sheet.js";
import { showHand, showTheme, showTools } from "./views/tools.js";
import { confirmLeaving, showCorrection, showHistory, showSamples } from "./views/visit.js";

const store = createStore({ ...newState(savedPreferences()), ...fromSession(savedVisit()), offline: !navigator.onLine });
const api = createApi();
const actions = createActions({ store, api, device, shrink: shrinkPicture, openTable });

const views = [
  showTheme, showHand, showPad, showCursor, showPicture, showTools, showAnswer, showStatus, showNotice, showDuration, showNumber, showBars,
  showCorrection, showInput, showOverlay, showSamples, showHistory, confirmLeaving,
];
for (const show of views) show(store.watch);
for (const listen of [listenToPointer, listenToButtons, listenToShortcuts, listenToCursor, listenToFiles]) listen(actions);

// The steps are below the first screen and need a reading. Without them, the page works as well.
/** @type {Promise<void> | null} */
let steps = null;
store.watch((state) => state.reading !== null, (isRead) => {
  if (isRead) steps ??= import("./views/steps.js").then(({ showSteps }) => showSteps(store.watch), () => void (steps = null));
});

// Several files at once are rare. What reads and shows them is loaded with the first ones.
/** @type {Promise<TableActions> | null} */
let table = null;

/** @param {readonly File[]} files */
async function openTable(files) {
  table ??= loadTable().catch((error) => {
    table = null;
    throw error;
  });
  (await table).open(files);
}

async function loadTable() {
  const [{ createTable }, { showTable }, { listenToTable }] = await Promise.all([import("./batch.js"), import("./views/table.js"), import("./input/choosing.js")]);
  const own = createTable({ store, api, device, shrink: shrinkPicture, openFiles: actions.openFiles });
  await showTable(store.watch);
  listenToTable(own);
  return own;
}

actions.resume();
keepVisit(store, device, systemClock);
