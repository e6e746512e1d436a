import { isMenuOpen, part } from "../views/dom.js";

/** @param {CameraActions} camera */
export function listenToCamera(camera) {
  const commands = { shutter: camera.shoot, "next-camera": camera.next, "camera-again": camera.again, "close-camera": camera.close };
  for (const [name, command] of Object.entries(commands)) {
    part(name, HTMLButtonElement).addEventListener("click", ({ detail }) => {
      if (detail < 2) command();
    });
  }
  part("photo-instead", HTMLButtonElement).addEventListener("click", () => {
    camera.close();
    part("file", HTMLInputElement).click();
  });
  // Whatever is opened on the sheet, even what is on it already, closes the camera.
  for (const name of ["samples", "entries"]) part(name, HTMLElement).addEventListener("click", camera.close);
  // Before all others: there, Escape clears the sheet.
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || part("viewfinder", HTMLElement).hidden || isMenuOpen()) return;
    event.preventDefault();
    camera.close();
  }, true);
  document.addEventListener("visibilitychange", () => camera.setSeen(document.visibilityState === "visible"));
  // A page that is left only switches the camera off. If it comes back, the sheet does, too.
  addEventListener("pagehide", camera.pause);
  addEventListener("pageshow", camera.close);
}
