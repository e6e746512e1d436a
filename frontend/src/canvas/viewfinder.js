/** The camera of the device, as frames of pixels. */

import { shrunk } from "./geometry.js";
import { isCanvasReadable } from "./picture.js";

const JPEG_QUALITY = 0.85;
/** Milliseconds without a picture after which the camera is taken for lost. Shorter gaps occur when a phone turns. */
const MUTED = 2_000;

/**
 * @param {HTMLVideoElement} video shows what the camera sees
 * @returns {Viewfinder}
 */
export function createViewfinder(video) {
  /** @type {MediaStream | null} */
  let stream = null;
  /** How often the camera was started or stopped. */
  let changes = 0;

  function stop() {
    changes++;
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
  }

  /**
   * Calls back if the camera is unplugged or taken by another program.
   * @param {MediaStream} opened
   * @param {() => void} onLost
   */
  function listen(opened, onLost) {
    const report = () => {
      if (stream === opened) onLost();
    };
    for (const track of opened.getVideoTracks()) {
      // It isn't fired when the page itself stops the track.
      track.addEventListener("ended", report);
      track.addEventListener("mute", () => {
        setTimeout(() => track.muted && document.visibilityState === "visible" && report(), MUTED);
      });
    }
  }

  return {
    stop,
    isReadable: isCanvasReadable,

    async start(at, onLost) {
      stop();
      const own = changes;
      const cameras = await listed();
      const chosen = at > 0 && cameras[at]?.deviceId ? { deviceId: { exact: cameras[at].deviceId } } : { facingMode: { ideal: "environment" } };
      const opened = await navigator.mediaDevices.getUserMedia({ video: { ...chosen, width: { ideal: 1920 } }, audio: false });
      if (own !== changes) {
        // It was closed while the browser asked the user.
        for (const track of opened.getTracks()) track.stop();
        throw new DOMException("the camera was closed", "AbortError");
      }
      stream = opened;
      listen(opened, onLost);
      video.srcObject = stream;
      await video.play();
      return (await listed()).length;
    },

    isSeen: () => document.visibilityState === "visible" && video.videoWidth > 0,

    frame(side) {
      const canvas = document.createElement("canvas");
      Object.assign(canvas, shrunk({ width: video.videoWidth, height: video.videoHeight }, side));
      canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
      return new Promise((resolve, reject) => {
        const done = (/** @type {Blob | null} */ blob) => (blob ? resolve(new File([blob], "photo.jpg", { type: blob.type })) : reject(new Error("the frame cannot be encoded")));
        canvas.toBlob(done, "image/jpeg", JPEG_QUALITY);
      });
    },
  };
}

async function listed() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === "videoinput");
}
