import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { SAMPLES } from "../src/samples.js";
import { PENS } from "../src/strokes.js";

const FOLDER = new URL("../src/samples/", import.meta.url);

test("every sample has a name of its own and either strokes or a picture", () => {
  assert.equal(new Set(SAMPLES.map(({ id }) => id)).size, SAMPLES.length);
  for (const { id, title, strokes, file } of SAMPLES) {
    assert.ok(title.length > 3, id);
    assert.notEqual(strokes === undefined, file === undefined, id);
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

test("every picture among the samples is there and is a PNG of 28 by 28, and there is no other", () => {
  const named = SAMPLES.flatMap(({ file }) => file ?? []);
  assert.deepEqual(readdirSync(FOLDER).sort(), named.sort());
  for (const file of named) {
    const bytes = readFileSync(new URL(file, FOLDER));
    assert.equal(bytes.subarray(1, 4).toString(), "PNG");
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [28, 28]);
  }
});
