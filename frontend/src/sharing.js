import { isBlank } from "./state/drawing.js";
import { entryOf } from "./state/history.js";
import { textOf } from "./state/numbers.js";
import { toHash } from "./state/link.js";
import { sentenceForReading } from "./text/page.js";
import { NO_LINK, SAID, fileNameOf, titleOf } from "./text/share.js";

/**
 * Shares what is on the sheet, and shows it to a room. It is loaded when it is asked for.
 * @param {object} dependencies
 * @param {Store<State>} dependencies.store
 * @param {Pick<Device, "copy" | "save">} dependencies.device
 * @param {Outlet} dependencies.outlet
 * @param {(card: Card) => Promise<Blob>} dependencies.toPicture
 */
export function createSharing({ store, device, outlet, toPicture }) {
  /** @param {Partial<Sharing>} change */
  function say(change) {
    store.set({ sharing: { said: null, link: null, ...change } });
  }

  function link() {
    const hash = linkOf(store.get());
    return hash && outlet.address() + hash;
  }

  async function pictureFile() {
    const blob = await toPicture(cardOf(store.get()));
    return new File([blob], `${fileNameOf(readingOf(store.get()))}.png`, { type: blob.type });
  }

  return {
    /** Says what can't be shared, and forgets what was said when the menu was open before. */
    begin() {
      say({ said: whyNoLink(store.get()) });
    },

    async copyLink() {
      const text = link();
      if (!text) return;
      try {
        await device.copy(Promise.resolve(text));
        say({ said: SAID.copied });
      } catch {
        say({ said: SAID.byHand, link: text });
      }
    },

    async savePicture() {
      if (isBlank(store.get().drawing)) return;
      try {
        const file = await pictureFile();
        device.save(file.name, file);
        say({ said: SAID.saved });
      } catch {
        say({ said: SAID.failed });
      }
    },

    /** Hands the link and the picture to another app, or only one of them if that is all that can be handed over. */
    async shareElsewhere() {
      if (isBlank(store.get().drawing)) return;
      const [url, file] = [link(), await pictureFile().catch(() => null)];
      const files = file && outlet.canShare({ files: [file] }) ? { files: [file] } : null;
      if (!url && !files) return say({ said: SAID.notShared });
      try {
        await outlet.share({ title: titleOf(readingOf(store.get())), ...(url ? { url } : {}), ...files });
        say({});
      } catch (error) {
        // The user cancelled.
        if (!(error instanceof Error && error.name === "AbortError")) say({ said: SAID.notShared });
      }
    },

    present() {
      outlet.showMode("present");
      store.set({ mode: "present", tableOpen: false });
    },

    leave() {
      if (store.get().mode !== "present") return;
      outlet.showMode(null);
      store.set({ mode: null });
    },

    /** Shows the page as its address asks for: at first, and after a step back or forward. */
    followAddress() {
      store.set({ mode: modeOf(outlet.query()) });
    },
  };
}

/**
 * What the query of an address asks for; before-paint.js has the same expression.
 * @param {string} query
 * @returns {Mode | null}
 */
export function modeOf(query) {
  const mode = /[?&](present|embed)\b/.exec(query)?.[1];
  return mode === "present" || mode === "embed" ? mode : null;
}

/**
 * @param {Pick<State, "drawing">} state
 * @returns {string | null} the hash of a link that carries the drawing
 */
function linkOf({ drawing }) {
  return drawing.picture ? null : toHash(drawing.strokes);
}

/** @param {State} state */
function whyNoLink(state) {
  if (isBlank(state.drawing)) return NO_LINK.blank;
  if (state.drawing.picture) return NO_LINK.picture;
  return linkOf(state) === null ? NO_LINK.tooMuch : null;
}

/**
 * What a picture of the sheet and its reading shows.
 * @param {State} state
 * @returns {Card}
 */
export function cardOf(state) {
  const { strokes, picture } = state.drawing;
  const reading = readingOf(state);
  return {
    strokes,
    picture,
    answer: textOf(reading),
    sentence: reading ? sentenceForReading(reading, picture !== null) : "",
    unsure: reading?.status === "uncertain",
  };
}

/**
 * The reading of what is on the sheet, not the one before it that is still shown.
 * @param {State} state
 */
function readingOf({ history, drawing, reading, recognizing }) {
  return entryOf(history, drawing)?.reading ?? (recognizing ? null : reading);
}
