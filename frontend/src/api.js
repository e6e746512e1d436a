import { Problem, kindOf } from "./problem.js";
import { addressOf } from "./question.js";
import { sumOfTimings, toReading } from "./reading.js";
import { secondsToWait, timeOf } from "./waiting.js";

/**
 * @typedef {object} Asked
 * @property {AbortSignal} signal
 * @property {boolean} [explained] whether an explanation is wanted, which takes the server many times as long
 */

/**
 * @typedef {object} Api
 * @property {(picture: Blob, asked: Asked) => Promise<import("./reading.js").Reading>} read rejects with a Problem, or with
 *   whatever the abort throws
 */

/**
 * @param {typeof globalThis.fetch} [fetch]
 * @returns {Api}
 */
export function createApi(fetch = globalThis.fetch.bind(globalThis)) {
  /** @type {Api["read"]} */
  async function read(picture, { signal, explained = false }) {
    const form = new FormData();
    form.append("image", picture, picture instanceof File ? picture.name : "drawing.png");
    const headers = { Accept: "application/json, application/problem+json" };
    const asked = performance.now();
    const response = await reach(fetch(addressOf(explained), { method: "POST", body: form, headers, signal }), signal);
    const body = await json(response, signal);
    if (!response.ok) throw problemIn(response, body);
    const timing = { total: performance.now() - asked, reading: sumOfTimings(response.headers.get("Server-Timing")) };
    const reading = toReading(body, timing);
    if (!reading) throw new Problem("unintelligible");
    return reading;
  }

  return { read };
}

/**
 * @param {Promise<Response>} answer
 * @param {AbortSignal} signal
 */
async function reach(answer, signal) {
  try {
    return await answer;
  } catch (error) {
    throw signal.aborted ? error : new Problem("unreachable");
  }
}

/**
 * @param {Response} response
 * @param {AbortSignal} signal
 * @returns {Promise<any>} null where it is not JSON: a proxy may answer in HTML
 */
async function json(response, signal) {
  try {
    return await response.json();
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof SyntaxError) return null;
    throw new Problem("unreachable"); // the line broke in the middle of the answer
  }
}

/**
 * @param {Response} response
 * @param {any} body
 */
function problemIn(response, body) {
  return new Problem(kindOf(response.status), {
    detail: words(body?.detail),
    requestId: words(body?.request_id),
    retryAfter: retryAfter(response.headers),
  });
}

/** @param {unknown} value */
function words(value) {
  return typeof value === "string" && value.trim() ? value.trim() : null;
}

/**
 * A date is one of the server's clock, which is told by the answer itself: a clock that is wrong here does no harm.
 * @param {Headers} headers
 */
function retryAfter(headers) {
  const here = Date.now();
  return secondsToWait(headers.get("Retry-After"), timeOf(headers.get("Date") ?? "", here) ?? here);
}
