/** Connects what shares, presents and embeds the page. It is loaded when one of them is asked for. */

import { toPicture } from "./canvas/snapshot.js";
import { device } from "./device.js";
import { listenToMode, listenToShareMenu } from "./input/share-buttons.js";
import { openLink } from "./opening.js";
import { createSharing } from "./sharing.js";
import { isLink } from "./state/link.js";
import { loadStyle } from "./views/dom.js";
import { showMode } from "./views/modes.js";
import { openShareMenu, showShareMenu } from "./views/share-menu.js";

/** @type {Outlet} */
const outlet = {
  address: () => location.origin + location.pathname,
  query: () => location.search,
  showMode(mode) {
    // Leaving takes back the step that entering added. Without such a step, as after opening a link, the address changes in place.
    if (mode === null && history.state?.entered) return history.back();
    const others = location.search.slice(1).split("&").filter((one) => one !== "" && !/^(present|embed)\b/.test(one));
    const query = [...others, ...(mode ? [mode] : [])].join("&");
    // Back leaves the presentation.
    history[mode ? "pushState" : "replaceState"](mode && { entered: mode }, "", location.pathname + (query && `?${query}`));
  },
  canShare: (data) => navigator.canShare?.(data) ?? false,
  share: (data) => navigator.share(data),
};

/**
 * Starts when it is called first, and then opens the menu if its button was clicked. Opens the drawing of a link each time.
 * @param {Store<State>} store
 * @param {Actions} actions
 * @param {Event} [event] none while the page loads
 */
export async function share(store, actions, event) {
  const isFirst = starting === null;
  starting ??= start(store, actions);
  await starting.catch((error) => {
    starting = null;
    throw error;
  });
  // From then on, the button opens its menu by itself.
  if (isFirst && event?.type === "click") openShareMenu();
  if (isLink(location.hash)) await followLink(store, actions);
}

/** @type {Promise<void> | null} */
let starting = null;

/**
 * @param {Store<State>} store
 * @param {Actions} actions
 */
async function start(store, actions) {
  await loadStyle("share.css");
  const sharing = createSharing({ store, device, outlet, toPicture });
  sharing.followAddress();
  showMode(store.watch);
  showShareMenu(store.watch, "share" in navigator);
  listenToShareMenu(sharing);
  listenToMode(sharing, actions);
}

/**
 * The sheet may change after that, so the address doesn't keep the drawing: a reload would bring it back.
 * @param {Store<State>} store
 * @param {Actions} actions
 */
async function followLink(store, { openStrokes }) {
  if (store.get().game) (await import("./playground.js")).leaveGame();
  openLink(location.hash, { store, openStrokes });
  history.replaceState(history.state, "", location.pathname + location.search);
}
