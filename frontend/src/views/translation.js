/** Replaces the static text of the page, which is English. */

const LABELS = ["title", "aria-label", "alt"];

/** @param {Readonly<Record<string, string>>} texts each English text and its translation */
export function translate(texts) {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const [before, text, after] = partsOf(node.nodeValue ?? "");
    if (text in texts) node.nodeValue = before + texts[text] + after;
  }
  for (const name of LABELS) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      const label = element.getAttribute(name) ?? "";
      if (label in texts) element.setAttribute(name, texts[label]);
    }
  }
}

/**
 * @param {string} value
 * @returns {[before: string, text: string, after: string]} the text, with one space between words, and the space around it
 */
function partsOf(value) {
  const text = value.trim();
  const start = value.indexOf(text);
  return [value.slice(0, start), text.replace(/\s+/g, " "), value.slice(start + text.length)];
}
