import { PENS } from "../src/strokes.js";

/** A clock that moves only when it is told to. */
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

/** Lets every promise that can go on, go on. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An api whose questions are answered when the test says so. */
export function newApi() {
  const questions = [];
  return {
    questions,
    read(picture, { signal, explained }) {
      return new Promise((resolve, reject) => {
        const then = (finish) => async (value) => {
          finish(value);
          await settled();
        };
        questions.push({ picture, signal, explained, answer: then(resolve), refuse: then(reject) });
      });
    },
  };
}

/** Rendering a drawing gives back its points, and pictures stay as large as they are. */
export function newRenderer() {
  return {
    render: async (strokes) => strokes.map((stroke) => stroke.points),
    shrink: async (picture) => ({ blob: picture, scale: 1 }),
  };
}

/** A machine that writes down what it is asked to do. */
export function newDevice() {
  const device = { saved: [], copied: [], remembered: [], isDark: () => false, origin: "http://digits.example" };
  return Object.assign(device, {
    save: (name, content) => void device.saved.push({ name, content }),
    copy: async (text) => void device.copied.push(await text),
    remember: (choices) => void device.remembered.push(choices),
  });
}

/** A stroke of the middle pen. */
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
    legend: null,
    timing: null,
    ...more,
  };
}

export function pictureFile(name = "digit.png", { type = "image/png", bytes = 10 } = {}) {
  return new File([new Uint8Array(bytes)], name, { type });
}
