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
import { GAME_FAILED } from "./text.js";
import { showAnswer, showBars, showDuration, showNotice, showNumber, showStatus } from "./views/answer.js";
import { showSamples } from "./views/examples.js";
import { showCursor, showOverlay, showPad, showPicture } from "./views/sheet.js";
import { showHand, showTheme, showTools } from "./views/tools.js";

const store = createStore({ ...newState(savedPreferences()), ...fromSession(savedVisit()), offline: !navigator.onLine });
const api = createApi();
const actions = createActions({ store, api, device, shrink: shrinkPicture, openTable });

const views = [
  showTheme, showHand, showPad, showCursor, showPicture, showTools, showAnswer, showStatus, showNotice, showDuration, showNumber, showBars,
  showOverlay, showSamples,
];
for (const show of views) show(store.watch);
for (const listen of [listenToPointer, listenToButtons, listenToShortcuts, listenToCursor, listenToFiles]) listen(actions);

// What explains, corrects and lists readings is loaded with the first one. Without it, the page reads as well.
/** @type {Promise<void> | null} */
let more = null;
store.watch((state) => state.reading !== null, (isRead) => {
  if (isRead || store.get().history.length > 0) more ??= loadMore().then(showMore, () => void (more = null));
});

async function loadMore() {
  const [{ showInput }, { showSteps }, { confirmLeaving, showCorrection, showHistory }] = await Promise.all([
    import("./views/network.js"),
    import("./views/steps.js"),
    import("./views/visit.js"),
  ]);
  return [showCorrection, showInput, showHistory, confirmLeaving, showSteps];
}

/** @param {((watch: Watch) => void)[]} shows */
function showMore(shows) {
  for (const show of shows) show(store.watch);
}

// Several files at once are rare. What reads and shows them is loaded with the first ones.
/** @type {Promise<TableActions> | null} */
let table = null;

/** Loads it if necessary. */
async function openTable() {
  table ??= loadTable().catch((error) => {
    table = null;
    throw error;
  });
  return (await table).open;
}

async function loadTable() {
  const [{ createTable }, { showTable }, { listenToTable }] = await Promise.all([import("./batch.js"), import("./views/table.js"), import("./input/choosing.js")]);
  const own = createTable({ store, api, device, shrink: shrinkPicture, openFiles: actions.openFiles });
  await showTable(store.watch);
  listenToTable(own);
  return own;
}

// The game is loaded when somebody wants to play.
document.querySelector("[data-part=game]")?.addEventListener("click", () => {
  import("./playground.js").then(({ toggleGame }) => toggleGame({ store, actions, device })).catch(() => store.set({ fileError: GAME_FAILED }));
});

actions.resume();
keepVisit(store, device, systemClock);
