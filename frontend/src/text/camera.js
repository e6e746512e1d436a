/** Texts about the camera, in the language of the page. */

import { textsOf } from "../language.js";

/** @type {typeof import("./en/camera.js")} */
const texts = await textsOf("camera");

export const { CAMERA } = texts;
