import assert from "node:assert/strict";
import { test } from "node:test";
import { meaningOf } from "../src/gestures/keys.js";

const NONE = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

for (const [title, press, meaning] of [
  ["Ctrl+Z", { key: "z", ctrlKey: true }, "undo"],
  ["Cmd+Z", { key: "z", metaKey: true }, "undo"],
  ["Ctrl+Shift+Z", { key: "Z", ctrlKey: true, shiftKey: true }, "redo"],
  ["Cmd+Shift+Z", { key: "Z", metaKey: true, shiftKey: true }, "redo"],
  ["Ctrl+Y", { key: "y", ctrlKey: true }, "redo"],
  ["Escape", { key: "Escape" }, "clear"],
  ["Delete", { key: "Delete" }, "clear"],
  ["a plain z", { key: "z" }, null],
  ["Ctrl+Alt+Z, which types a letter on some keyboards", { key: "z", ctrlKey: true, altKey: true }, null],
  ["Ctrl+Shift+Delete, which belongs to the browser", { key: "Delete", ctrlKey: true, shiftKey: true }, null],
]) {
  test(`${title} means ${meaning ?? "nothing"}`, () => assert.equal(meaningOf({ ...NONE, ...press }), meaning));
}
