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
 * What happens in it is worth seeing, wherever the page has been scrolled to.
 * @param {string} name
 */
export function bringIntoView(name) {
  part(name, HTMLElement).scrollIntoView({ block: "nearest" });
}

/**
 * Whoever had the keyboard's focus in what goes does not lose it: it goes to the heir.
 * @param {HTMLElement} element
 * @param {boolean} hidden
 * @param {HTMLElement} heir
 */
export function hide(element, hidden, heir) {
  const orphaned = hidden && element.contains(document.activeElement);
  element.hidden = hidden;
  if (orphaned) heir.focus();
}

/**
 * Whoever has the keyboard's focus in what is moved keeps it.
 * @param {HTMLElement} element
 * @param {() => void} move
 */
export function keepFocus(element, move) {
  const focused = document.activeElement;
  move();
  if (focused instanceof HTMLElement && element.contains(focused)) focused.focus({ preventScroll: true });
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
