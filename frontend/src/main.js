import { createActions } from "./actions.js";
import { createApi } from "./api.js";
import { device, remembered } from "./device.js";
import { listenToButtons } from "./gestures/buttons.js";
import { listenToPen } from "./gestures/drawing.js";
import { listenToGifts } from "./gestures/giving.js";
import { listenToCursor, listenToKeys } from "./gestures/keys.js";
import { renderDrawing, shrinkPicture } from "./rendering.js";
import { newState } from "./state.js";
import { createStore } from "./store.js";
import { showAnswer } from "./views/answer.js";
import { showBars } from "./views/bars.js";
import { showCertainty } from "./views/certainty.js";
import { showChoices } from "./views/choices.js";
import { showCursor } from "./views/cursor.js";
import { showDrop } from "./views/drop.js";
import { showHistory } from "./views/history.js";
import { showInput, showLens } from "./views/input.js";
import { showLeaving } from "./views/leaving.js";
import { showPad } from "./views/pad.js";
import { showPicture } from "./views/picture.js";
import { showSamples } from "./views/samples.js";
import { showStatus } from "./views/status.js";
import { showSteps } from "./views/steps.js";
import { showTools } from "./views/tools.js";
import { showTruth } from "./views/truth.js";

const store = createStore({ ...newState(remembered()), offline: !navigator.onLine });
const actions = createActions({ store, api: createApi(), device, renderer: { render: renderDrawing, shrink: shrinkPicture } });

const views = [
  showChoices, showPad, showCursor, showPicture, showTools, showAnswer, showStatus, showCertainty, showBars, showTruth,
  showInput, showLens, showSteps, showSamples, showHistory, showDrop, showLeaving,
];
for (const show of views) show(store.watch);
for (const listen of [listenToPen, listenToButtons, listenToKeys, listenToCursor, listenToGifts]) listen(actions);
