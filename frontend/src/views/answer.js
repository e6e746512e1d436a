import { isRetryable } from "../api/problem.js";
import { areaOf, around } from "../canvas/geometry.js";
import { isBlank } from "../state/drawing.js";
import { digitsOf, guessOf, shownReading, textOf } from "../state/numbers.js";
import { toBars } from "../state/reading.js";
import { countdownFor, sentenceFor, toneOf, toneOfSentence } from "../state/status.js";
import { isGuess, isOutdated } from "../state/store.js";
import { BARS, FRESH_SHEET, answerName, digitName, durationOf } from "../text/page.js";
import { hide, newButton, newSpan, part, place, within } from "./dom.js";

/** @param {Watch} watch */
export function showAnswer(watch) {
  const section = part("reading", HTMLElement);
  const answer = part("answer", HTMLButtonElement);
  const pad = part("pad", HTMLElement);
  answer.title = FRESH_SHEET;
  watch((state) => (isGuess(state) ? guessOf(state.reading, state.camera !== null) : textOf(state.reading)), (text) => {
    answer.textContent = text;
    answer.setAttribute("aria-label", answerName(text));
    answer.style.setProperty("--characters", String(text.length));
    answer.classList.toggle("long", text.length > 1);
    hide(answer, text === "", pad);
  });
  watch(toneOf, (tone) => {
    section.dataset.tone = tone;
  });
  watch((state) => state.reading === null, (empty) => void section.classList.toggle("empty", empty));
  watch(isOutdated, (outdated) => void section.classList.toggle("stale", outdated));
}

/** @param {Watch} watch */
export function showNotice(watch) {
  const notice = part("notice", HTMLElement);
  watch((state) => state.fileError, (text) => {
    notice.textContent = text ?? "";
  });
}

/** @param {Watch} watch */
export function showStatus(watch) {
  const status = part("status", HTMLElement);
  const retry = part("retry", HTMLButtonElement);
  const countdown = part("countdown", HTMLElement);
  const progress = part("progress", HTMLProgressElement);
  // What it looks like so far changes with every stroke. Screen readers only say the reading.
  watch(isGuess, (guess) => status.setAttribute("aria-live", guess ? "off" : "polite"));
  // If there is nothing new to say, the old sentence stays in grey. A live region that does not change stays quiet.
  watch(sentenceFor, (sentence) => {
    if (sentence !== null) status.textContent = sentence;
    status.classList.toggle("stale", sentence === null);
  });
  // Two readings may have the same sentence. Replacing the text makes screen readers say it again.
  watch((state) => (sentenceFor(state) === null ? null : state.reading), (reading) => {
    if (reading) status.replaceChildren(status.textContent ?? "");
  });
  watch(toneOfSentence, (tone) => {
    if (tone !== null) status.dataset.tone = tone;
  });
  watch((state) => isRetryable(state.problem) && !state.recognizing && !isBlank(state.drawing), (offered) => {
    hide(retry, !offered, status);
  });
  watch(countdownFor, (text) => {
    countdown.textContent = text;
    countdown.hidden = text === "";
  });
  watch((state) => state.slow && state.recognizing && !state.drawing.active, (shown) => {
    progress.hidden = !shown;
  });
}

/** @param {Watch} watch */
export function showDuration(watch) {
  const took = part("took", HTMLElement);
  watch((state) => state.reading, (reading) => {
    took.textContent = reading && reading.duration !== null ? durationOf(reading.duration) : "";
  });
}

// --- the digits of a number ---

