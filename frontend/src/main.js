import { createActions } from "./actions.js";
import { createApi } from "./api.js";
import { listenToButtons } from "./gestures/buttons.js";
import { listenToPen } from "./gestures/drawing.js";
import { listenToGifts } from "./gestures/giving.js";
import { listenToKeys } from "./gestures/keys.js";
import { renderDrawing } from "./rendering.js";
import { newState } from "./state.js";
import { createStore } from "./store.js";
import { showAnswer } from "./views/answer.js";
import { showBars } from "./views/bars.js";
import { showDrop } from "./views/drop.js";
import { showInput } from "./views/input.js";
import { showPad } from "./views/pad.js";
import { showPicture } from "./views/picture.js";
import { showStatus } from "./views/status.js";
import { showTools } from "./views/tools.js";

const store = createStore(newState());
const actions = createActions({ store, api: createApi(), render: renderDrawing });

for (const show of [showPad, showPicture, showTools, showAnswer, showStatus, showBars, showInput, showDrop]) show(store.watch);
for (const listen of [listenToPen, listenToButtons, listenToKeys, listenToGifts]) listen(actions);
