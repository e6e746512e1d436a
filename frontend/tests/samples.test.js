import assert from "node:assert/strict";
import { test } from "node:test";
import { PENS } from "../src/state/drawing.js";
import { SAMPLES, toPngFile, toPngUrl } from "../src/state/samples.js";

test("every sample has a unique ID and either strokes or a picture", () => {
  assert.equal(new Set(SAMPLES.map(({ id }) => id)).size, SAMPLES.length);
  for (const { id, strokes, png } of SAMPLES) {
    assert.notEqual(strokes === undefined, png === undefined, id);
  }
});

test("every stroke of a sample is on the sheet and has the width of a pen", () => {
  for (const { id, strokes = [] } of SAMPLES) {
    for (const { points, width } of strokes) {
      assert.ok(points.length > 1 && Object.values(PENS).includes(width), id);
      for (const { x, y } of points) assert.ok(x >= 0 && x <= 1 && y >= 0 && y <= 1, id);
    }
  }
});

test("every picture of a sample is a PNG of 28 by 28 pixels, as a file and as a URL", async () => {
  for (const { name, png } of SAMPLES.filter((sample) => sample.png)) {
    const file = toPngFile(name, png);
    const bytes = Buffer.from(await file.arrayBuffer());
    assert.deepEqual([file.name, file.type, bytes.subarray(1, 4).toString()], [name, "image/png", "PNG"]);
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [28, 28]);
    assert.deepEqual(Buffer.from(await (await fetch(toPngUrl(png))).arrayBuffer()), bytes);
  }
});
