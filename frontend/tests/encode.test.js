import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { toGreyPng } from "../src/canvas/encode.js";

/** The chunks of a PNG: [name, data, checksum]. */
function chunksOf(bytes) {
  const found = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    found.push([bytes.toString("latin1", at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length), bytes.readUInt32BE(at + 8 + length)]);
    at += length + 12;
  }
  return found;
}

test("a greyscale PNG contains every level at its place", async () => {
  const levels = Uint8Array.from({ length: 6 }, (_, at) => at * 51);
  const blob = await toGreyPng(levels, 3);
  const bytes = Buffer.from(await blob.arrayBuffer());
  assert.equal(blob.type, "image/png");
  assert.equal(bytes.subarray(0, 8).toString("latin1"), "\x89PNG\r\n\x1a\n");
  const [[head, size], [data, lines], [end, nothing, check]] = chunksOf(bytes);
  assert.deepEqual([head, data, end, nothing.length], ["IHDR", "IDAT", "IEND", 0]);
  assert.deepEqual([...size], [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
  assert.deepEqual([...inflateSync(lines)], [0, 0, 51, 102, 0, 153, 204, 255]);
  assert.equal(check, 0xae426082, "the checksum of IEND is the same in every PNG");
});
