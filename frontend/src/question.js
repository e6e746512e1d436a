import { toDataUrl } from "./marked.js";

/**
 * @param {boolean} explained whether an explanation is wanted, which takes the server many times as long
 * @returns {string} what is asked, without the server's address
 */
export function addressOf(explained) {
  return `/api/v1/digits?include=input${explained ? ",explanation" : ""}`;
}

/** Bytes of a picture that go into an argument; a shell takes only so long a one. */
const SMALL = 32 * 1024;
/** As base64 breaks its lines (RFC 2045). */
const LINE = /.{1,76}/g;

/**
 * @typedef {object} Sent a question that was asked
 * @property {Blob} blob the very picture that was read
 * @property {number} scale its pixels for each pixel of the one that was given
 * @property {boolean} explained whether an explanation was asked for
 */

/**
 * The question that was asked, as a command for a POSIX shell.
 * @param {string} origin
 * @param {Sent} sent
 * @returns {Promise<string>}
 */
export async function toCurl(origin, { blob, explained }) {
  const url = quoted(origin + addressOf(explained));
  const image = await toDataUrl(blob);
  if (blob.size <= SMALL) return `curl -H 'Content-Type: application/json' -d ${quoted(JSON.stringify({ image }))} ${url}`;
  const lines = image.slice(image.indexOf(",") + 1).match(LINE) ?? [];
  return [`base64 -d <<'PICTURE' | curl -H 'Content-Type: application/octet-stream' --data-binary @- ${url}`, ...lines, "PICTURE", ""].join("\n");
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
