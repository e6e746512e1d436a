import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../src/state/store.js";

test("a subscriber gets the state at once, then every change, and nothing after it unsubscribes", () => {
  const store = createStore({ count: 1 });
  const heard = [];
  const stop = store.subscribe(({ count }) => heard.push(count));
  store.set({ count: 2 });
  stop();
  store.set({ count: 3 });
  assert.deepEqual(heard, [1, 2]);
  assert.equal(store.get().count, 3);
});

test("setting the same value calls nobody", () => {
  const store = createStore({ count: 1, name: "a" });
  let calls = 0;
  store.subscribe(() => calls++);
  store.set({ count: 1 });
  assert.equal(calls, 1);
});

test("a change leaves other fields and earlier states as they are", () => {
  const store = createStore({ count: 1, name: "a" });
  const before = store.get();
  store.set({ count: 2 });
  assert.deepEqual(store.get(), { count: 2, name: "a" });
  assert.deepEqual(before, { count: 1, name: "a" });
});

test("a watcher is called only when the picked value changes", () => {
  const store = createStore({ count: 1, name: "a" });
  const heard = [];
  const stop = store.watch(({ name }) => name, (name) => heard.push(name));
  store.set({ count: 2 });
  store.set({ name: "b" });
  stop();
  store.set({ name: "c" });
  assert.deepEqual(heard, ["a", "b"]);
});

test("the same listener can subscribe twice and unsubscribe once", () => {
  const store = createStore({ count: 0 });
  let calls = 0;
  const listener = () => calls++;
  const stop = store.subscribe(listener);
  store.subscribe(listener);
  stop();
  store.set({ count: 1 });
  assert.equal(calls, 3);
});

test("a listener can unsubscribe while listeners are being called", () => {
  const store = createStore({ count: 0 });
  const heard = [];
  const stop = store.subscribe(({ count }) => count === 1 && stop());
  store.subscribe(({ count }) => heard.push(count));
  store.set({ count: 1 });
  assert.deepEqual(heard, [0, 1]);
});
