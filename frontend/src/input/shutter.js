import { part } from "../views/dom.js";

/** @param {CameraActions} camera */
export function listenToCamera(camera) {
  const commands = { shutter: camera.shoot, "next-camera": camera.next, "close-camera": camera.close };
  for (const [name, command] of Object.entries(commands)) {
    part(name, HTMLButtonElement).addEventListener("click", ({ detail }) => {
      if (detail < 2) command();
    });
  }
  part("photo-instead", HTMLButtonElement).addEventListener("click", () => {
    camera.close();
    part("file", HTMLInputElement).click();
  });
  // Before all others: there, Escape clears the sheet.
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || part("viewfinder", HTMLElement).hidden) return;
    event.preventDefault();
    camera.close();
  }, true);
  document.addEventListener("visibilitychange", () => camera.setSeen(document.visibilityState === "visible"));
  addEventListener("pagehide", () => camera.close());
}
