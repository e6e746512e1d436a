import assert from "node:assert/strict";
import { test } from "node:test";
import { asideOn, assertSendable, inMemory, refusalOf, shortened } from "../src/files.js";

const MB = 1024 * 1024;

for (const [title, file, refusal] of [
  ["a PNG is taken", { name: "a.png", type: "image/png", size: 1 }, null],
  ["a HEIC without a media type is taken for its name", { name: "IMG_1.HEIC", type: "", size: 9 }, null],
  ["exactly 64 MB is opened", { name: "a.jpg", type: "image/jpeg", size: 64 * MB }, null],
  ["a byte more is not", { name: "a.jpg", type: "image/jpeg", size: 64 * MB + 1 }, "“a.jpg” has 64.1 MB; I take up to 64 MB."],
  ["an empty file is named with its size", { name: "a.png", type: "image/png", size: 0 }, "“a.png” is empty (0 bytes)."],
  ["a PDF is named with its type", { name: "a.pdf", type: "application/pdf", size: 9 }, "“a.pdf” is not a picture (application/pdf)."],
  ["an SVG is refused although it is called an image", { name: "a.svg", type: "image/svg+xml", size: 9 }, "“a.svg” is an SVG file; I take pictures that are made of pixels."],
  ["a long name loses its middle", { name: `${"x".repeat(60)}.pdf`, type: "", size: 9 }, `“${"x".repeat(16)}…${"x".repeat(11)}.pdf” is not a picture.`],
  ["a name that lies does not help", { name: "a.png", type: "text/html", size: 9 }, "“a.png” is not a picture (text/html)."],
  ["a file without type and ending is no picture", { name: "README", type: "", size: 9 }, "“README” is not a picture."],
]) {
  test(title, () => assert.equal(refusalOf(file), refusal));
}

test("a name that just fits is left as it is, and a letter beyond 16 bits is not cut in two", () => {
  assert.equal(shortened("a".repeat(32)), "a".repeat(32));
  assert.equal([...shortened("a".repeat(33))].length, 32);
  assert.equal(shortened("😀".repeat(33)), `${"😀".repeat(16)}…${"😀".repeat(15)}`);
});

test("only several files are worth a remark", () => {
  const [one, other] = [{ name: "a.png", type: "", size: 1 }, { name: "b.png", type: "", size: 1 }];
  assert.equal(asideOn([one], one), null);
  assert.equal(asideOn([one, other], one), "I took the first of 2 files.");
  assert.equal(asideOn([one, other], other), "I took “b.png”, the first of 2 files that I could take.");
});

test("exactly 16 MB is sent, and a byte more is not", () => {
  assertSendable(new Blob([new Uint8Array(16 * MB)]), "a.tif");
  assert.throws(() => assertSendable(new Blob([new Uint8Array(16 * MB + 1)]), "a.tif"), { kind: "too_large", detail: /“a\.tif” has 16\.1 MB/ });
});

test("a file in memory has the bytes, the name and the type of the one on the disk", async () => {
  const file = await inMemory(new File(["bytes"], "a.png", { type: "image/png" }));
  assert.deepEqual([await file.text(), file.name, file.type], ["bytes", "a.png", "image/png"]);
});
