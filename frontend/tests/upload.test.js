import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { toCurl } from "../src/api/snippets.js";
import { assertSendable, fileErrorOf, inMemory, toDataUrl, urlFor } from "../src/api/upload.js";

const MB = 1024 * 1024;

for (const [title, file] of [
  ["a PNG", { name: "a.png", type: "image/png", size: 1 }],
  ["a HEIC without a media type, by its name", { name: "IMG_1.HEIC", type: "", size: 9 }],
  ["exactly 64 MB", { name: "a.jpg", type: "image/jpeg", size: 64 * MB }],
]) {
  test(`can be opened: ${title}`, () => assert.equal(fileErrorOf(file), null));
}

for (const [title, file, error] of [
  ["more than 64 MB", { name: "a.jpg", type: "image/jpeg", size: 64 * MB + 1 }, /“a\.jpg”.*64\.1 MB.*\b64 MB/],
  ["an empty file", { name: "a.png", type: "image/png", size: 0 }, /“a\.png”.*0 bytes/],
  ["a PDF, with its type", { name: "a.pdf", type: "application/pdf", size: 9 }, /“a\.pdf”.*application\/pdf/],
  ["an SVG, although its type is an image", { name: "a.svg", type: "image/svg+xml", size: 9 }, /SVG/],
  ["a file with a long name, which is shortened", { name: `${"x".repeat(60)}.pdf`, type: "", size: 9 }, /“x{16}…x{11}\.pdf”/],
  ["a file whose name does not match its type", { name: "a.png", type: "text/html", size: 9 }, /text\/html/],
  ["a file without type and extension", { name: "README", type: "", size: 9 }, /“README”/],
]) {
  test(`cannot be opened: ${title}`, () => assert.match(fileErrorOf(file), error));
}

test("exactly 16 MB can be sent, and one byte more cannot", () => {
  assertSendable(new Blob([new Uint8Array(16 * MB)]), "a.tif");
  assert.throws(() => assertSendable(new Blob([new Uint8Array(16 * MB + 1)]), "a.tif"), { kind: "too_large", detail: /“a\.tif” is 16\.1 MB/ });
});

test("a file in memory has the bytes, name and type of the original", async () => {
  const file = await inMemory(new File(["bytes"], "a.png", { type: "image/png" }));
  assert.deepEqual([await file.text(), file.name, file.type], ["bytes", "a.png", "image/png"]);
});

/** The arguments that a shell passes to curl. */
function argumentsOf(command) {
  const shown = command.replace(/^curl /, "printf '%s\\0' ");
  return execFileSync("sh", ["-c", shown], { encoding: "utf8" }).split("\0").slice(0, -1);
}

test("an explanation is requested only if it is needed", () => {
  assert.equal(urlFor(false), "/api/v1/digits?include=input");
  assert.equal(urlFor(true), "/api/v1/digits?include=input,explanation");
});

test("curl gets a small picture as an argument", async () => {
  const content = new File([Uint8Array.from({ length: 256 }, (_, at) => at)], "a.png", { type: "image/png" });
  const given = argumentsOf(await toCurl("http://digits.example", { content, scale: 1, explained: false }));
  assert.deepEqual([given[0], given[1], given[2], given[4]], ["-H", "Content-Type: application/json", "-d", "http://digits.example/api/v1/digits?include=input"]);
  const { image } = JSON.parse(given[3]);
  assert.deepEqual([...Buffer.from(image.split(",")[1], "base64")], Array.from({ length: 256 }, (_, at) => at));
});

test("curl gets the strokes of a drawing, as an argument or from standard input", async () => {
  const short = [{ x: [30, 90, 60], y: [20, 20, 110] }];
  const given = argumentsOf(await toCurl("http://digits.example", { content: short, scale: 1, explained: false }));
  assert.deepEqual(JSON.parse(given[3]), { strokes: short });
  const long = [{ x: Array.from({ length: 19_000 }, (_, at) => at % 2800), y: Array.from({ length: 19_000 }, () => 1400) }];
  const piped = execFileSync("sh", { input: `curl() { cat; }\n${await toCurl("http://digits.example", { content: long, scale: 1, explained: true })}`, maxBuffer: 1e7 });
  assert.deepEqual(JSON.parse(piped.toString()), { strokes: long });
});

test("curl gets a large picture from standard input, byte for byte", async () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 31) % 251);
  const command = await toCurl("http://digits.example", { content: new File([bytes], "a.jpg", { type: "image/jpeg" }), scale: 1, explained: true });
  assert.ok(command.split("\n").every((line) => line.length < 160));
  assert.match(command, /'http:\/\/digits\.example\/api\/v1\/digits\?include=input,explanation'\n/);
  const piped = execFileSync("sh", { input: `curl() { cat; }\n${command}`, maxBuffer: 1e7 });
  assert.deepEqual(new Uint8Array(piped), bytes);
});

test("a data URL has the media type of the picture, if it has one", async () => {
  assert.equal(await toDataUrl(new Blob(["hi"])), `data:application/octet-stream;base64,${Buffer.from("hi").toString("base64")}`);
  assert.match(await toDataUrl(new Blob(["hi"], { type: "image/png" })), /^data:image\/png;base64,/);
});
