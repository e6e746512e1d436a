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
