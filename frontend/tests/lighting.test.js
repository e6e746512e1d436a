import assert from "node:assert/strict";
import { test } from "node:test";
import { createLighting } from "../src/lighting.js";
import { toFeatures, toLayers, wantedLayers } from "../src/state/layers.js";
import { createStore, newState } from "../src/state/store.js";
import { pictureFile, readingOf, settled } from "./doubles.js";

const LAYER = { layer: "convolution_1", width: 2, height: 2, channels: 3, image: "data:image/png;base64,AA==" };
const SENT = { content: [{ x: [1], y: [2] }], scale: 1, explained: false, numbers: false };

function newApi() {
  const asked = [];
  return {
    asked,
    get: async () => ({ features: [] }),
    post: (url, content) => new Promise((resolve, reject) => asked.push({ url, content, resolve, reject })),
  };
}

/** A reading of its own square. */
function read(square) {
  return { reading: readingOf(7, { square: `data:image/png;base64,${square}` }), sent: SENT };
}

test("one request at a time, and then the latest square", async () => {
  const [store, api] = [createStore(newState()), newApi()];
  createLighting({ store, api, isCalm: false }).setVisible(true);
  for (const square of ["AAAA", "BBBB", "CCCC"]) store.set(read(square));
  assert.equal(api.asked.length, 1);
  api.asked[0].resolve({ activations: [LAYER] });
  await settled();
  assert.equal(api.asked.length, 2);
  assert.equal(store.get().lit.square, "data:image/png;base64,AAAA");
  api.asked[1].resolve({ activations: [LAYER] });
  await settled();
  assert.equal(store.get().lit.square, "data:image/png;base64,CCCC");
  assert.equal(api.asked.length, 2);
});

test("nothing is requested while the layers are not in view", () => {
  const [store, api] = [createStore(newState()), newApi()];
  const lighting = createLighting({ store, api, isCalm: false });
  store.set(read("AAAA"));
  assert.equal(api.asked.length, 0);
  lighting.setVisible(true);
  assert.equal(api.asked.length, 1);
});

test("a failure leaves the layers of the last reading, and the next reading tries again", async () => {
  const [store, api] = [createStore(newState()), newApi()];
  createLighting({ store, api, isCalm: false }).setVisible(true);
  store.set(read("AAAA"));
  api.asked[0].reject(new Error("unreachable"));
  await settled();
  assert.equal(store.get().lit, null);
  store.set(read("BBBB"));
  assert.equal(api.asked.length, 2);
});

test("a drawing is sent as strokes, and a picture or a digit of a number as its square", () => {
  const state = { ...newState(), ...read("AAAA") };
  assert.equal(wantedLayers(state.reading, state).content, SENT.content);
  const pictured = { ...state, drawing: { ...state.drawing, picture: pictureFile() } };
  assert.equal(wantedLayers(state.reading, pictured).content.type, "image/png");
  const numbered = { ...state, reading: { ...state.reading, numbers: [] } };
  assert.equal(wantedLayers(state.reading, numbered).content.size, 3);
  assert.equal(wantedLayers(null, state), null);
});

test("a response without layers or features is no error", () => {
  for (const body of [null, {}, { activations: null }, { activations: [{ layer: 3 }] }]) assert.deepEqual(toLayers(body), []);
  for (const card of [null, {}, { features: [{}] }]) assert.deepEqual(toFeatures(card), []);
});
