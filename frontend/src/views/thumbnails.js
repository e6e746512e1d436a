import { fitted, isShowable } from "../canvas/geometry.js";
import { place } from "./dom.js";

/** Shows pictures of a long table, each when it comes near the screen. */
export function createThumbnails() {
  /** @type {{ frame: Element, file: File }[]} */
  let waiting = [];
  /** @type {string[]} */
  let urls = [];

  /** @param {Element} frame */
  function show(frame) {
    const file = waiting.find((one) => one.frame === frame)?.file;
    if (!file) return;
    observer.unobserve(frame);
    waiting = waiting.filter((one) => one.frame !== frame);
    const url = URL.createObjectURL(file);
    urls.push(url);
    showThumbnail(frame, url);
  }

  const observer = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) if (isIntersecting) show(target);
  }, { rootMargin: "50%" });

  return {
    /**
     * @param {Element} frame
     * @param {File} file
     */
    add(frame, file) {
      waiting.push({ frame, file });
      observer.observe(frame);
    },

    clear() {
      observer.disconnect();
      waiting = [];
      for (const url of urls) URL.revokeObjectURL(url);
      urls = [];
    },
  };
}

const SVG = "http://www.w3.org/2000/svg";

/** A neutral picture, until the real one is shown. If the browser can't show that, it stays. */
export function newThumbnail() {
  const frame = document.createElement("div");
  frame.className = "thumbnail";
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M5 2.5h6.5L15 6v11.5H5zM11 2.5V6.5h4");
  svg.append(path);
  frame.append(svg);
  return frame;
}

/** Smaller pictures are shown with sharp pixels. */
const FEW_PIXELS = 40;

/**
 * Until it is in the page, the browser only reads the header of the file.
 * @param {Element} frame
 * @param {string} url
 */
function showThumbnail(frame, url) {
  const image = new Image();
  image.alt = "";
  image.decoding = "async";
  image.draggable = false;
  image.addEventListener("load", () => {
    const natural = { width: image.naturalWidth, height: image.naturalHeight };
    if (!isShowable(natural)) return;
    place(image, fitted(natural));
    image.classList.toggle("coarse", Math.max(natural.width, natural.height) < FEW_PIXELS);
    frame.replaceChildren(image);
  }, { once: true });
  image.src = url;
}
