import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { addressOf, toCurl } from "../src/question.js";

/** What a shell makes of a command that begins with curl: its arguments. */
function argumentsOf(command) {
  assert.match(command, /'http:\/\/digits\.example\/api\/v1\/digits\?include=input,explanation'/);
  const piped = execFileSync("sh", ["-c", `curl() { cat; }\n${command}`], { maxBuffer: 1e7 });
  assert.deepEqual(new Uint8Array(piped), bytes);
});
