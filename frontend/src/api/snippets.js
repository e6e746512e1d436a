/** The request that was just made, for a shell, Python and JavaScript. Loaded when it is copied. */

import { NUMBERS_URL, toDataUrl, urlFor } from "./upload.js";

/**
 * @param {Program} program
 * @param {string} origin
 * @param {Sent} sent
 * @returns {Promise<string>}
 */
export async function snippetFor(program, origin, sent) {
  return { curl: toCurl, python: toPython, javascript: toJavaScript }[program](origin, sent);
}

/** @param {Sent} sent */
function pathOf({ explained, rival, numbers }) {
  return numbers ? NUMBERS_URL : urlFor(explained, rival);
}

/**
 * Needs the package requests. A picture is read from its file, which should be in the working folder.
 * @param {string} origin
 * @param {Sent} sent
 */
export function toPython(origin, sent) {
  const { content } = sent;
  const url = JSON.stringify(origin + pathOf(sent));
  const lines = content instanceof File
    ? [`with open(${JSON.stringify(content.name)}, "rb") as picture:`, `    response = requests.post(${url}, files={"image": picture}, timeout=30)`]
    : [`strokes = ${JSON.stringify(content)}`, `response = requests.post(${url}, json={"strokes": strokes}, timeout=30)`];
  return ["import requests", "", ...lines, "print(response.text)", ""].join("\n");
}

/**
 * Runs in Node and, with strokes, in a browser.
 * @param {string} origin
 * @param {Sent} sent
 */
export function toJavaScript(origin, sent) {
  const { content } = sent;
  const url = JSON.stringify(origin + pathOf(sent));
  const lines = content instanceof File
    ? [
        'import { readFile } from "node:fs/promises";',
        "",
        "const form = new FormData();",
        `form.append("image", new Blob([await readFile(${JSON.stringify(content.name)})]), ${JSON.stringify(content.name)});`,
        `const response = await fetch(${url}, { method: "POST", body: form });`,
      ]
    : [
        `const strokes = ${JSON.stringify(content)};`,
        `const response = await fetch(${url}, {`,
        '  method: "POST",',
        '  headers: { "Content-Type": "application/json" },',
        "  body: JSON.stringify({ strokes }),",
        "});",
      ];
  return [...lines, "console.log(await response.text());", ""].join("\n");
}

/** The longest body, in characters, that is passed as an argument. Shells limit the length of arguments. */
const MAX_ARGUMENT = 48 * 1024;
/** The line length of base64 (RFC 2045). */
const BASE64_LINE = /.{1,76}/g;

/**
 * The request as a command for a POSIX shell.
 * @param {string} origin
 * @param {Sent} sent
 * @returns {Promise<string>}
 */
export async function toCurl(origin, sent) {
  const { content } = sent;
  const url = quoted(origin + pathOf(sent));
  const body = content instanceof File ? { image: await toDataUrl(content) } : { strokes: content };
  const json = JSON.stringify(body);
  if (json.length <= MAX_ARGUMENT) return `curl -H 'Content-Type: application/json' -d ${quoted(json)} ${url}`;
  if (body.image === undefined) return [`curl -H 'Content-Type: application/json' --data-binary @- ${url} <<'STROKES'`, json, "STROKES", ""].join("\n");
  const lines = body.image.slice(body.image.indexOf(",") + 1).match(BASE64_LINE) ?? [];
  return [`base64 -d <<'PICTURE' | curl -H 'Content-Type: application/octet-stream' --data-binary @- ${url}`, ...lines, "PICTURE", ""].join("\n");
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
