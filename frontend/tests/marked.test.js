import assert from "node:assert/strict";
import { test } from "node:test";
import { mark, record } from "../src/history.js";
import { toDataUrl, toMarkedFile } from "../src/marked.js";
import { pictureFile, readingOf } from "./doubles.js";

test("the file of marked pictures holds each with its right digit, its name and its very bytes", async () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, at) => at % 256);
  const sent = { blob: new Blob([bytes], { type: "image/png" }), scale: 1, explained: false };
  const sheet = { strokes: [], picture: pictureFile("a.png") };
  const entries = mark(record([], { sheet, sent, reading: readingOf(1), at: new Date() }), 1, 7);
  const file = JSON.parse(await toMarkedFile(entries));
  assert.deepEqual([file.format, file.version, file.pictures.length], ["digits-marked", 1, 1]);
  const [{ label, name, image }] = file.pictures;
  assert.deepEqual([label, name], [7, "a.png"]);
  const [head, content] = image.split(",");
  assert.equal(head, "data:image/png;base64");
  assert.deepEqual(new Uint8Array(Buffer.from(content, "base64")), bytes);
});

test("what is no digit has no label", async () => {
  const sheet = { strokes: [], picture: pictureFile() };
  const entries = mark(record([], { sheet, sent: { blob: new Blob(["x"]), scale: 1, explained: false }, reading: readingOf(1), at: new Date() }), 1, "none");
  assert.equal(JSON.parse(await toMarkedFile(entries)).pictures[0].label, null);
});

test("a picture of no known type is still a data URL", async () => {
  assert.equal(await toDataUrl(new Blob(["hi"])), `data:application/octet-stream;base64,${Buffer.from("hi").toString("base64")}`);
});
