import { drawPiece, steadyEnd, widthsOf } from "./ink.js";

/**
 * @typedef {import("./ink.js").InkSurface & Pick<CanvasRenderingContext2D, "clearRect" | "drawImage">} PaintSurface
 * @typedef {CanvasImageSource & { width: number, height: number }} Layer
 */

/**
 * Paints strokes, and only what is new about them. Ink that will not change is kept on a layer of its own; the end of the stroke that
 * is being drawn is tapered anew in every frame.
 * @param {PaintSurface} visible
 * @param {{ surface: PaintSurface, layer: Layer }} settled a canvas that is not shown
 */
export function newPainter(visible, settled) {
  /** @type {readonly Stroke[]} */
  let painted = [];
  /** How many strokes are settled. */
  let finished = 0;
  /** Widths of the points of the next stroke, and the point to which its ink is settled. */
  let [widths, reached] = [/** @type {number[]} */ ([]), 0];
  let [lastSide, lastInk] = [0, ""];

  /** @param {number} side */
  function restart(side) {
    settled.layer.width = side; // empties the layer
    settled.layer.height = side;
    [finished, widths, reached] = [0, [], 0];
  }

  /**
   * @param {Stroke} stroke
   * @param {number} to
   * @param {number} side
   */
  function settle(stroke, to, side) {
    if (to > reached || stroke.points.length === 1) drawPiece(settled.surface, stroke, widths, { from: reached, to, side });
    reached = Math.max(reached, to);
  }

  return {
    /**
     * @param {readonly Stroke[]} strokes
     * @param {{ side: number, ink: string, active: boolean }} sheet its side in pixels, the colour of the ink, and whether the last
     *   stroke is being drawn
     */
    paint(strokes, { side, ink, active }) {
      if (side !== lastSide || ink !== lastInk || !continues(painted, strokes, finished)) restart(side);
      [painted, lastSide, lastInk] = [strokes, side, ink];
      for (const one of [visible, settled.surface]) [one.strokeStyle, one.fillStyle] = [ink, ink];
      for (; finished < strokes.length - (active ? 1 : 0); finished++) {
        widths = widthsOf(strokes[finished], widths);
        settle(strokes[finished], strokes[finished].points.length - 1, side);
        [widths, reached] = [[], 0];
      }
      visible.clearRect(0, 0, side, side);
      const open = strokes[finished];
      if (open) {
        widths = widthsOf(open, widths);
        if (open.points.length > 1) settle(open, steadyEnd(open), side);
      }
      if (side > 0) visible.drawImage(settled.layer, 0, 0);
      if (open) drawPiece(visible, open, widths, { from: reached, to: open.points.length - 1, side });
    },
  };
}

/**
 * @param {readonly Stroke[]} before
 * @param {readonly Stroke[]} now
 * @param {number} finished how many strokes are settled
 * @returns {boolean} whether only new strokes, or new points of the stroke that is not settled, were added
 */
function continues(before, now, finished) {
  if (now.length < before.length) return false;
  for (let at = 0; at < finished; at++) if (before[at] !== now[at]) return false;
  const [open, longer] = [before[finished]?.points ?? [], now[finished]?.points ?? []];
  return longer.length >= open.length && open.every((point, at) => point === longer[at]);
}
