import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const SRC = new URL("../src/", import.meta.url);
/** Runs before anything is painted, and is no module. */
const FIRST = "first.js";
const modules = readdirSync(SRC, { recursive: true }).map(String).filter((name) => name.endsWith(".js") && name !== FIRST);
const views = modules.filter((name) => name.startsWith("views/"));
const gestures = modules.filter((name) => name.startsWith("gestures/"));
const page = [...views, ...gestures, "main.js", "rendering.js", "device.js"];
const wired = ["actions.js", "api.js", "store.js"];
const pure = modules.filter((name) => !page.includes(name));

/** The text without its comments: a type may name what the code must not use. */
function code(name) {
  return readFileSync(new URL(name, SRC), "utf8").replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function imports(name) {
  return [...code(name).matchAll(/from "([^"]+)"/g)].map(([, from]) => new URL(from, new URL(name, SRC)).href.slice(SRC.href.length));
}

test("only the api fetches", () => {
  assert.deepEqual(modules.filter((name) => /\bfetch\b|XMLHttpRequest|sendBeacon|WebSocket/.test(code(name))), ["api.js"]);
});

test("everything but views, gestures, rendering, the device and the wiring works without a page", () => {
  assert.ok(pure.includes("actions.js") && pure.includes("strokes.js") && pure.includes("words.js"));
  for (const name of pure) assert.doesNotMatch(code(name), /\b(document|window|navigator|HTML\w*Element)\b/, name);
});

test("what works without a page imports nothing that needs one", () => {
  for (const name of pure) assert.deepEqual(imports(name).filter((from) => page.includes(from)), [], name);
});

test("views look and never set", () => {
  for (const name of views) {
    assert.doesNotMatch(code(name), /\bstore\b|\.set\(/, name);
    assert.deepEqual(imports(name).filter((from) => /^(store|actions|api|main)\.js$|^gestures\//.test(from)), [], name);
  }
});

test("gestures only call actions", () => {
  for (const name of gestures) {
    assert.doesNotMatch(code(name), /\bstore\b|\.set\(/, name);
    assert.deepEqual(imports(name).filter((from) => from !== "views/parts.js" && (wired.includes(from) || !pure.includes(from))), [], name);
  }
});

test("only the wiring knows the actions, the api and the store's maker", () => {
  for (const name of modules.filter((other) => other !== "main.js")) {
    assert.deepEqual(imports(name).filter((from) => wired.includes(from)), [], name);
  }
});

test("imports make no circle", () => {
  const walk = (name, path) => {
    assert.ok(!path.includes(name), [...path, name].join(" -> "));
    for (const from of imports(name)) walk(from, [...path, name]);
  };
  for (const name of modules) walk(name, []);
});

test("the page brings no script or style of its own, and nothing from elsewhere", () => {
  const html = readFileSync(new URL("index.html", SRC), "utf8");
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
  const namespace = "http://www.w3.org/2000/svg"; // a name that is never asked for
  for (const name of [...modules, FIRST]) {
    assert.doesNotMatch(code(name).replace(namespace, ""), /setAttribute\("style"|innerHTML|https?:/, name);
  }
  for (const name of ["style.css", "dark.css"]) assert.doesNotMatch(readFileSync(new URL(name, SRC), "utf8"), /@import|url\(/, name);
});

test("the page has every part that others find it by, once", () => {
  const html = readFileSync(new URL("index.html", SRC), "utf8");
  for (const part of ["pad", "clear", "undo", "redo", "file", "drop", "answer", "status", "bars", "picture", "input", "samples", "explanation", "history"]) {
    assert.equal(html.split(`data-part="${part}"`).length - 1, 1, part);
  }
});

test("every module is asked for early, so that a slow line does not wait for one after the other", () => {
  const html = readFileSync(new URL("index.html", SRC), "utf8");
  const preloaded = [...html.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, href]) => href);
  assert.deepEqual(preloaded.sort(), modules.filter((name) => name !== "main.js").sort());
});

test("the page is mirrored in its order where the stylesheet has sheet and reading side by side, and nowhere else", () => {
  const [, query] = /SIDE_BY_SIDE = "([^"]+)"/.exec(code("views/choices.js"));
  const css = readFileSync(new URL("style.css", SRC), "utf8");
  const block = css.split("@media ").find((rules) => rules.startsWith(`${query} {`));
  assert.match(block ?? "", /\bmain \{ grid-template-columns: auto minmax\(0, 1fr\)/);
  assert.match(block ?? "", /\[data-hand="left"\] main \{ grid-template-columns: minmax\(0, 1fr\) auto/);
  assert.doesNotMatch(css, /[\s;{]order:|row-reverse|column-reverse|grid-area: \d/, "what is shown elsewhere than it stands misleads the tabulator");
});
