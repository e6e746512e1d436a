/** This visit as text that outlives a reload: the history, and what is on the sheet. */

import { bytesOf, toDataUrl } from "../api/upload.js";
import { end, isBlank, newDrawing, toDrawing } from "./drawing.js";
import { entryOf } from "./history.js";
import { inUnitsOfTheSheet } from "./reading.js";

/** Browsers keep about five million characters for a tab. */
const MAX_CHARACTERS = 4_000_000;
/** Milliseconds after a change until it is kept. */
const DELAY = 200;

/** @typedef {Pick<State, "history" | "drawing" | "unsaved">} Visit */
/** @typedef {import("./interrupted.js").KeptGame} KeptGame */
/** @typedef {{ name: string, type: string, url: string }} KeptFile */

/**
 * Keeps the visit after each change, but not while the pen is down.
 * @param {Store<State>} store
 * @param {Device} device
 * @param {Clock} clock
 */
export function keepVisit(store, device, clock) {
  /** @type {unknown} */
  let timer = null;

  async function keep() {
    timer = null;
    const visit = store.get();
    // The end of the stroke is a change, too.
    if (visit.drawing.active) return;
    // The game is kept only when the language is switched, not for every reload.
    const text = await toSession({ ...visit, ...visit.game?.before });
    // Whatever has changed since then is kept soon.
    if (store.get().history === visit.history && store.get().drawing === visit.drawing) device.keep(text);
  }

  const keepSoon = () => {
    timer ??= clock.setTimeout(() => void keep(), DELAY);
  };
  store.watch((state) => state.history, keepSoon);
  store.watch((state) => (state.drawing.active ? null : state.drawing), (drawing) => drawing && keepSoon());
  store.watch((state) => state.unsaved, keepSoon);
}

/**
 * Keeps the visit, and a game that is played, for a reload that follows at once.
 * @param {Store<State>} store
 * @param {Device} device
 * @param {Clock} clock
 */
export async function keepForReload(store, device, clock) {
  const { toKept } = await import("./interrupted.js");
  const { game, ...state } = store.get();
  device.keep(await toSession({ ...state, ...game?.before }, game && toKept(game, end(state.drawing).strokes, clock.now())));
}

// --- to text ---

/**
 * If there is too much, the entry on the sheet, corrected entries and the newest ones are kept.
 * @param {Visit} visit
 * @param {KeptGame | null} [game] that goes on after the reload
 * @returns {Promise<string>}
 */
export async function toSession({ history, drawing, unsaved }, game = null) {
  const texts = new Map(await Promise.all(history.map(async (entry) => /** @type {const} */ ([entry, await textOfEntry(entry)]))));
  const onSheet = entryOf(history, drawing);
  /** @type {(entry: Entry) => number} */
  const importance = (entry) => 2 * Number(entry === onSheet) + Number(entry.label !== null);
  const mostImportant = [...history].reverse().sort((one, other) => importance(other) - importance(one));
  const round = JSON.stringify(game);
  let left = MAX_CHARACTERS - round.length;
  const kept = mostImportant.filter((entry) => {
    const { length } = texts.get(entry) ?? "";
    const fits = length <= left;
    if (fits) left -= length;
    return fits;
  });
  const entries = history.filter((entry) => kept.includes(entry)).map((entry) => texts.get(entry));
  return `{"unsaved":${unsaved},"sheet":${JSON.stringify(await sheetOnly(kept, drawing))},"entries":[${entries.join(",")}],"game":${round}}`;
}

/** @type {WeakMap<Entry, string>} */
const known = new WeakMap();

/** @param {Entry} entry */
async function textOfEntry(entry) {
  const text = known.get(entry) ?? JSON.stringify(await plain(entry));
  known.set(entry, text);
  return text;
}

/**
 * Of a photograph, only the smaller picture that was sent is kept.
 * @param {Entry} entry
 */
async function plain({ sheet, sent, reading, ...rest }) {
  const { content, ...how } = sent;
  if (!(content instanceof File)) return { ...rest, reading, sheet: { strokes: sheet.strokes }, sent };
  const picture = await toKeptFile(content, sheet.picture?.name);
  return { ...rest, reading: inUnitsOfTheSheet(reading, 1 / how.scale), sheet: { picture }, sent: { ...how, scale: 1 } };
}

/**
 * @param {Entries} entries that are kept
 * @param {Sheet} sheet
 */
async function sheetOnly(entries, sheet) {
  if (isBlank(sheet)) return null;
  const entry = entryOf(entries, sheet);
  if (entry) return { entry: entry.id };
  if (!sheet.picture) return { strokes: sheet.strokes };
  const picture = await toKeptFile(sheet.picture);
  return picture.url.length < MAX_CHARACTERS / 4 ? { picture } : null;
}

/**
 * @param {File} file
 * @param {string} [name]
 * @returns {Promise<KeptFile>}
 */
async function toKeptFile(file, name = file.name) {
  return { name, type: file.type, url: await toDataUrl(file) };
}

// --- from text ---

/**
 * @param {string | null} text
 * @returns {Partial<Visit & { interrupted: unknown }>} empty if there is no earlier part of this visit, or none that can be read
 */
export function fromSession(text) {
  try {
    const { unsaved, sheet, entries, game } = JSON.parse(text ?? "{}");
    const history = entries.map(toEntry);
    return { unsaved: unsaved === true, history, drawing: drawingOf(sheet, history), ...(game && { interrupted: game }) };
  } catch {
    return {};
  }
}

/**
 * @param {any} kept
 * @returns {Entry}
 */
function toEntry({ at, sheet, sent, ...rest }) {
  const whole = toSheet(sheet);
  return { ...rest, at: new Date(at), sheet: whole, sent: { ...sent, content: whole.picture ?? sent.content } };
}

/**
 * @param {any} sheet
 * @param {Entries} history
 * @returns {Drawing}
 */
function drawingOf(sheet, history) {
  if (!sheet) return newDrawing();
  return toDrawing(history.find(({ id }) => id === sheet.entry)?.sheet ?? toSheet(sheet));
}

/**
 * @param {{ strokes?: readonly Stroke[], picture?: KeptFile }} sheet
 * @returns {Sheet}
 */
function toSheet({ strokes = [], picture }) {
  return { strokes, picture: picture ? toFile(picture) : null };
}

/** @param {KeptFile} kept */
function toFile({ name, type, url }) {
  return new File([bytesOf(url)], name, { type });
}
