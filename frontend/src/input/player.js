import { isMenuOpen, part } from "../views/dom.js";

/** @param {GameActions} game */
export function listenToGame(game) {
  const panel = part("game-panel", HTMLElement);
  /** @type {Record<string, () => void>} */
  const actions = {
    "close-game": game.close,
    "skip": game.skip,
    "readable": () => game.judge(true),
    "retry-game": game.retry,
    "play-again": game.playAgain,
    "choose-game": game.choose,
    "save-game": () => void game.savePicture(),
    "timed": game.toggleTimed,
  };
  panel.addEventListener("click", ({ target, detail }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    // The second click of a double click would do something else than the first one.
    if (!button || (detail > 1 && button.dataset.part !== "skip")) return;
    const { mode, keep, part: name } = button.dataset;
    if (mode) game.play(/** @type {GameMode} */ (mode));
    else if (keep) game.toggleKept(Number(keep));
    else actions[name ?? ""]?.();
  });
  document.addEventListener("visibilitychange", () => game.setAway(document.hidden));
  // Before the shortcuts of the page: there, Escape clears the sheet.
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !isOpen() || isMenuOpen()) return;
    event.preventDefault();
    game.close();
  }, { capture: true });
  keepFilesAway();
}

function isOpen() {
  return document.body.classList.contains("playing");
}

/** While somebody plays, no file replaces the drawing, nor does the browser leave the page to open it. */
function keepFilesAway() {
  for (const type of ["paste", "dragenter", "dragover", "drop"]) {
    addEventListener(type, (event) => {
      if (!isOpen()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event instanceof DragEvent && event.dataTransfer) event.dataTransfer.dropEffect = "none";
    }, { capture: true });
  }
}
