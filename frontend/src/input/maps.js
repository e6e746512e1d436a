import { part } from "../views/dom.js";

/** @param {{ setVisible: (visible: boolean) => void, chooseMap: (name: string | null) => void }} lighting */
export function listenToNetwork(lighting) {
  const root = part("network", HTMLElement);
  new IntersectionObserver(([{ isIntersecting }]) => lighting.setVisible(isIntersecting)).observe(root);
  for (const event of ["pointerover", "focusin", "click"]) {
    root.addEventListener(event, ({ target }) => {
      const map = mapOf(target);
      if (!map) return;
      if (event === "click") moveTab(map);
      lighting.chooseMap(map.dataset.map ?? null);
    });
  }
  root.addEventListener("keydown", (event) => {
    const maps = [...root.querySelectorAll("[data-map]")].filter((one) => one instanceof HTMLElement);
    const from = mapOf(event.target);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!from || step === undefined) return;
    event.preventDefault();
    const to = maps[maps.indexOf(from) + step] ?? from;
    moveTab(to);
    to.focus();
  });

  /**
   * One of the maps is in the tab order, and the arrow keys reach the others.
   * @param {HTMLElement} map
   */
  function moveTab(map) {
    for (const other of root.querySelectorAll('[data-map][tabindex="0"]')) other.setAttribute("tabindex", "-1");
    map.tabIndex = 0;
  }
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
function mapOf(target) {
  const map = target instanceof Element ? target.closest("[data-map]") : null;
  return map instanceof HTMLElement ? map : null;
}
