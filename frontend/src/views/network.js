import { shownReading } from "../state/numbers.js";
import { toBars } from "../state/reading.js";
import { isGuess } from "../state/store.js";
import { NETWORK, featureSentence, layerName, layerNote, networkInWords } from "../text/network.js";
import { BARS } from "../text/page.js";
import { newButton, newSpan, part } from "./dom.js";

/** A feature map on the page. @typedef {{ feature: Feature, layer: number, button: HTMLButtonElement, canvas: HTMLCanvasElement }} FeatureMap */

/** The side of the map that is looked at closely, in pixels. */
const CLOSE = 28;

/**
 * The layers of the network, lit up: the square, some feature maps of each convolution, and the outputs.
 * @param {Watch} watch
 */
export function showNetwork(watch) {
  const root = part("network", HTMLElement);
  const input = newCanvas(CLOSE, CLOSE);
  const outputs = toBars(null).map((bar) => newOutput(bar.digit));
  const close = newCanvas(CLOSE, CLOSE);
  const caption = document.createElement("figcaption");
  const words = newSpan("spoken", "");
  /** @type {FeatureMap[]} */
  let maps = [];
  /** @type {FeatureMap | null} */
  let chosen = null;
  /** What should be lit up, while its pictures are decoded. @type {State["lit"]} */
  let latest = null;

  /**
   * @param {readonly Layer[]} layers
   * @param {readonly Feature[]} features
   */
  function build(layers, features) {
    maps = layers.flatMap((layer, at) => features.filter((one) => one.layer === layer.layer).map((feature) => newMap(feature, layer, at + 1)));
    const columns = layers.map((layer, at) => {
      const own = maps.filter((map) => map.layer === at + 1);
      return newColumn(layerName(at + 1), layerNote(own.length, layer), own.map(({ button }) => button), "maps");
    });
    maps[0]?.button.setAttribute("tabindex", "0");
    const group = document.createElement("div");
    group.className = "layers";
    group.role = "group";
    group.ariaLabel = NETWORK.label;
    group.append(newColumn(NETWORK.input, `${CLOSE}×${CLOSE}`, [input], "whole"), ...columns, newColumn(NETWORK.output, "", outputs.map(({ item }) => item), "outputs"));
    const figure = document.createElement("figure");
    figure.append(close, caption);
    root.replaceChildren(group, figure, words);
    look();
  }

  function look() {
    close.hidden = chosen === null;
    caption.textContent = chosen ? featureSentence(chosen.feature, chosen.layer) : NETWORK.closer;
    for (const map of maps) map.button.setAttribute("aria-pressed", String(map === chosen));
    if (chosen) copy(chosen.canvas, close);
  }

  let features = /** @type {readonly Feature[]} */ ([]);
  watch((state) => state.features, (known) => {
    features = known ?? [];
  });
  watch((state) => state.lit, async (lit) => {
    if (!lit) return;
    // A model that can't show its layers leaves nothing to show.
    root.hidden = lit.layers.length === 0 || features.length === 0;
    if (root.hidden) return;
    latest = lit;
    const images = await Promise.all([lit.square, ...lit.layers.map(({ image }) => image)].map(decoded)).catch(() => null);
    if (!images || latest !== lit) return;
    if (maps.length === 0) build(lit.layers, features);
    const [square, ...strips] = images;
    paint(input, square, 0, CLOSE);
    for (const map of maps) paint(map.canvas, strips[map.layer - 1], map.feature.channel, lit.layers[map.layer - 1].width);
    words.textContent = networkInWords(strongestOf(maps));
    look();
  });
  watch((state) => state.chosenMap, (name) => {
    chosen = maps.find((map) => map.button.dataset.map === name) ?? null;
    if (maps.length > 0) look();
  });
  watch((state) => state, (state) => {
    const bars = toBars(shownReading(state), !isGuess(state));
    bars.forEach((bar, at) => {
      outputs[at].item.style.setProperty("--share", String(bar.share));
      outputs[at].item.classList.toggle("winner", bar.winner);
    });
  });
}

/**
 * @param {Feature} feature
 * @param {Layer} size
 * @param {number} layer counted from 1
 * @returns {FeatureMap}
 */
function newMap(feature, { width, height }, layer) {
  const button = newButton();
  const canvas = newCanvas(width, height);
  button.className = "map";
  button.tabIndex = -1;
  button.dataset.map = `${feature.layer}:${feature.channel}`;
  button.setAttribute("aria-label", featureSentence(feature, layer));
  button.append(canvas);
  return { feature, layer, button, canvas };
}

/**
 * @param {string} title
 * @param {string} note
 * @param {readonly HTMLElement[]} content
 * @param {string} className
 */
function newColumn(title, note, content, className) {
  const column = document.createElement("div");
  const box = document.createElement("div");
  box.className = className;
  box.append(...content);
  column.append(newSpan("title", title), box, newSpan("note", note));
  return column;
}

/** @param {Label} digit */
function newOutput(digit) {
  const item = document.createElement("span");
  item.className = "output";
  item.append(newSpan("digit", digit === "none" ? BARS.short : String(digit)), newSpan("level", ""));
  item.ariaHidden = "true"; // the bars of the reading say the same
  return { item };
}

/**
 * @param {number} width
 * @param {number} height
 */
function newCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.ariaHidden = "true";
  canvas.getContext("2d", { willReadFrequently: true }); // the first call decides
  return canvas;
}

/** @param {string} url */
async function decoded(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement} strip with maps side by side
 * @param {number} channel
 * @param {number} width of a map
 */
function paint(canvas, strip, channel, width) {
  canvas.getContext("2d")?.drawImage(strip, channel * width, 0, width, strip.naturalHeight, 0, 0, canvas.width, canvas.height);
}

/**
 * @param {HTMLCanvasElement} from
 * @param {HTMLCanvasElement} to
 */
function copy(from, to) {
  to.width = from.width;
  to.height = from.height;
  to.getContext("2d")?.drawImage(from, 0, 0);
}

/**
 * @param {readonly FeatureMap[]} maps
 * @returns {FeatureMap[]} of each layer the one that is lit most
 */
function strongestOf(maps) {
  const layers = [...new Set(maps.map(({ layer }) => layer))];
  return layers.map((layer) => {
    const lit = maps.filter((map) => map.layer === layer).map((map) => ({ map, light: lightOf(map.canvas) }));
    return lit.reduce((one, other) => (other.light > one.light ? other : one)).map;
  });
}

/** @param {HTMLCanvasElement} canvas */
function lightOf(canvas) {
  const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 4) sum += pixels[at];
  return sum / (canvas.width * canvas.height);
}
