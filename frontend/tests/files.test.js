import assert from "node:assert/strict";
import { test } from "node:test";
import { asideOn, refusalOf, shortened } from "../src/files.js";

const MB = 1024 * 1024;

for (const [title, file, refusal] of [
  ["a PNG is taken", { name: "a.png", type: "image/png", size: 1 }, null],
  ["a HEIC without a media type is taken for its name", { name: "IMG_1.HEIC", type: "", size: 9 }, null],
  ["exactly 16 MB is taken", { name: "a.jpg", type: "image/jpeg", size: 16 * MB }, null],
  ["a byte more is not", { name: "a.jpg", type: "image/jpeg", size: 16 * MB + 1 }, "“a.jpg” has 16.1 MB; I take up to 16 MB."],
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
  assert.equal(asideOn(1), null);
  assert.equal(asideOn(3), "I took the first of 3 files.");
});
