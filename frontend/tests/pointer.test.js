import assert from "node:assert/strict";
import { test } from "node:test";
import { onSecondPointer } from "../src/input/pointer.js";

const FINGER = { id: 2, type: "touch", began: 1000 };
const MOUSE = { id: 1, type: "mouse", began: 1000 };
const PEN = { id: 5, type: "pen", began: 1000 };

for (const [title, drawing, [pointerId, pointerType, isPrimary, timeStamp = 2000], decision] of [
  ["the first pointer draws", null, [2, "touch", true], "start"],
  ["a second finger does not draw", FINGER, [3, "touch", false], "ignore"],
  ["two fingers together may tap", FINGER, [3, "touch", false, 1100], "tap"],
  ["a finger beside the pen does not tap", PEN, [3, "touch", false, 1100], "ignore"],
  ["a palm beside the pen does not draw", PEN, [3, "touch", true], "ignore"],
  ["a mouse does not draw while a finger draws", FINGER, [1, "mouse", true], "ignore"],
  ["the pen takes over from the palm that came first", FINGER, [5, "pen", true], "discard"],
  ["the pen does not take over from a mouse", MOUSE, [5, "pen", true], "ignore"],
  ["a mouse that is pressed again ends its first stroke", MOUSE, [1, "mouse", true], "end"],
  ["a new first finger ends the stroke of an earlier one", FINGER, [7, "touch", true], "end"],
]) {
  test(title, () => assert.equal(onSecondPointer(drawing, { pointerId, pointerType, isPrimary, timeStamp }), decision));
}
