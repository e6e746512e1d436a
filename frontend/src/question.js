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
 * The very question that was asked, as a command for a POSIX shell.
 * @param {string} url
 * @param {Blob} sent
 * @returns {Promise<string>}
 */
export async function toCurl(url, sent) {
  if (sent.size > SMALL) return `curl -F ${quoted(`image=@"${escaped(sent instanceof File ? sent.name : "picture")}"`)} ${quoted(url)}`;
  const body = JSON.stringify({ image: await toDataUrl(sent) });
  return `curl -H 'Content-Type: application/json' -d ${quoted(body)} ${quoted(url)}`;
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
