import { isShowable } from "../canvas/geometry.js";

/** Shows pictures in the cells of a long table, each when it comes near the screen. */
export function createThumbnails() {
  /** @type {{ cell: Element, file: File }[]} */
  let waiting = [];
  /** @type {string[]} */
  let urls = [];

  /** @param {Element} cell */
  function show(cell) {
    const file = waiting.find((one) => one.cell === cell)?.file;
    if (!file) return;
    observer.unobserve(cell);
    waiting = waiting.filter((one) => one.cell !== cell);
    const url = URL.createObjectURL(file);
    urls.push(url);
    showThumbnail(cell, url);
  }

  const observer = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) if (isIntersecting) show(target);
  }, { rootMargin: "50%" });

  return {
    /**
     * @param {Element} cell
     * @param {File} file
     */
    add(cell, file) {
      waiting.push({ cell, file });
      observer.observe(cell);
    },

    clear() {
      observer.disconnect();
      waiting = [];
      for (const url of urls) URL.revokeObjectURL(url);
      urls = [];
    },
  };
}

/**
 * Until it is in the page, the browser only reads the header of the file. If it can't, the cell stays as it is.
 * @param {Element} cell
 * @param {string} url
 */
function showThumbnail(cell, url) {
  const image = new Image();
  image.alt = "";
  image.decoding = "async";
  image.draggable = false;
  image.addEventListener("load", () => {
    if (isShowable({ width: image.naturalWidth, height: image.naturalHeight })) cell.replaceChildren(image);
  }, { once: true });
  image.src = url;
}
