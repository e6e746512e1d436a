/**
 * Real handwriting to start with, including difficult digits. The titles are in text/.
 *
 * The strokes were written by contributors to UNIPEN (train_r01_v07, category 1a; I. Guyon, L. Schomaker, R. Plamondon,
 * M. Liberman, S. Janet, 1994; doi 10.5281/zenodo.1195803, CC BY 4.0). The pictures are MNIST test images (Y. LeCun,
 * C. Cortes, C. J. C. Burges; CC BY-SA 3.0). The star is ours.
 */

import { toPng } from "../api/upload.js";
import { PENS } from "./drawing.js";

/** @type {readonly Sample[]} */
export const SAMPLES = Object.freeze([
  { id: "seven", strokes: written([[300,227,300,213,327,213,340,200,367,200,420,200,460,213,487,213,540,227,580,227,593,240,620,253,633,280,633,307,620,347,620,413,593,480,580,507,567,587,540,653,540,680,527,733,513,773,513,787,513,800,513,773],[447,533,433,520,433,533,447,533,473,533,513,520,553,520,580,520,620,520,660,520,673,520,687,520,700,520]]) },
  { id: "one", strokes: written([[398,605,411,573,443,521,499,408,538,326,570,256,589,212,597,200,589,220,588,257,589,344,589,461,588,633,580,717,585,773,589,797,602,800,598,795]]) },
  { id: "four", strokes: written([[325,304,315,294,320,273,330,283,325,304,336,336,341,372,341,403,341,445,341,461,336,497,351,497,362,508,398,497,450,497,508,497,570,471,617,471,638,461,659,461,670,477,670,497],[628,200,617,231,617,273,628,341,628,440,638,544,638,649,649,732,649,784,664,800,685,795]]) },
  { id: "five", strokes: written([[431,202,419,221,410,230,396,249,380,269,366,293,349,316,336,341,322,364,315,385,310,404,308,420,310,436,317,448,326,457,338,464,354,471,373,478,396,483,421,487,449,490,477,494,507,501,537,508,567,515,593,522,618,531,641,543,660,557,678,568,690,582,697,594,702,608,702,629,690,649,678,659,664,668,648,677,625,686,600,696,574,705,542,714,507,724,470,733,433,744,396,754,359,765,324,775,289,784,261,793,238,798,222,800,203,800,210,784,222,770,236,754],[252,364,252,351,261,332,285,320,298,316,312,311,331,307,356,302,382,295,412,288,442,279,475,274,507,265,539,258,572,251,604,244,637,237,667,230,697,223,722,216,746,212,766,209,780,205,797,202,780,212,771,223,759,237,748,253,739,272,734,297]]) },
  { id: "two", strokes: written([[200,356,200,343,206,330,215,315,230,302,248,291,267,280,289,271,306,265,326,265,349,267,369,274,388,282,404,297,417,315,425,339,430,367,427,399,421,436,410,473,395,512,378,553,360,592,345,627,330,655,317,681,308,700,302,713,300,731,319,733,345,724,367,713,388,703,414,692,443,677,473,661,505,646,542,633,579,618,618,607,666,590,711,575,755,560,800,544]]) },
  { id: "nine", strokes: written([[624,239,620,225,602,214,588,203,550,200,489,203,437,221,386,270,348,334,338,380,356,420,455,444,533,429,591,383,627,340,655,266,662,233,637,292,613,380,605,520,600,603,584,697,585,737,595,764,599,783,598,800]]) },
  { id: "print-five", name: "mnist-8.png", png: "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcCAAAAABXZoBIAAAA5UlEQVR42mNgoD9gxhARVJeQ+FkpyvoSU7H3zJt///69/u3vX3QZ5b4vf/7CAAMDAwuypEw+hL5xFULDJUUKjuz49fEr964rJ89//4pqIve5v34MDAoMckyY7mDb+LeFC4eHeFr/vuTH5duYv/dlsAhDrLBiOP8EZwjN51Jk+fQCQ5KRgYGBgeH/PwaGfzNOyN25yqB9HN2M7r8I8GIFuuGmt+79hsn+qcG03dnjBFR2PTYPVfz9OcN4CQ5Jo79//+758/fvFGySnMv//v3799d6bqwBJb7l+d+7DThTTexUMYaBBQCtXnTNnZp08AAAAABJRU5ErkJggg==" },
  { id: "print-three", name: "mnist-18.png", png: "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcCAAAAABXZoBIAAABJklEQVR42mNgoD9ghFA8spkM8y5gV8LT+Pfv31+LhbBKtv79+/fv379P3bBJpv79MzEt++3f7w1cmJJb/y5nYGCwff3372JWDMn/f7UZGBgYrA7+/buEBV1y918FBgYGBgbzN3//hiGEmRgYGBgYrjMwMKTsCw9XWM7AoIquM+6vn8YPiIv/3g/hR5Xki+FR/vAXBr5EYrjZe+FmuPRFbQw3MwsIqKsJCEz8/PfvTgNUKRErGMvq4t+/21HkfO9+94exeW///eCBLBn1/e8fSxjH9Pff/XB/MjAwLKtlYIRz9BgZLqF6Z8/fu/PUGBgYGPIvf/v7dyJapN799vf3z58/f/79+/fvCWF0v8RvfwLx5+EacaRkAgMSvKkHTG6dffSTYaAAANhKhxpX5sW+AAAAAElFTkSuQmCC" },
  { id: "print-six", name: "mnist-22.png", png: "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcCAAAAABXZoBIAAAAuklEQVR42s2RwQ3CMAxFnwpnJmgWYAEU9qhZA8oclZgjMAEDtMyRZgIW+BwKQqUpNyR8ie2X/5XY8OOo5edh/AKd6kmveCUVad61lfviGqfN5fPccx4S79hcuvGlIBtYlPR6d/HhdHAct32TVXrJICirPLALADaCPSXgqi5kvyIgDGNq49i276gBEmD+9CE1KXjJgcU4GVYdJcksKLce10iS1Lq5naqxd7kYwdKT1inl4XVVptvtzr/GA8U6T5ajOiEKAAAAAElFTkSuQmCC" },
  { id: "pair", strokes: written([[149,353,141,345,141,342,141,338,145,338,145,330,149,334,149,338,149,334,153,338,149,353,157,377,161,404,161,428,161,459,161,471,161,478,157,498,168,498,176,506,204,498,243,498,286,498,333,478,368,478,384,471,399,471,399,471,403,478,407,482,411,482,407,498],[376,275,376,275,376,275,372,283,368,298,368,330,376,381,376,455,384,533,384,612,392,674,392,713,403,725,419,721],[544,322,525,327,511,329,500,331,495,334,495,329,509,324,528,320,551,317,577,315,607,315,640,317,673,320,704,324,729,329,753,338,772,350,783,366,786,383,786,404,779,425,762,448,743,474,720,502,692,528,664,554,638,580,612,601,591,622,577,641,572,655,572,666,582,676,598,680,624,685,657,685,697,683,741,680,788,676,842,664,896,652,945,638]]) },
  { id: "star", strokes: written([[500,180,688,759,196,401,804,401,312,759,500,180]]) },
]);

/** @param {string} png in base64 */
export function toPngUrl(png) {
  return `data:image/png;base64,${png}`;
}

/** @type {Map<string, File>} */
const files = new Map();

/**
 * Returns the same file each time, so that a sample that is opened twice is one entry of the history.
 * @param {string} name
 * @param {string} png in base64
 */
export function toPngFile(name, png) {
  const file = files.get(png) ?? toPng(name, png);
  files.set(png, file);
  return file;
}

/**
 * @param {readonly (readonly number[])[]} lines x, y, x, y ... in thousandths of the sheet
 * @returns {Stroke[]}
 */
function written(lines) {
  return lines.map((line) => ({
    width: PENS.medium,
    points: Array.from({ length: line.length / 2 }, (_, at) => ({ x: line[2 * at] / 1000, y: line[2 * at + 1] / 1000 })),
  }));
}
