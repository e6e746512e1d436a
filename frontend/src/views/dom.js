/**
 * @template {Element} E
 * @param {string} name its data-part
 * @param {new () => E} kind
 * @returns {E}
 */
export function part(name, kind) {
  const found = document.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} with data-part="${name}"`);
  return found;
}

/**
 * @template {Element} E
 * @param {Element} root
 * @param {string} selector
 * @param {new () => E} kind
 * @returns {E}
 */
export function within(root, selector, kind) {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} at ${selector}`);
  return found;
}

/**
 * @param {string} className
 * @param {string} text
 */
export function newSpan(className, text) {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  return span;
}

export function newButton() {
  const button = document.createElement("button");
  button.type = "button";
  return button;
}

/**
 * @param {HTMLImageElement} image
 * @param {string | null} source
 */
export function showImage(image, source) {
  image.hidden = source === null;
  if (source) image.src = source;
  else image.removeAttribute("src");
}

/**
 * Hides or shows an element. If the hidden element has the keyboard focus, the focus moves to another one.
 * @param {HTMLElement} element
 * @param {boolean} hidden
 * @param {HTMLElement} next gets the focus
 */
export function hide(element, hidden, next) {
  const hadFocus = hidden && element.contains(document.activeElement);
  element.hidden = hidden;
  if (hadFocus) next.focus();
}

/**
 * Moves an element in the page without losing the keyboard focus in it.
 * @param {HTMLElement} element
 * @param {() => void} move
 */
export function keepFocus(element, move) {
  const focused = document.activeElement;
  move();
  if (focused instanceof HTMLElement && element.contains(focused)) focused.focus({ preventScroll: true });
}

/**
 * @param {HTMLElement} element
 * @param {Partial<Area>} area of its container
 */
export function place(element, area) {
  for (const [side, share] of Object.entries(area)) element.style.setProperty(side, `${share * 100}%`);
}

/**
 * Calls back when the theme changes. A canvas keeps the colours in which it was painted.
 * @param {Watch} watch
 * @param {() => void} repaint
 */
export function onTheme(watch, repaint) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  watch((state) => state.preferences.theme, repaint);
}

/** Escape closes the menu that is open. */
export function isMenuOpen() {
  return CSS.supports("selector(:popover-open)") && document.querySelector(".choices:popover-open") !== null;
}

/**
 * @param {string} name of the stylesheet
 * @returns {Promise<unknown>} rejects if it can't be loaded
 */
export function loadStyle(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = name;
  return new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error(`${name} can't be loaded`));
    });
    document.head.append(link);
  });
}
