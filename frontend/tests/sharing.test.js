import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { answerSize, wrapped } from "../src/canvas/card.js";
import { openLink } from "../src/opening.js";
import { cardOf, createSharing, modeOf } from "../src/sharing.js";
import { fromHash, toHash } from "../src/state/link.js";
import { NO_LINK, SAID } from "../src/text/share.js";
import { pictureFile, readingOf, settled, strokeOf, uncertain } from "./doubles.js";
import { A, B, C, draw, newPage, open } from "./page.js";

/** The page with what shares it. */
function newSharing(page = newPage()) {
  const outlet = {
    shared: [],
    modes: [],
    files: true,
    search: "",
    address: () => "https://digits.example/",
    query: () => outlet.search,
    showMode: (mode) => void outlet.modes.push(mode),
    canShare: () => outlet.files,
    share: async (data) => void outlet.shared.push(data),
  };
  const cards = [];
  const camera = { toPicture: async (card) => (cards.push(card), new Blob(["PNG"], { type: "image/png" })) };
  const sharing = createSharing({ store: page.store, device: page.device, outlet, toPicture: (card) => camera.toPicture(card) });
  return Object.assign(page, sharing, { outlet, cards, camera, said: () => page.state().sharing?.said ?? null });
}

async function drawSeven(page) {
  await draw(page, A, B, C);
  await page.api.requests.at(-1).respond(readingOf(7));
}

// --- links ---

test("the copied link carries the drawing", async () => {
  const page = newSharing();
  await drawSeven(page);
  await page.copyLink();
  const [link] = page.device.copied;
  assert.equal(page.said(), SAID.copied);
  assert.ok(link.startsWith("https://digits.example/#s="));
  const [{ points }] = fromHash(new URL(link).hash);
  for (const [at, { x, y }] of [[0, A], [-1, C]]) assert.ok(Math.hypot(points.at(at).x - x, points.at(at).y - y) < 0.5 / 280);
});

