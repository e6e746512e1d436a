import assert from "node:assert/strict";
import { test } from "node:test";
import { toColumns } from "../src/api/upload.js";
import { pointsOf, strokeOf } from "./doubles.js";

const line = (count) => strokeOf(...Array.from({ length: count }, (_, at) => ({ x: at / (count - 1), y: 0.5 })));

test("each stroke is sent as columns of whole numbers", () => {
  const { content, scale } = toColumns([strokeOf({ x: 0.123456, y: 1 }, { x: 0, y: 0.5 }), strokeOf({ x: 0.5, y: 0.5 })]);
  assert.deepEqual(content, [{ x: [Math.round(0.123456 * scale), 0], y: [scale, scale / 2] }, { x: [scale / 2], y: [scale / 2] }]);
});

test("the width of the pen is not sent", () => {
  const points = [{ x: 0.1, y: 0.1 }, { x: 0.5, y: 0.5 }];
  assert.deepEqual(toColumns([{ points, width: 0.01 }]), toColumns([{ points, width: 0.2 }]));
});

test("the points survive the round trip to within a tenth of a pixel", () => {
  const points = Array.from({ length: 100 }, (_, at) => ({ x: (at * 0.6180339) % 1, y: (at * 0.4142135) % 1 }));
  const [sent] = pointsOf(toColumns([strokeOf(...points)]).content);
  sent.forEach((point, at) => assert.ok(Math.hypot(point.x - points[at].x, point.y - points[at].y) < 0.1 / 280));
});

for (const strokes of [[line(50_000)], Array.from({ length: 300 }, () => line(200)), Array.from({ length: 450 }, () => line(2)), [line(19_000)]]) {
  const total = strokes.reduce((sum, { points }) => sum + points.length, 0);
  test(`${total} points in ${strokes.length} strokes are within the limits of the server, and no stroke or end is lost`, () => {
    const { content } = toColumns(strokes);
    assert.equal(content.length, strokes.length);
    assert.ok(content.reduce((sum, { x }) => sum + x.length, 0) <= 20_000);
    assert.ok(JSON.stringify({ strokes: content }).length <= 512 * 1024);
    pointsOf(content).forEach((points, at) => {
      assert.deepEqual([points[0].x, points.at(-1).x], [0, 1]);
      assert.ok(points.length <= strokes[at].points.length);
    });
  });
}
