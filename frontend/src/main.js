import { createActions } from "./actions.js";
import { createApi } from "./api/client.js";
import { once, systemClock } from "./api/timing.js";
import { device, savedPreferences, savedVisit } from "./device.js";
import { listenToButtons, listenToCursor, listenToShortcuts } from "./input/controls.js";
import { listenToFiles } from "./input/files.js";
import { listenToPointer } from "./input/pointer.js";
import { LANGUAGE } from "./language.js";
import { isBlank } from "./state/drawing.js";
import { createStore, newState } from "./state/store.js";
import { LOADING_FAILED } from "./text/page.js";
import { showAnswer, showBars, showDuration, showNotice, showNumber, showStatus } from "./views/answer.js";
import { loadStyle, part } from "./views/dom.js";
import { showSamples } from "./views/examples.js";
import { showCursor, showPad, showPicture } from "./views/sheet.js";
import { showHand, showLanguage, showTheme, showTools } from "./views/tools.js";

if (LANGUAGE !== "en") await translatePage();

async function translatePage() {
  try {
    const [{ translate }, { STATIC }] = await Promise.all([import("./views/translation.js"), import("./text/de/static.js")]);
    translate(STATIC);
  } catch {
    // The page works in English, too.
  } finally {
    document.documentElement.classList.remove("untranslated");
  }
}

/**
 * What was kept of this visit before the page was reloaded.
 * @returns {Promise<ReturnType<typeof import("./state/session.js").fromSession>>}
 */
async function earlierVisit() {
  const text = savedVisit();
  return text === null ? {} : (await import("./state/session.js")).fromSession(text);
}

const { interrupted, ...visit } = await earlierVisit();
const store = createStore({ ...newState(savedPreferences()), ...visit, offline: !navigator.onLine });
const api = createApi();
/** What shrinks a picture is loaded with the first one. Without it, the picture is sent as it is. @type {Shrink} */
async function shrink(picture) {
  const loaded = store.get().offline ? null : await import("./canvas/picture.js").catch(() => null);
  return loaded ? loaded.shrinkPicture(picture) : { content: picture, scale: 1 };
}

const actions = createActions({ store, api, device, shrink, openTable, startCamera });

const views = [
  showTheme, showHand, showLanguage, showPad, showCursor, showPicture, showTools, showAnswer, showStatus, showNotice, showDuration, showNumber,
  showBars, showSamples,
];
for (const show of views) show(store.watch);
for (const listen of [listenToPointer, listenToButtons, listenToShortcuts, listenToCursor, listenToFiles]) listen(actions);

// What explains, corrects and lists readings is loaded with the first one. Without it, the page reads as well.
const more = once(loadMore);
store.watch((state) => state.reading !== null, (isRead) => {
  if (isRead || store.get().history.length > 0) more().catch(() => {});
});

async function loadMore() {
  const [{ showInput }, { showOverlay }, { showSteps }, { confirmLeaving, showCorrection, showHistory }] = await Promise.all([
    import("./views/explanation.js"),
    import("./views/overlay.js"),
    import("./views/steps.js"),
    import("./views/visit.js"),
  ]);
  for (const show of [showCorrection, showInput, showOverlay, showHistory, confirmLeaving, showSteps]) show(store.watch);
  lightWhenSeen();
}

/** The layers of the network are loaded when they come into view, or nearly. */
function lightWhenSeen() {
  const observer = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    observer.disconnect();
    loadNetwork().catch(() => {}); // without it, the page reads as well
  }, { rootMargin: "50%" });
  observer.observe(part("network", HTMLElement));
}

async function loadNetwork() {
  const [{ createLighting }, { showNetwork }, { listenToNetwork }] = await Promise.all([
    import("./lighting.js"), import("./views/network.js"), import("./input/maps.js"), loadStyle("network.css"),
  ]);
  const lighting = createLighting({ store, api, isCalm: device.isCalm() });
  showNetwork(store.watch);
  listenToNetwork(lighting);
}

// Several files at once are rare. What reads and shows them is loaded with the first ones.
const table = once(loadTable);

async function openTable() {
  return (await table()).open;
}

async function loadTable() {
  const [{ createTable }, { showTable }, { listenToTable }] = await Promise.all([import("./batch.js"), import("./views/table.js"), import("./input/choosing.js")]);
  const own = createTable({ store, api, device, shrink, openFiles: actions.openFiles });
  await showTable(store.watch);
  listenToTable(own);
  return own;
}

// The camera is loaded when it is asked for. Only then does the browser ask the user.
const camera = once(loadCamera);

async function startCamera() {
  (await camera()).open();
}

async function loadCamera() {
  const [{ createCamera }, { createViewfinder }, { newViewfinder, showCamera }, { listenToCamera }] = await Promise.all([
    import("./camera.js"), import("./canvas/viewfinder.js"), import("./views/live.js"), import("./input/shutter.js"), loadStyle("camera.css"),
  ]);
  const video = newViewfinder();
  const own = createCamera({ store, api, viewfinder: createViewfinder(video), actions, clock: systemClock });
  showCamera(store.watch, video);
  listenToCamera(own);
  return own;
}

device.hasCamera().then((hasCamera) => store.set({ hasCamera }));

// How well it reads is loaded when it is asked for.
const figures = once(loadFigures);
part("show-figures", HTMLButtonElement).addEventListener("click", ({ detail }) => {
  if (detail > 1) return;
  store.set({ figuresProblem: null });
  figures().then((own) => own.toggle()).catch(() => store.set({ figuresProblem: LOADING_FAILED }));
});

async function loadFigures() {
  const [{ createFigures }, { showFigures }] = await Promise.all([import("./measured.js"), import("./views/figures.js"), loadStyle("figures.css")]);
  showFigures(store.watch);
  return createFigures({ store, api });
}

// There is nothing to keep before the first stroke.
const keeping = once(keep);
store.watch((state) => !isBlank(state.drawing) && !state.offline, (worthKeeping) => {
  if (worthKeeping) keeping().catch(() => {});
});

async function keep() {
  const { keepVisit } = await import("./state/session.js");
  keepVisit(store, device, systemClock);
}

// What shares and presents the page is loaded when it is asked for.
/** @param {Event} [event] */
function share(event) {
  import("./wiring.js").then((loaded) => loaded.share(store, actions, event)).catch(() => store.set({ fileError: LOADING_FAILED }));
}

// The game is loaded when somebody wants to play, or goes on playing after the page was reloaded in another language.
part("game", HTMLButtonElement).addEventListener("click", ({ detail }) => {
  if (detail > 1) return;
  import("./playground.js").then(({ toggleGame }) => toggleGame({ store, actions, device })).catch(() => store.set({ fileError: LOADING_FAILED }));
});

actions.resume();
if (interrupted && !document.documentElement.dataset.mode) {
  import("./playground.js").then(({ resumeGame }) => resumeGame({ store, actions, device }, interrupted)).catch(() => store.set({ fileError: LOADING_FAILED }));
}
part("share", HTMLElement).addEventListener("click", share);
addEventListener("hashchange", share);
if (location.hash || document.documentElement.dataset.mode) share();
