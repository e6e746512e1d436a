import assert from "node:assert/strict";
import { test } from "node:test";
import { createApi } from "../src/api/client.js";
import { Problem } from "../src/api/problem.js";
import { pictureFile } from "./doubles.js";

const READING = { status: "accepted", reason: null, digit: 7, confidence: 1, probabilities: [0, 0, 0, 0, 0, 0, 0, 1, 0, 0] };
const open = new AbortController().signal;

function respondingWith(body, init) {
  const requests = [];
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const api = createApi(async (url, request) => {
    requests.push({ url, ...request });
    return new Response(text, init);
  });
  return { api, requests };
}

async function problemOf(api, signal = open) {
  const error = await api.read(pictureFile(), { signal }).then(() => assert.fail("the request succeeded"), (reason) => reason);
  assert.ok(error instanceof Problem, String(error));
  return error;
}

test("a picture is sent as one file of a form", async () => {
  const { api, requests } = respondingWith(READING);
  const picture = pictureFile("seven.jpg", { type: "image/jpeg" });
  assert.equal((await api.read(picture, { signal: open })).digit, 7);
  const [{ url, method, body, signal }] = requests;
  assert.equal(url, "/api/v1/digits?include=input");
  assert.equal(method, "POST");
  assert.equal(signal, open);
  assert.deepEqual([...body.keys()], ["image"]);
  assert.deepEqual([body.get("image").name, body.get("image").type, body.get("image").size], ["seven.jpg", "image/jpeg", 10]);
});

test("the browser sets the boundary of the form", async () => {
  const { api, requests } = respondingWith(READING);
  await api.read(pictureFile(), { signal: open });
  assert.equal(new Headers(requests[0].headers).has("Content-Type"), false);
});

test("a drawing is sent as strokes in JSON", async () => {
  const { api, requests } = respondingWith(READING);
  const strokes = [{ x: [30, 90, 60], y: [20, 20, 110] }];
  await api.read(strokes, { signal: open });
  const [{ url, method, body, headers }] = requests;
  assert.deepEqual([url, method, headers["Content-Type"]], ["/api/v1/digits?include=input", "POST", "application/json"]);
  assert.deepEqual(JSON.parse(body), { strokes });
});

for (const [status, kind] of [[400, "malformed"], [404, "malformed"], [413, "too_large"], [415, "unsupported"], [422, "unreadable"], [429, "limited"], [500, "broken"], [502, "unreachable"], [503, "unavailable"], [504, "timeout"]]) {
  test(`${status} is ${kind}, with the detail of the server`, async () => {
    const detail = `Sentence for ${status}.`;
    const { api } = respondingWith({ type: "about:blank", title: "x", status, detail, request_id: "8f21" }, { status });
    const problem = await problemOf(api);
    assert.deepEqual([problem.kind, problem.detail, problem.requestId], [kind, detail, "8f21"]);
  });
}

test("Retry-After in seconds is used, and an invalid one is ignored", async () => {
  for (const [header, seconds] of [["7", 7], [" 12 ", 12], ["soon", null], ["-1", null]]) {
    const { api } = respondingWith({ detail: "Busy." }, { status: 503, headers: { "Retry-After": header } });
    assert.equal((await problemOf(api)).retryAfter, seconds, header);
  }
});

test("a date in Retry-After is compared with the server's clock", async () => {
  const headers = { Date: "Wed, 21 Oct 2015 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT" };
  const { api } = respondingWith({ detail: "Busy." }, { status: 503, headers });
  assert.equal((await problemOf(api)).retryAfter, 30);
});

test("without the server's clock, a date is compared with the local clock", async () => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  const { api } = respondingWith({ detail: "Busy." }, { status: 503, headers: { "Retry-After": inAMinute } });
  const { retryAfter } = await problemOf(api);
  assert.ok(retryAfter > 50 && retryAfter <= 60, String(retryAfter));
});

test("a proxy that responds with HTML is a problem without a detail", async () => {
  const { api } = respondingWith("<html><h1>413 Request Entity Too Large</h1></html>", { status: 413 });
  const problem = await problemOf(api);
  assert.deepEqual([problem.kind, problem.detail], ["too_large", null]);
});

test("a detail that is not text is ignored", async () => {
  for (const detail of [{ image: ["missing"] }, 7, "  ", null]) {
    const { api } = respondingWith({ detail }, { status: 400 });
    assert.equal((await problemOf(api)).detail, null);
  }
});

test("a 200 that is not a reading is unintelligible", async () => {
  for (const body of ["<html>log in first</html>", "", { hello: 1 }]) {
    const { api } = respondingWith(body, { status: 200 });
    assert.equal((await problemOf(api)).kind, "unintelligible");
  }
});

test("no network is unreachable", async () => {
  const api = createApi(async () => {
    throw new TypeError("Failed to fetch");
  });
  assert.equal((await problemOf(api)).kind, "unreachable");
});

test("a response that is cut off is unreachable", async () => {
  const api = createApi(async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"status": "acc')),
      pull: (controller) => controller.error(new TypeError("network error")),
    });
    return new Response(body, { status: 200 });
  });
  assert.equal((await problemOf(api)).kind, "unreachable");
});

test("an abort is not a problem", async () => {
  const controller = new AbortController();
  const api = createApi(async (_, { signal }) => {
    controller.abort();
    throw signal.reason;
  });
  await assert.rejects(api.read(pictureFile(), { signal: controller.signal }), { name: "AbortError" });
});

// --- several files ---

test("several pictures are sent in one form, and each has its own result", async () => {
  const error = { type: "about:blank", status: 422, detail: "Not a picture.", request_id: "8f21" };
  const { api, requests } = respondingWith({ results: [{ name: "a.png", ...READING }, { name: "b.png", error }, { name: "c.png" }] });
  const [reading, problem, other] = await api.readBatch(["a.png", "b.png", "c.png"].map((name) => pictureFile(name)), { signal: open });
  assert.equal(requests[0].url, "/api/v1/digits/batch");
  assert.deepEqual(requests[0].body.getAll("images").map(({ name }) => name), ["a.png", "b.png", "c.png"]);
  assert.equal(reading.digit, 7);
  assert.deepEqual([problem.kind, problem.detail, problem.requestId, other.kind], ["unreadable", "Not a picture.", "8f21", "unintelligible"]);
});

test("the numbers on several pictures are read", async () => {
  const number = { status: "accepted", text: "42", confidence: 0.9, digits: [{ digit: 4, confidence: 0.9, probabilities: [], box: [0, 0, 1, 1] }] };
  const { api, requests } = respondingWith({ results: [{ name: "a.png", status: "accepted", numbers: [number] }, { name: "b.png", status: "rejected", numbers: [] }] });
  const [first, second] = await api.readNumbersBatch([pictureFile("a.png"), pictureFile("b.png")], { signal: open });
  assert.equal(requests[0].url, "/api/v1/numbers/batch");
  assert.deepEqual([first.map(({ text }) => text), second], [["42"], []]);
});

for (const [title, body] of [["too few results", { results: [] }], ["no results", {}]]) {
  test(`a response with ${title} is not understood`, async () => {
    const { api } = respondingWith(body);
    await assert.rejects(api.readBatch([pictureFile()], { signal: open }), { kind: "unintelligible" });
  });
}
