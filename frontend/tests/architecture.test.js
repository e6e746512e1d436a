import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";

const SRC = new URL("../src/", import.meta.url);
/** The only script that is not a module. */
const BEFORE_PAINT = "before-paint.js";
const modules = readdirSync(SRC, { recursive: true }).map(String).filter((name) => name.endsWith(".js") && name !== BEFORE_PAINT);
const views = modules.filter((name) => name.startsWith("views/"));
const input = modules.filter((name) => name.startsWith("input/"));
const actions = ["actions.js", "review.js", "recognition.js", "batch.js", "play.js", "lighting.js", "camera.js", "measured.js", "sharing.js", "opening.js"];
/** Modules that need a document. All others also work without one. */
const browser = [
  ...views, ...input, "main.js", "playground.js", "wiring.js", "device.js",
  ...["picture", "poster", "snapshot", "viewfinder"].map((name) => `canvas/${name}.js`),
];
/** Asks for the document's language, if there is a document. */
const universal = "language.js";
const pure = modules.filter((name) => !browser.includes(name) && name !== universal);
const html = read("index.html");

function read(name) {
  return readFileSync(new URL(name, SRC), "utf8");
}

/** The code without comments. */
function code(name) {
  return read(name).replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function imports(name) {
  return [...code(name).matchAll(/^(?:import|export)\b[^"'`]*?from "([^"]+)"/gm)].map(([, from]) => new URL(from, new URL(name, SRC)).href.slice(SRC.href.length));
}

test("only the API client fetches", () => {
  // Snippets are code for other programs.
  const own = modules.filter((name) => name !== "api/snippets.js");
  assert.deepEqual(own.filter((name) => /\bfetch\b|XMLHttpRequest|sendBeacon|WebSocket/.test(code(name))), ["api/client.js"]);
});

test("state, API, text and actions need no document", () => {
  for (const name of [...actions, "state/drawing.js", "api/client.js", "text/page.js", "canvas/geometry.js"]) assert.ok(pure.includes(name), name);
  for (const name of pure) {
    assert.doesNotMatch(code(name), /\b(document|window|navigator|HTML\w*Element)\b/, name);
    assert.deepEqual(imports(name).filter((from) => browser.includes(from)), [], name);
  }
});

test("views never set state", () => {
  for (const name of views) {
    assert.doesNotMatch(code(name), /\b(createStore|actions)\b|\bstore\.(?!js")|\.set\(/, name);
    assert.deepEqual(imports(name).filter((from) => actions.includes(from) || from.startsWith("input/") || from === "api/client.js"), [], name);
  }
});

test("input only calls actions", () => {
  for (const name of input) {
    assert.doesNotMatch(code(name), /\bcreateStore\b|\bstore\.(?!js")|\.set\(/, name);
    assert.deepEqual(imports(name).filter((from) => !pure.includes(from) && from !== "views/dom.js"), [], name);
    assert.deepEqual(imports(name).filter((from) => actions.includes(from)), [], name);
  }
});

test("only main.js creates the store, the API client and the actions", () => {
  const creators = modules.filter((name) => /(?<!function )\b(createStore|createApi|createActions)\(/.test(code(name)));
  assert.deepEqual(creators, ["main.js"]);
});

test("imports have no cycles", () => {
  const walk = (name, path) => {
    assert.ok(!path.includes(name), [...path, name].join(" -> "));
    for (const from of imports(name)) walk(from, [...path, name]);
  };
  for (const name of modules) walk(name, []);
});

test("no two modules have the same name, and none is long", () => {
  const others = modules.filter((name) => !name.startsWith("text/"));
  assert.equal(new Set(others.map((name) => basename(name))).size, others.length);
  for (const name of others) assert.ok(read(name).split("\n").length < 300, name);
});

test("the page has no inline script or style, and nothing from another host", () => {
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
  const namespace = "http://www.w3.org/2000/svg"; // a name, not a request
  for (const name of [...modules, BEFORE_PAINT]) {
    assert.doesNotMatch(code(name).replace(namespace, ""), /setAttribute\("style"|innerHTML|https?:/, name);
  }
  const styles = readdirSync(SRC).filter((name) => name.endsWith(".css"));
  for (const name of styles) assert.doesNotMatch(read(name), /@import|url\(/, name);
});

test("the page has each part that other programs look for, once", () => {
  for (const part of ["pad", "clear", "undo", "redo", "file", "drop", "answer", "status", "bars", "picture", "input", "samples", "explanation", "history"]) {
    assert.equal(html.split(`data-part="${part}"`).length - 1, 1, part);
  }
});

test("every module is preloaded, so that a slow connection does not load one after the other, except those for later", () => {
  const atOnce = new Set(["main.js", "text/en/page.js"]);
  for (const name of atOnce) for (const from of imports(name)) atOnce.add(from);
  const preloaded = [...html.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, href]) => href);
  assert.deepEqual(preloaded.sort(), [...atOnce].filter((name) => name !== "main.js").sort());
});

test("the page is mirrored by moving elements, exactly when the stylesheet puts them side by side", () => {
  const [, query] = /SIDE_BY_SIDE = "([^"]+)"/.exec(code("views/tools.js"));
  const css = read("style.css");
  const block = css.split("@media ").find((rules) => rules.startsWith(`${query} {`));
  assert.match(block ?? "", /\bmain \{ grid-template-columns: auto minmax\(0, 1fr\)/);
  assert.match(block ?? "", /\[data-first="reading"\] \{ grid-template-columns: minmax\(0, 1fr\) auto/);
  assert.doesNotMatch(css, /[\s;{]order:|row-reverse|column-reverse|grid-area: \d/, "the visual order would differ from the tab order");
});
