import { createActions } from "../src/actions.js";
import { createStore, newState } from "../src/state/store.js";
import { newApi, newClock, newDevice, settled } from "./doubles.js";

export const A = { x: 0.1, y: 0.1 };
export const B = { x: 0.5, y: 0.5 };
export const C = { x: 0.9, y: 0.9 };

/** The page without a document. */
export function newPage() {
  const store = createStore(newState());
  const api = newApi();
  const clock = newClock();
  const reported = [];
  const report = (error) => void reported.push(error);
  const device = newDevice();
  const tables = [];
  const page = { shrink: async (picture) => ({ content: picture, scale: 1 }), tables, openTable: async () => (files) => void tables.push(files) };
  const shrink = (picture) => page.shrink(picture);
  const actions = createActions({ store, api, shrink, device, openTable: () => page.openTable(), clock, report });
  return Object.assign(page, { store, api, clock, device, reported, ...actions, state: store.get });
}

export async function draw(page, ...points) {
  const [first, ...rest] = points;
  page.beginStroke(first);
  page.extendStroke(rest);
  page.endStroke();
  await settled();
}

/** Drops files. */
export async function open(page, ...files) {
  page.openFiles(files);
  await settled();
}
