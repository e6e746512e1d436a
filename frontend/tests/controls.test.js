import assert from "node:assert/strict";
import { test } from "node:test";
import { shortcutOf } from "../src/input/controls.js";

const NONE = { code: "", ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

for (const [title, press, meaning] of [
  ["Ctrl+Z", { key: "z", ctrlKey: true }, "undo"],
  ["Cmd+Z", { key: "z", metaKey: true }, "undo"],
  ["Ctrl+Shift+Z", { key: "Z", ctrlKey: true, shiftKey: true }, "redo"],
  ["Cmd+Shift+Z", { key: "Z", metaKey: true, shiftKey: true }, "redo"],
  ["Ctrl+Y", { key: "y", ctrlKey: true }, "redo"],
  ["Escape", { key: "Escape" }, "escape"],
  ["Ctrl+Z on a Cyrillic keyboard", { key: "я", code: "KeyZ", ctrlKey: true }, "undo"],
  ["Ctrl+Shift+Z on a Greek keyboard", { key: "Ζ", code: "KeyZ", ctrlKey: true, shiftKey: true }, "redo"],
  ["Ctrl+Y on a Hebrew keyboard", { key: "ט", code: "KeyY", ctrlKey: true }, "redo"],
  ["Ctrl+Z on a French keyboard, where W is elsewhere", { key: "z", code: "KeyW", ctrlKey: true }, "undo"],
  ["Ctrl+W on a French keyboard, where Z is elsewhere", { key: "w", code: "KeyZ", ctrlKey: true }, null],
  ["Ctrl+Y on a German keyboard, where Z is elsewhere", { key: "y", code: "KeyZ", ctrlKey: true }, "redo"],
  ["Cmd+Y, which opens the history of Safari", { key: "y", code: "KeyY", metaKey: true }, null],
  ["Delete", { key: "Delete" }, "clear"],
  ["a plain z", { key: "z" }, null],
  ["Ctrl+Alt+Z, which types a letter on some keyboards", { key: "z", ctrlKey: true, altKey: true }, null],
  ["Ctrl+Shift+Delete, which belongs to the browser", { key: "Delete", ctrlKey: true, shiftKey: true }, null],
]) {
  test(`${title} means ${meaning ?? "nothing"}`, () => assert.equal(shortcutOf({ ...NONE, ...press }), meaning));
}