/** @param {Watch} watch */
export function showNumber(watch) {
  const number = part("number", HTMLElement);
  const boxes = part("digit-boxes", HTMLElement);
  const sheet = part("sheet", HTMLElement);
  const frame = within(part("picture", HTMLElement), ".frame", HTMLElement);
  const image = within(frame, "img", HTMLImageElement);

  watch((state) => state.reading?.numbers ?? null, (numbers) => {
    number.hidden = numbers === null;
    const digits = digitsOf(numbers);
    number.replaceChildren(...digits.map((digit, at) => newDigit(digit.digit, at, digits.length)));
  });
  let penWidth = 0;
  watch((state) => Math.max(0, ...state.drawing.strokes.map(({ width }) => width)), (width) => {
    penWidth = width;
  });
  /** @type {readonly NumberOnSheet[] | null} */
  let onSheet = null;
  let chosen = 0;

  function showBoxes() {
    const digits = digitsOf(onSheet);
    const onPicture = !frame.hidden && image.naturalWidth > 0 && image.getAttribute("src") !== null;
    const size = onPicture ? { width: image.naturalWidth, height: image.naturalHeight } : { width: 1, height: 1 };
    (onPicture ? frame : sheet).append(boxes);
    boxes.hidden = digits.length === 0;
    const pen = onPicture ? 0 : penWidth;
    boxes.replaceChildren(...digits.map(({ box }, at) => newBox(areaOf(around(box, pen), size), at)));
    showChosen();
  }

  function showChosen() {
    [...number.children].forEach((button, at) => button.setAttribute("aria-pressed", String(at === chosen)));
    [...boxes.children].forEach((box, at) => box.classList.toggle("chosen", at === chosen));
  }

  watch(numbersOnSheet, (numbers) => {
    onSheet = numbers;
    showBoxes();
  });
  // The boxes are placed by the size of the picture, which is known once it is loaded.
  image.addEventListener("load", showBoxes);
  watch((state) => state.chosen, (at) => {
    chosen = at;
    showChosen();
  });
  // While a number is corrected, its digits can also be chosen on the sheet.
  watch((state) => state.correcting, (correcting) => void boxes.classList.toggle("choosable", correcting));
}

/**
 * @param {State} state
 * @returns {readonly NumberOnSheet[] | null} null while they do not fit what is on the sheet
 */
function numbersOnSheet({ reading, drawing, readPicture }) {
  return !drawing.active && readPicture === drawing.picture ? (reading?.numbers ?? null) : null;
}

/**
 * @param {number} digit
 * @param {number} at
 * @param {number} count
 */
function newDigit(digit, at, count) {
  const button = newButton();
  button.dataset.at = String(at);
  button.textContent = String(digit);
  button.setAttribute("aria-label", digitName(digit, at, count));
  button.setAttribute("aria-pressed", String(at === 0));
  return button;
}

/**
 * @param {Area} area
 * @param {number} at
 */
function newBox(area, at) {
  const box = newSpan("digit-box", "");
  box.dataset.at = String(at);
  place(box, area);
  return box;
}

// --- the bars ---

/** @typedef {{ item: HTMLLIElement, percent: HTMLElement, mark: HTMLElement }} Row */

/** @param {Watch} watch */
export function showBars(watch) {
  const list = part("bars", HTMLElement);
  const rows = toBars(null).map((bar) => newRow(bar.digit));
  list.replaceChildren(...rows.map((row) => row.item));

  /** @type {Reading | null} */
  let shown = null;
  let isFinal = true;

  function update() {
    const bars = toBars(shown, isFinal);
    bars.forEach((bar, at) => fill(rows[at], bar));
    // Nothing is known about a blank sheet.
    list.hidden = shown !== null && bars.every(({ value }) => value === "");
  }

  watch(shownReading, (reading) => {
    shown = reading;
    update();
  });
  watch((state) => !isGuess(state), (settled) => {
    isFinal = settled;
    update();
  });
}

/**
 * @param {Label} digit
 * @returns {Row}
 */
function newRow(digit) {
  const item = document.createElement("li");
  item.dataset.digit = String(digit);
  const name = newSpan("digit", digit === "none" ? BARS.short : String(digit));
  const track = newSpan("track", "");
  track.setAttribute("aria-hidden", "true");
  track.append(newSpan("fill", ""));
  const percent = newSpan("percent", "");
  const mark = newSpan("spoken", "");
  item.append(name, " ", track, percent, mark);
  if (digit === "none") {
    name.setAttribute("aria-hidden", "true");
    item.prepend(newSpan("spoken", BARS.none));
  }
  return { item, percent, mark };
}

/**
 * @param {Row} row
 * @param {Bar} bar
 */
function fill({ item, percent, mark }, bar) {
  item.dataset.value = bar.value;
  item.classList.toggle("winner", bar.winner);
  item.style.setProperty("--share", String(bar.share));
  percent.textContent = bar.percent;
  mark.textContent = bar.winner ? BARS.winner : "";
}
