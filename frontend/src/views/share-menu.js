import { isBlank } from "../state/drawing.js";
import { SHARE } from "../text/share.js";
import { newButton, newSpan, part } from "./dom.js";

/** The paths of the icons. */
const ICONS = {
  link: "M8.5 11.5a3 3 0 0 0 4.2 0l3-3a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-3 3a3 3 0 0 0 4.2 4.2l1-1",
  send: "M3 10 17 3.5 13 17l-3.5-5.5zM9.5 11.5 17 3.5",
  save: "M10 3v9m-4-4 4 4 4-4M4 16.5h12",
  screen: "M2.5 4h15v9.5h-15zM10 13.5v3M6.5 16.5h7",
};

/**
 * What can be shared depends on what is on the sheet.
 * @param {Watch} watch
 * @param {boolean} canShare whether the device can hand something to other apps
 */
export function showShareMenu(watch, canShare) {
  const menu = newMenu();
  const buttons = {
    copy: newChoice("copy-link", ICONS.link, SHARE.copyLink),
    share: newChoice("share-elsewhere", ICONS.send, SHARE.share),
    save: newChoice("save-picture", ICONS.save, SHARE.savePicture),
  };
  const note = document.createElement("p");
  note.dataset.part = "share-note";
  note.setAttribute("role", "status");
  const field = newField();
  buttons.share.hidden = !canShare;
  menu.append(...Object.values(buttons), newChoice("present", ICONS.screen, SHARE.present), note, field);
  const button = part("share", HTMLButtonElement);
  button.after(menu);
  button.popoverTargetElement = menu;

  watch((state) => (isBlank(state.drawing) ? "blank" : state.drawing.picture ? "picture" : "drawing"), (kind) => {
    enable(buttons.copy, kind === "drawing");
    for (const button of [buttons.save, buttons.share]) enable(button, kind !== "blank");
  });
  watch((state) => state.sharing?.said ?? "", (text) => {
    note.textContent = text;
  });
  watch((state) => state.sharing?.link ?? null, (link) => {
    field.hidden = link === null;
    field.value = link ?? "";
    if (link !== null) field.select();
  });
}

/** Opens the menu that was loaded by the click on its button. */
export function openShareMenu() {
  const menu = part("share-menu", HTMLElement);
  // A browser without popovers shows it anyway.
  if (CSS.supports("selector(:popover-open)") && !menu.matches(":popover-open")) menu.showPopover();
}

function newMenu() {
  const menu = document.createElement("div");
  menu.className = "choices share-menu";
  menu.id = "share-menu";
  menu.dataset.part = "share-menu";
  menu.setAttribute("popover", "auto");
  return menu;
}

function newField() {
  const field = document.createElement("input");
  field.dataset.part = "share-link";
  field.readOnly = true;
  field.setAttribute("aria-label", SHARE.link);
  field.addEventListener("focus", () => field.select());
  return field;
}

/**
 * @param {string} name of the part
 * @param {string} path of its icon
 * @param {string} word
 */
function newChoice(name, path, word) {
  const button = newButton();
  button.dataset.part = name;
  const [icon, line] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  icon.setAttribute("viewBox", "0 0 20 20");
  icon.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  icon.append(line);
  button.append(icon, newSpan("word", word));
  return button;
}

/**
 * Does not use `disabled`, because a disabled button loses the keyboard focus.
 * @param {HTMLElement} button
 * @param {boolean} enabled
 */
function enable(button, enabled) {
  button.setAttribute("aria-disabled", String(!enabled));
}
