import { PENS } from "../src/state/drawing.js";

/** A clock that only the test moves. */
export function newClock() {
  let now = 0;
  let timers = [];
  return {
    setTimeout(run, milliseconds) {
      const timer = { run, due: now + milliseconds };
      timers.push(timer);
      return timer;
    },
    clearTimeout(timer) {
      timers = timers.filter((other) => other !== timer);
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const next = timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
        if (!next) break;
        now = next.due;
        timers = timers.filter((timer) => timer !== next);
        next.run();
        await settled();
      }
      now = end;
    },
    now: () => now,
  };
}

/** Waits until all promises that can settle have settled. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An API whose requests get a response when the test says so. */
export function newApi() {
  const requests = [];
  return {
    requests,
    /** What `readNumbers` returns; a function of the content. */
    numbers: () => [],
    async readNumbers(content) {
      return this.numbers(content);
    },
    /** The requests with several files; answered by `batch` and `numbersBatch`, functions of the names of the files. */
    batches: [],
    batch: (names) => names.map(() => readingOf(1)),
    numbersBatch: (names) => names.map(() => []),
    async readBatch(files, { signal }) {
      return answered(this, "digits", files, signal, this.batch);
    },
    async readNumbersBatch(files, { signal }) {
      return answered(this, "numbers", files, signal, this.numbersBatch);
    },
    read(content, { signal, explained, rival }) {
      return new Promise((resolve, reject) => {
        const then = (finish) => async (value) => {
          finish(value);
          await settled();
        };
        requests.push({ content, signal, explained, rival, respond: then(resolve), fail: then(reject) });
      });
    },
  };
}

async function answered(api, kind, files, signal, answer) {
  const names = files.map(({ name }) => name);
  api.batches.push({ kind, names, signal });
  return answer(names);
}

/** A device that records its calls. */
export function newDevice() {
  const device = { saved: [], copied: [], remembered: [], kept: [], reloads: 0, isDark: () => false, isCalm: () => false, origin: "http://digits.example" };
  return Object.assign(device, {
    save: (name, content) => void device.saved.push({ name, content }),
    copy: async (text) => void device.copied.push(await text),
    keep: (visit) => void device.kept.push(visit),
    reload: () => void device.reloads++,
    remember: (preferences) => void device.remembered.push(preferences),
  });
}

/** The points that columns stand for, in units of the sheet. */
export function pointsOf(columns) {
  return columns.map(({ x, y }) => x.map((one, at) => ({ x: one / 2800, y: y[at] / 2800 })));
}

/** A stroke of the medium pen. */
export function strokeOf(...points) {
  return { points, width: PENS.medium };
}

export function readingOf(digit, more = {}) {
  const probabilities = Array.from({ length: 10 }, (_, other) => (other === digit ? 0.991 : 0.001));
  const rest = 1 - (more.notADigit ?? 0) - (more.severalDigits ?? 0);
  return {
    status: "accepted",
    reason: null,
    digit,
    confidence: digit === null ? null : (more.probabilities ?? probabilities)[digit] * rest,
    probabilities,
    notADigit: 0,
    severalDigits: 0,
    box: null,
    lightOnDark: false,
    square: null,
    explanation: null,
    explained: null,
    legend: null,
    numbers: null,
    duration: null,
    ...more,
  };
}

export function pictureFile(name = "digit.png", { type = "image/png", bytes = 10 } = {}) {
  return new File([new Uint8Array(bytes)], name, { type });
}

/** Ten probabilities, 0 except for those given. */
export function sharesOf(given) {
  return Array.from({ length: 10 }, (_, digit) => given[digit] ?? 0);
}

/** An uncertain reading; without probabilities if none are given. */
export function uncertain(digit, given, more = {}) {
  const known = given ? { probabilities: sharesOf(given) } : { probabilities: null, confidence: null };
  return readingOf(digit, { status: "uncertain", reason: "low_confidence", ...known, ...more });
}

export function rejected(reason) {
  return readingOf(null, { status: "rejected", reason });
}
