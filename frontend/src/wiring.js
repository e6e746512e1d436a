/** Connects what shares, presents and embeds the page. It is loaded when one of them is asked for. */

import { toPicture } from "./canvas/snapshot.js";
import { device } from "./device.js";
import { listenToMode, listenToShareMenu } from "./input/share-buttons.js";
import { createSharing } from "./sharing.js";
import { showMode } from "./views/modes.js";
import { openShareMenu, showShareMenu } from "./views/share-menu.js";

/** @type {Outlet} */
const outlet = {
  address: () => location.origin + location.pathname,
  showMode(mode) {
    const address = new URL(location.href);
    for (const other of ["present", "embed"]) address.searchParams.delete(other);
    // Back leaves the presentation.
    if (mode) history.pushState(null, "", `${location.pathname}?${mode}`);
    else history.replaceState(null, "", address.pathname + address.search);
  },
  canShare: (data) => navigator.canShare?.(data) ?? false,
  share: (data) => navigator.share(data),
};

/** @returns {Mode | null} */
function modeOfAddress() {
  const asked = new URLSearchParams(location.search);
  return asked.has("present") ? "present" : asked.has("embed") ? "embed" : null;
}

/**
 * @param {Store<State>} store
 * @param {Actions} actions
 * @returns {Promise<() => void>} opens the menu
 */
export async function startSharing(store, actions) {
  const sharing = createSharing({ store, device, outlet, toPicture });
  await loadStyle();
  sharing.setMode(modeOfAddress());
  showMode(store.watch);
  showShareMenu(store.watch, "share" in navigator);
  listenToShareMenu(sharing);
  listenToMode(sharing, actions, modeOfAddress);
  return openShareMenu;
}

/** @returns {Promise<unknown>} rejects if the stylesheet can't be loaded */
function loadStyle() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "share.css";
  return new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error("share.css can't be loaded"));
    });
    document.head.append(link);
  });
}
