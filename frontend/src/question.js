import { toDataUrl } from "./marked.js";

/**
 * @param {boolean} explained whether an explanation is wanted, which takes the server a second
 * @returns {string} what is asked, without the server's address
 */
export function addressOf(explained) {
  return `/api/v1/digits?include=input${explained ? ",explanation" : ""}`;
}

/** Bytes of a picture that go into the command itself; a larger one has to be on the disk. */
const SMALL = 32 * 1024;

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
  if (isOnDisk(blob)) return `curl -F ${quoted(`image=@"${escaped(blob.name)}"`)} ${url}`;
  const body = JSON.stringify({ image: await toDataUrl(blob) });
  return `curl -H 'Content-Type: application/json' -d ${quoted(body)} ${url}`;
}

/**
 * Whether the command names the person's own file, since a command cannot hold so large a picture.
 * @param {Blob} blob
 * @returns {blob is File}
 */
export function isOnDisk(blob) {
  return blob instanceof File && blob.size > SMALL;
}

/**
 * As curl wants it between the double quotes of a form's field.
 * @param {string} name
 */
function escaped(name) {
  return name.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
