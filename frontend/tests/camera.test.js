import assert from "node:assert/strict";
import { test } from "node:test";
import { createCamera } from "../src/camera.js";
import { pictureFile, readingOf, settled } from "./doubles.js";
import { newPage } from "./page.js";

/** The page with a camera that the test controls. */
function newCameraPage() {
  const page = newPage();
  const viewfinder = {
    readable: true, starts: [], stops: 0, lose: () => {}, refusal: null,
    isReadable: () => viewfinder.readable,
    isSeen: () => true,
    frame: async () => pictureFile("photo.jpg"),
    stop: () => void viewfinder.stops++,
    async start(at, onLost) {
      viewfinder.starts.push(at);
      viewfinder.lose = onLost;
      if (viewfinder.refusal) throw new DOMException("no", viewfinder.refusal);
      return 1;
    },
  };
  const own = createCamera({ store: page.store, api: page.api, viewfinder, actions: page, clock: page.clock });
  return Object.assign(page, { own, viewfinder, status: () => page.state().camera?.status ?? null });
}

async function opened() {
  const page = newCameraPage();
  page.own.open();
  await settled();
  return page;
}

test("a frame without a response is given up, said, and followed by the next one", async () => {
  const page = await opened();
  assert.equal(page.api.requests.length, 1);
  await page.clock.advance(8_000);
  assert.equal(page.state().problem.kind, "timeout");
  assert.equal(page.api.requests[0].signal.aborted, true);
  await page.clock.advance(2_000);
  assert.equal(page.api.requests.length, 2);
  await page.api.requests[1].respond(readingOf(4));
  assert.deepEqual([page.state().problem, page.state().reading.digit, page.status()], [null, 4, "live"]);
  await page.clock.advance(8_000);
  assert.equal(page.state().problem?.kind, "timeout", "the next one has its own time");
});

test("a camera that is lost is switched off, forgets what it saw, and can be tried again", async () => {
  const page = await opened();
  await page.api.requests[0].respond(readingOf(4));
  page.viewfinder.lose();
  assert.deepEqual([page.status(), page.state().reading, page.viewfinder.stops], ["lost", null, 1]);
  await page.clock.advance(5_000);
  assert.equal(page.api.requests.length, 1);
  page.own.again();
  assert.equal(page.status(), "asking");
  await settled();
  assert.deepEqual([page.status(), page.api.requests.length], ["live", 2]);
});

test("a camera that another app has can be tried again, too", async () => {
  const page = newCameraPage();
  page.viewfinder.refusal = "NotReadableError";
  page.own.open();
  await settled();
  assert.equal(page.status(), "busy");
  page.viewfinder.refusal = null;
  page.own.again();
  await settled();
  assert.deepEqual([page.status(), page.viewfinder.starts], ["live", [0, 0]]);
});

test("a browser that hides pixels is not asked for the camera, and sends no noise", async () => {
  const page = newCameraPage();
  page.viewfinder.readable = false;
  page.own.open();
  page.own.again();
  await page.clock.advance(5_000);
  assert.deepEqual([page.status(), page.viewfinder.starts, page.api.requests], ["unreadable", [], []]);
});
