import assert from "node:assert/strict";
import { test } from "node:test";
import { onSecondPointer } from "../src/input/pointer.js";

const FINGER = { id: 2, type: "touch" };
const MOUSE = { id: 1, type: "mouse" };
const PEN = { id: 5, type: "pen" };

for (const [title, drawing, [pointerId, pointerType, isPrimary], decision] of [
  ["the first pointer draws", null, [2, "touch", true], "start"],
  ["a second finger does not draw", FINGER, [3, "touch", false], "ignore"],
  ["a palm beside the pen does not draw", PEN, [3, "touch", true], "ignore"],
  ["a mouse that is pressed while a finger draws does not draw", FINGER, [1, "mouse", true], "ignore"],
  ["the pen takes over from the palm that came first", FINGER, [5, "pen", true], "discard"],
  ["the pen does not take over from a mouse", MOUSE, [5, "pen", true], "ignore"],
  ["a mouse that is pressed again has been lifted in between", MOUSE, [1, "mouse", true], "end"],
  ["a finger that is the only one on the screen has followed another", FINGER, [7, "touch", true], "end"],
]) {
  test(title, () => assert.equal(onSecondPointer(drawing, { pointerId, pointerType, isPrimary }), decision));
}
