import { isMenuOpen, part } from "../views/dom.js";

/** @param {SharingActions} sharing */
export function listenToShareMenu(sharing) {
  const menu = part("share-menu", HTMLElement);
  onClick("copy-link", sharing.copyLink);
  onClick("share-elsewhere", sharing.shareElsewhere);
  onClick("save-picture", sharing.savePicture);
  onClick("present", () => {
    menu.hidePopover?.();
    sharing.present();
  });
  menu.addEventListener("beforetoggle", (event) => {
    if (event instanceof ToggleEvent && event.newState === "open") sharing.begin();
  });
}

/**
 * @param {SharingActions} sharing
 * @param {{ clear: () => void }} sheet
 */
export function listenToMode(sharing, { clear }) {
  part("main", HTMLElement).addEventListener("click", ({ target }) => {
    const name = target instanceof HTMLElement ? target.dataset.part : undefined;
    if (name === "leave") sharing.leave();
    if (name === "clear-presented") clear();
  });
  // Before all others: there, Escape clears the sheet.
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || isMenuOpen() || !isPresented()) return;
    event.preventDefault();
    sharing.leave();
  }, true);
  addEventListener("popstate", () => sharing.followAddress());
}

function isPresented() {
  return document.documentElement.dataset.mode === "present";
}

/**
 * @param {string} name
 * @param {() => void} action
 */
function onClick(name, action) {
  part(name, HTMLButtonElement).addEventListener("click", ({ detail }) => {
    if (detail < 2) action();
  });
}
