import { Problem, kindOf } from "./problem.js";
import { toReading } from "./reading.js";

/**
 * @typedef {object} Api
 * @property {(picture: Blob, asked: { signal: AbortSignal }) => Promise<import("./reading.js").Reading>} read
 *   rejects with a Problem, or with whatever the abort throws
 */

const READ = "/api/v1/digits?include=input";

/**
 * @param {typeof globalThis.fetch} [fetch]
 * @returns {Api}
 */
export function createApi(fetch = globalThis.fetch.bind(globalThis)) {
  /** @type {Api["read"]} */
  async function read(picture, { signal }) {
    const response = await send(fetch, picture, signal);
    const body = await json(response, signal);
    if (!response.ok) throw problemIn(response, body);
    const reading = toReading(body);
    if (!reading) throw new Problem("unintelligible");
    return reading;
  }

  return { read };
}

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {Blob} picture
 * @param {AbortSignal} signal
 */
async function send(fetch, picture, signal) {
  await assertReadable(picture);
  const form = new FormData();
  form.append("image", picture, picture instanceof File ? picture.name : "drawing.png");
  const headers = { Accept: "application/json, application/problem+json" };
  try {
    return await fetch(READ, { method: "POST", body: form, headers, signal });
  } catch (error) {
    throw signal.aborted ? error : new Problem("unreachable");
  }
}

/**
 * fetch fails alike for a file that is gone and for a server that is.
 * @param {Blob} picture
 */
async function assertReadable(picture) {
  try {
    await picture.slice(0, 1).arrayBuffer();
  } catch {
    throw new Problem("lost");
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
    return null;
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
    retryAfter: seconds(response.headers.get("Retry-After")),
  });
}

/** @param {unknown} value */
function words(value) {
  return typeof value === "string" && value.trim() ? value.trim() : null;
}

/** @param {string | null} header */
function seconds(header) {
  return header !== null && /^\d+$/.test(header.trim()) ? Number(header) : null;
}
