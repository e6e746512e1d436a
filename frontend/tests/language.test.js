import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { STATIC } from "../src/text/de/static.js";
import * as german from "../src/text/de/page.js";
import { readingOf, uncertain } from "./doubles.js";
import { newPage } from "./page.js";

const TEXT = new URL("../src/text/", import.meta.url);
const FILES = readdirSync(new URL("en/", TEXT));

/** The shape of what is exported: names, kinds and numbers of parameters, without the words. */
function shapeOf(value) {
  if (typeof value === "function") return `function of ${value.length}`;
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, shapeOf(value[key])]));
}

for (const name of FILES) {
  test(`German has the same texts as English: ${name}`, async () => {
    const [english, other] = await Promise.all(["en", "de"].map((language) => import(new URL(`${language}/${name}`, TEXT))));
    assert.deepEqual(shapeOf(other), shapeOf(english));
  });
}

test("each text of the page that is not made by a script is translated, and nothing else", () => {
  assert.deepEqual(Object.keys(STATIC).sort(), [...staticTexts()].filter((text) => !SAME.has(text)).sort());
});

/** Not translated: the same in both languages, made by a script before anybody sees it, or only for browsers without scripts. */
const SAME = new Set(["Digits", ".", "–", "Deutsch"]);

function staticTexts() {
  const body = readFileSync(new URL("../src/index.html", import.meta.url), "utf8").split("<body>")[1].replace(/<svg.*?<\/svg>|<noscript>.*?<\/noscript>/gs, "");
  const texts = body.split(/<[^>]+>/).map((text) => text.replace(/\s+/g, " ").trim());
  const labels = [...body.matchAll(/\s(?:title|aria-label|alt)="([^"]+)"/g)].map(([, label]) => label);
  return new Set([...texts, ...labels].filter((text) => text !== ""));
}

test("German sentences name the digit and say how sure it is", () => {
  assert.match(german.sentenceForReading(readingOf(7)), /\beine 7\.$/);
  assert.match(german.sentenceForReading(uncertain(1, { 1: 0.61, 7: 0.3 })), /eine 1 .*eine 7 /);
});

test("switching the language remembers it, keeps the visit and loads the page again", async () => {
  const page = newPage();
  await page.switchLanguage();
  assert.equal(page.device.remembered.at(-1).language, "de");
  assert.equal(page.device.kept.length, 1);
  assert.equal(page.device.reloads, 1);
});
