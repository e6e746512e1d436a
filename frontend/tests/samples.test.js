import assert from "node:assert/strict";
import { test } from "node:test";
import { SAMPLES, toPngFile, toPngUrl } from "../src/samples.js";
import { PENS } from "../src/strokes.js";

test("every sample has a name of its own and either strokes or a picture", () => {
  assert.equal(new Set(SAMPLES.map(({ id }) => id)).size, SAMPLES.length);
  for (const { id, title, strokes, png } of SAMPLES) {
    assert.ok(title.length > 3, id);
    assert.notEqual(strokes === undefined, png === undefined, id);
  }
});

test("every sample's strokes lie on the sheet and are drawn with a pen that there is", () => {
  for (const { id, strokes = [] } of SAMPLES) {
    for (const { points, width } of strokes) {
      assert.ok(points.length > 1 && Object.values(PENS).includes(width), id);
      for (const { x, y } of points) assert.ok(x >= 0 && x <= 1 && y >= 0 && y <= 1, id);
    }
  }
});

test("every picture among the samples is a PNG of 28 by 28, as a file and as an address", async () => {
  for (const { name, png } of SAMPLES.filter((sample) => sample.png)) {
    const file = toPngFile(name, png);
    const bytes = Buffer.from(await file.arrayBuffer());
    assert.deepEqual([file.name, file.type, bytes.subarray(1, 4).toString()], [name, "image/png", "PNG"]);
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [28, 28]);
    assert.deepEqual(Buffer.from(await (await fetch(toPngUrl(png))).arrayBuffer()), bytes);
  }
});
