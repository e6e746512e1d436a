import { toNumbers } from "../state/numbers.js";
import { toReading } from "../state/reading.js";
import { Problem, problemFrom, problemIn } from "./problem.js";
import { BATCH_URL, NUMBERS_BATCH_URL, NUMBERS_URL, urlFor } from "./upload.js";

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

  /** @type {Api["readBatch"]} */
  async function readBatch(files, { signal }) {
    const body = await post(BATCH_URL, files, signal);
    return resultsOf(body, files.length, (result) => toReading(result) ?? new Problem("unintelligible"));
  }

  /** @type {Api["readNumbersBatch"]} */
  async function readNumbersBatch(files, { signal }) {
    return resultsOf(await post(NUMBERS_BATCH_URL, files, signal), files.length, toNumbers);
  }

  /** @type {Api["post"]} */
  async function post(url, content, signal) {
    return checked(await received(fetch(url, { method: "POST", ...bodyOf(content), signal }), signal), signal);
  }

  /** @type {Api["get"]} */
  async function get(url, signal) {
    return checked(await received(fetch(url, { signal }), signal), signal);
  }

  /**
   * @param {Response} response
   * @param {AbortSignal} signal
   */
  async function checked(response, signal) {
    const body = await jsonOf(response, signal);
    if (!response.ok) throw problemFrom(response, body);
    return body;
  }

  return { read, readNumbers, readBatch, readNumbersBatch, post, get };
}

const ACCEPT = "application/json, application/problem+json";

/** @typedef {File | readonly File[] | Columns[]} Content a picture, several, or strokes */

/**
 * @param {Content} content
 * @returns {Pick<RequestInit, "body" | "headers">} the browser sets the Content-Type of a form, with its boundary
 */
function bodyOf(content) {
  if (!(content instanceof File) && !isFiles(content)) {
    return { body: JSON.stringify({ strokes: content }), headers: { Accept: ACCEPT, "Content-Type": "application/json" } };
  }
  const form = new FormData();
  if (content instanceof File) form.append("image", content, content.name);
  else for (const file of content) form.append("images", file, file.name);
  return { body: form, headers: { Accept: ACCEPT } };
}

/**
 * @param {readonly File[] | Columns[]} content
 * @returns {content is readonly File[]}
 */
function isFiles(content) {
  return content[0] instanceof File;
}

/**
 * @template T
 * @param {any} body of the response
 * @param {number} count of the files
 * @param {(result: any) => T} parse
 * @returns {(T | Problem)[]} in the order of the files
 */
function resultsOf(body, count, parse) {
  if (!Array.isArray(body?.results) || body.results.length !== count) throw new Problem("unintelligible");
  return body.results.map((/** @type {any} */ result) => (result?.error ? problemIn(result.error) : parse(result)));
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
