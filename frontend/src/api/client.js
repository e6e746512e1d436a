import { toNumbers } from "../state/numbers.js";
import { toReading } from "../state/reading.js";
import { Problem, problemFrom } from "./problem.js";
import { NUMBERS_URL, urlFor } from "./upload.js";

/**
 * @param {typeof globalThis.fetch} [fetch]
 * @returns {Api}
 */
export function createApi(fetch = globalThis.fetch.bind(globalThis)) {
  /** @type {Api["read"]} */
  async function read(content, { signal, explained = false, rival = null }) {
    const start = performance.now();
    const body = await post(urlFor(explained, rival), content, signal);
    const reading = toReading(body, performance.now() - start);
    if (!reading) throw new Problem("unintelligible");
    return reading;
  }

  /** @type {Api["readNumbers"]} */
  async function readNumbers(content, { signal }) {
    return toNumbers(await post(NUMBERS_URL, content, signal));
  }

  /**
   * @param {string} url
   * @param {File | Columns[]} content
   * @param {AbortSignal} signal
   */
  async function post(url, content, signal) {
    const response = await received(fetch(url, { method: "POST", ...bodyOf(content), signal }), signal);
    const body = await jsonOf(response, signal);
    if (!response.ok) throw problemFrom(response, body);
    return body;
  }

  return { read, readNumbers };
}

const ACCEPT = "application/json, application/problem+json";

/**
 * @param {File | Columns[]} content
 * @returns {Pick<RequestInit, "body" | "headers">} the browser sets the Content-Type of a form, with its boundary
 */
function bodyOf(content) {
  if (!(content instanceof File)) {
    return { body: JSON.stringify({ strokes: content }), headers: { Accept: ACCEPT, "Content-Type": "application/json" } };
  }
  const form = new FormData();
  form.append("image", content, content.name);
  return { body: form, headers: { Accept: ACCEPT } };
}

/**
 * @param {Promise<Response>} response
 * @param {AbortSignal} signal
 */
async function received(response, signal) {
  try {
    return await response;
  } catch (error) {
    throw signal.aborted ? error : new Problem("unreachable");
  }
}

/**
 * @param {Response} response
 * @param {AbortSignal} signal
 * @returns {Promise<any>} null if it is not JSON: a proxy may respond with HTML
 */
async function jsonOf(response, signal) {
  try {
    return await response.json();
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof SyntaxError) return null;
    throw new Problem("unreachable"); // the connection was lost in the middle of the response
  }
}
