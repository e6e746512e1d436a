import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { addressOf, isOnDisk, toCurl } from "../src/question.js";

/** What a shell makes of a command that begins with curl: its arguments. */
function argumentsOf(command) {
  const shown = command.replace(/^curl /, "printf '%s\\0' ");
  return execFileSync("sh", ["-c", shown], { encoding: "utf8" }).split("\0").slice(0, -1);
}

test("an explanation is asked for only where it is wanted", () => {
  assert.equal(addressOf(false), "/api/v1/digits?include=input");
  assert.equal(addressOf(true), "/api/v1/digits?include=input,explanation");
});

test("a small picture goes into the command itself, whole", async () => {
  const blob = new Blob([Uint8Array.from({ length: 256 }, (_, at) => at)], { type: "image/png" });
  const given = argumentsOf(await toCurl("http://digits.example", { blob, scale: 1, explained: false }));
  assert.deepEqual([given[0], given[1], given[2], given[4]], ["-H", "Content-Type: application/json", "-d", "http://digits.example/api/v1/digits?include=input"]);
  const { image } = JSON.parse(given[3]);
  assert.deepEqual([...Buffer.from(image.split(",")[1], "base64")], Array.from({ length: 256 }, (_, at) => at));
});

test("a large picture is named as the file that it is, and no name breaks out of the command", async () => {
  for (const [name, field] of [
    ["photo.jpg", 'image=@"photo.jpg"'],
    ["it's; rm -rf $(here) `now`.jpg", 'image=@"it\'s; rm -rf $(here) `now`.jpg"'],
    ['a"b\\c.jpg', 'image=@"a\\"b\\\\c.jpg"'],
  ]) {
    const blob = new File([new Uint8Array(40_000)], name, { type: "image/jpeg" });
    const command = await toCurl("http://digits.example", { blob, scale: 1, explained: true });
    assert.deepEqual(argumentsOf(command), ["-F", field, "http://digits.example/api/v1/digits?include=input,explanation"]);
    assert.equal(isOnDisk(blob), true);
  }
});

test("a large picture that is no file goes into the command, since there is nothing to name", async () => {
  const blob = new Blob([new Uint8Array(40_000)], { type: "image/png" });
  assert.equal(isOnDisk(blob), false);
  assert.equal(argumentsOf(await toCurl("http://digits.example", { blob, scale: 1, explained: false }))[2], "-d");
});
