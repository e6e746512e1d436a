import { nameOf } from "./history.js";

/**
 * The file that `digits evaluate --marked` and `digits train --marked` read.
 * @param {import("./history.js").History} entries all of them marked
 * @returns {Promise<string>} JSON
 */
export async function toMarkedFile(entries) {
  const pictures = await Promise.all(
    entries.map(async (entry) => ({
      label: entry.truth === "none" ? null : entry.truth,
      name: nameOf(entry),
      image: await toDataUrl(entry.sent.blob),
    })),
  );
  return `${JSON.stringify({ format: "digits-marked", version: 1, pictures }, null, 2)}\n`;
}

/** @param {Blob} blob */
export async function toDataUrl(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  // A piece at a time: a call takes only so many arguments.
  for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return `data:${blob.type || "application/octet-stream"};base64,${btoa(text)}`;
}
