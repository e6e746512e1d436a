import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { addressOf, toCurl } from "../src/question.js";

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

test("a large picture is read by curl from the command's own lines, byte for byte", async () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 31) % 251);
  const command = await toCurl("http://digits.example", { blob: new Blob([bytes], { type: "image/jpeg" }), scale: 1, explained: true });
  assert.ok(command.split("\n").every((line) => line.length < 160));
  assert.match(command, /'http:\/\/digits\.example\/api\/v1\/digits\?include=input,explanation'\n/);
  const piped = execFileSync("sh", { input: `curl() { cat; }\n${command}`, maxBuffer: 1e7 });
  assert.deepEqual(new Uint8Array(piped), bytes);
});
