import { bringIntoView, part } from "../views/parts.js";

/** @param {import("../actions.js").Actions} actions */
export function listenToButtons(actions) {
  on("undo", actions.undo);
  on("redo", actions.redo);
  on("clear", actions.clear);
  on("again", actions.askAgain);
  on("pen", actions.nextPen);
  on("why", actions.turnExplanation);
  on("lay", () => {
    actions.turnLens();
    if (part("lay", HTMLButtonElement).getAttribute("aria-pressed") === "true") bringIntoView("sheet");
  });
  on("curl", actions.copyCurl);
  on("doubt", () => {
    actions.turnDoubt();
    bringIntoView("truth");
  });
  on("save-csv", actions.saveCsv);
  on("save-json", actions.saveJson);
  on("save-marked", actions.saveMarked);
  on("forget", actions.clearHistory);
  on("forget-marked", actions.forgetHistory);
  on("keep", actions.keepHistory);
  on("theme", actions.nextTheme);
  on("hand", actions.turnHand);
  onEach("samples", "sample", (id) => {
    actions.giveSample(id);
    bringIntoView("sheet");
  });
  onEach("entries", "entry", (id) => {
    actions.revisit(Number(id));
    bringIntoView("sheet");
  });
  onEach("truth", "truth", (truth) => actions.say(truthOf(truth)));
  for (const [event, offline] of /** @type {const} */ ([["online", false], ["offline", true]])) {
    addEventListener(event, () => actions.setOffline(offline));
  }
}

/**
 * @param {string} text none where the person takes back what they have said
 * @returns {import("../history.js").Truth | null}
 */
function truthOf(text) {
  if (text === "") return null;
  return text === "none" ? text : Number(text);
}

/**
 * @param {string} name
 * @param {() => void} action
 */
function on(name, action) {
  part(name, HTMLButtonElement).addEventListener("click", action);
}

/**
 * For buttons that come and go.
 * @param {string} name of the part that they are in
 * @param {string} key of what each is about, among its data
 * @param {(value: string) => void} action
 */
function onEach(name, key, action) {
  part(name, HTMLElement).addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const value = button?.dataset[key];
    if (value !== undefined) action(value);
  });
}