test("a link that can't be copied is shown, until the menu is opened again", async () => {
  const page = newSharing();
  await drawSeven(page);
  page.device.copy = async () => {
    throw new Error("no clipboard");
  };
  await page.copyLink();
  assert.match(page.state().sharing.link, /#s=/);
  page.begin();
  assert.equal(page.state().sharing.link, null);
});

test("the menu says what has no link", async () => {
  const page = newSharing();
  page.begin();
  assert.equal(page.said(), NO_LINK.blank);
  await drawSeven(page);
  page.begin();
  assert.equal(page.said(), null);
  await open(page, pictureFile());
  page.begin();
  assert.equal(page.said(), NO_LINK.picture);
  await page.copyLink();
  assert.deepEqual(page.device.copied, []);
});

test("a blank sheet can't be saved or shared", async () => {
  const page = newSharing();
  for (const choice of [page.copyLink, page.savePicture, page.shareElsewhere]) await choice();
  assert.deepEqual([page.device.copied, page.device.saved, page.outlet.shared, page.cards], [[], [], [], []]);
});

test("a link replaces what is on the sheet, which undo brings back", async () => {
  const page = newSharing();
  await drawSeven(page);
  const { strokes } = page.state().drawing;
  openLink(toHash([strokeOf(B, C), strokeOf(A, B)]), page);
  await settled();
  assert.equal(page.state().drawing.strokes.length, 2);
  assert.equal(page.api.requests.length, 2 + 0, "it is read");
  page.undo();
  assert.equal(page.state().drawing.strokes, strokes);
});

test("a link shows the sheet if the table is open", async () => {
  const page = newSharing();
  page.store.set({ tableOpen: true });
  openLink(toHash([strokeOf(A, B)]), page);
  assert.equal(page.state().tableOpen, false);
});

test("a damaged link is announced and changes nothing else", async () => {
  const page = newSharing();
  await drawSeven(page);
  const { drawing, reading } = page.state();
  openLink("#s=AQAA", page);
  assert.match(page.state().fileError, /link/);
  assert.deepEqual([page.state().drawing, page.state().reading], [drawing, reading]);
});

// --- pictures ---

test("a saved picture is named after its reading and shows it", async () => {
  const page = newSharing();
  await drawSeven(page);
  await page.savePicture();
  assert.deepEqual(page.device.saved.map(({ name }) => name), ["digits-7.png"]);
  assert.deepEqual([page.cards[0].answer, page.cards[0].unsure], ["7", false]);
  assert.match(page.cards[0].sentence, /99\.1%/);
  assert.equal(page.said(), SAID.saved);
});

test("a browser that makes no picture says so", async () => {
  const page = newSharing();
  await drawSeven(page);
  page.camera.toPicture = async () => {
    throw new Error("no canvas");
  };
  await page.savePicture();
  assert.deepEqual([page.said(), page.device.saved], [SAID.failed, []]);
});

test("a picture shows no reading of another sheet", async () => {
  const page = newSharing();
  await drawSeven(page);
  await draw(page, C, A);
  assert.equal(cardOf(page.state()).answer, "");
  assert.equal(cardOf(page.state()).sentence, "");
  page.undo();
  assert.equal(cardOf(page.state()).answer, "7");
});

test("an uncertain reading is marked as such", async () => {
  const page = newSharing();
  await draw(page, A, B);
  await page.api.requests.at(-1).respond(uncertain(1, { 1: 0.6, 7: 0.4 }));
  assert.equal(cardOf(page.state()).unsure, true);
});

// --- other apps ---

test("other apps get the link and the picture, or what they can take", async () => {
  const page = newSharing();
  await drawSeven(page);
  await page.shareElsewhere();
  page.outlet.files = false;
  await page.shareElsewhere();
  const [both, link] = page.outlet.shared;
  assert.deepEqual([both.files.length, both.files[0].name, "files" in link], [1, "digits-7.png", false]);
  assert.ok(both.url.includes("#s=") && link.url.includes("#s="));
  await open(page, pictureFile());
  await page.shareElsewhere();
  assert.equal(page.said(), SAID.notShared, "a picture has no link, and this device takes no files");
  assert.equal(page.outlet.shared.length, 2);
});

test("only a failure is announced, not a change of mind", async () => {
  const page = newSharing();
  await drawSeven(page);
  for (const [name, said] of [["AbortError", null], ["NotAllowedError", SAID.notShared]]) {
    page.outlet.share = async () => {
      throw new DOMException("", name);
    };
    page.begin();
    await page.shareElsewhere();
    assert.equal(page.said(), said);
  }
});

// --- modes ---

test("a presentation changes the address, and leaving it changes it back", () => {
  const page = newSharing();
  page.present();
  assert.equal(page.state().mode, "present");
  page.leave();
  page.leave();
  assert.deepEqual([page.state().mode, page.outlet.modes], [null, ["present", null]]);
});

test("a frame can't be left", () => {
  const page = newSharing();
  page.outlet.search = "?embed";
  page.followAddress();
  page.leave();
  assert.deepEqual([page.state().mode, page.outlet.modes], ["embed", []]);
});

test("the mode is a word of its own in the query", () => {
  const modes = ["?present", "?a=1&embed", "?embed=1", "?present&embed", "", "?presents", "?represent", "?q=embed"].map(modeOf);
  assert.deepEqual(modes, ["present", "embed", "embed", "present", null, null, null, null]);
});

test("the page asks for the same modes before the first paint", () => {
  const [first, then] = ["before-paint.js", "sharing.js"].map((name) => /\/\[\?&\].*?\/(?=\.exec)/.exec(readFileSync(new URL(`../src/${name}`, import.meta.url), "utf8"))[0]);
  assert.equal(first, then);
});

// --- the card ---

test("an answer is as large as its place allows", () => {
  assert.ok(answerSize("7") > 300);
  assert.equal(answerSize("12345678"), answerSize("1234") / 2);
});

test("a sentence is wrapped between words", () => {
  const fits = (line) => line.length <= 10;
  assert.deepEqual(wrapped("I'm sure it's a 7.", fits), ["I'm sure", "it's a 7."]);
  assert.deepEqual(wrapped("unbelievable 7", fits), ["unbelievable", "7"]);
  assert.deepEqual(wrapped("", fits), []);
});
