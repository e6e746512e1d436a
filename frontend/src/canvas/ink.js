/**
 * Ink of varying width: narrower where the pen is fast, broader where it is pressed, tapered at both ends. This changes only the look:
 * the server gets the points.
 */

/** A pen that needs this many milliseconds to cross the sheet draws at its own width. */
const ACROSS = 700;
/** Narrowest and broadest ink, relative to the pen. */
const NARROWEST = 0.6;
const BROADEST = 1.2;
/** How quickly speed narrows the ink. */
const THINNING = 0.2;
/** The share of a change in width that each point brings: less is smoother. */
const RESPONSE = 0.25;
/** The tip of a stroke, relative to the pen: its width at the very end, and its length. */
const TIP_WIDTH = 0.4;
const TIP_LENGTH = 1.1;
/** Pixels between two widths on a curve. */
const FINENESS = 3;

/**
 * The part of a 2D context that ink is drawn with.
 * @typedef {Pick<CanvasRenderingContext2D, "beginPath" | "moveTo" | "lineTo" | "stroke" | "arc" | "fill" | "lineWidth" | "lineCap"
 *   | "strokeStyle" | "fillStyle">} InkSurface
 */

/**
 * The width of the ink at each point, without the tapered ends. It depends on earlier points only, so ink that is drawn never changes.
 * @param {Stroke} stroke
 * @param {readonly number[]} [known] widths of the first points
 * @returns {number[]} in units of the sheet
 */
export function widthsOf({ points, width }, known = []) {
  const widths = [...known];
  for (let at = widths.length; at < points.length; at++) {
    const before = widths[at - 1] ?? width;
    widths.push(before + RESPONSE * (width * breadth(points[at], points[at - 1]) - before));
  }
  return widths;
}

/**
 * @param {Point} point
 * @param {Point | undefined} last
 * @returns {number} how broad the ink should be, relative to the pen
 */
function breadth({ x, y, t, pressure }, last) {
  if (pressure !== undefined) return NARROWEST + (BROADEST - NARROWEST) * Math.min(1, 1.3 * pressure);
  if (t === undefined || last?.t === undefined || t <= last.t) return 1;
  const speed = (distance({ x, y }, last) / (t - last.t)) * ACROSS;
  return Math.min(BROADEST, Math.max(NARROWEST, 1 + THINNING * (1 - speed)));
}

/**
 * The last point before the tapered end. Ink up to here stays as it is when the stroke goes on.
 * @param {Stroke} stroke
 */
export function steadyEnd({ points, width }) {
  let left = 0;
  for (let at = points.length - 1; at > 0; at--) {
    left += distance(points[at - 1], points[at]);
    if (left >= TIP_LENGTH * width) return at - 1;
  }
  return 0;
}

/**
 * Draws the ink of a stroke from one of its points to another one. Pieces that follow each other join without a seam.
 * @param {InkSurface} surface
 * @param {Stroke} stroke
 * @param {readonly number[]} widths of all points
 * @param {{ from: number, to: number, side: number }} piece with the sheet's side in pixels
 */
export function drawPiece(surface, stroke, widths, { from, to, side }) {
  const { points, width } = stroke;
  surface.lineCap = "round";
  if (points.length === 1) return drawDot(surface, points[0], width, side);
  const last = points.length - 1;
  const tips = widths.map((_, at) => (at < from || at > to ? 1 : Math.min(tip(stroke, at, -1), to < last ? 1 : tip(stroke, at, 1))));
  for (let at = from + 1; at <= to; at++) {
    const control = points[at - 1];
    const start = at === 1 ? control : middle(points[at - 2], control);
    const end = at === last ? points[at] : middle(control, points[at]);
    drawCurve(surface, [start, control, end], [widths[at - 1] * tips[at - 1], widths[at] * tips[at]], side);
  }
}

/**
 * @param {InkSurface} surface
 * @param {readonly Stroke[]} strokes
 * @param {{ side: number, ink: string }} sheet its side in pixels, and the colour of the ink
 */
export function drawInk(surface, strokes, { side, ink }) {
  [surface.strokeStyle, surface.fillStyle] = [ink, ink];
  for (const stroke of strokes) drawPiece(surface, stroke, widthsOf(stroke), { from: 0, to: stroke.points.length - 1, side });
}

/**
 * @param {Stroke} stroke
 * @param {number} at
 * @param {1 | -1} direction towards the end or the start
 * @returns {number} how much the ink is tapered there: a factor of its width
 */
function tip({ points, width }, at, direction) {
  let left = 0;
  for (let next = at + direction; points[next] && left < TIP_LENGTH * width; next += direction) left += distance(points[next - direction], points[next]);
  return TIP_WIDTH + (1 - TIP_WIDTH) * Math.min(1, left / (TIP_LENGTH * width));
}

/**
 * @param {InkSurface} surface
 * @param {readonly [Point, Point, Point]} curve start, control point and end
 * @param {readonly [number, number]} widths at the start and at the end
 * @param {number} side
 */
function drawCurve(surface, [start, control, end], [first, last], side) {
  const length = (distance(start, control) + distance(control, end)) * side;
  const steps = Math.max(1, Math.ceil(length / FINENESS));
  let { x, y } = start;
  for (let step = 1; step <= steps; step++) {
    const share = step / steps;
    const next = onCurve(start, control, end, share);
    surface.lineWidth = (first + (last - first) * share) * side;
    surface.beginPath();
    surface.moveTo(x * side, y * side);
    surface.lineTo(next.x * side, next.y * side);
    surface.stroke();
    ({ x, y } = next);
  }
}

/**
 * @param {Point} start
 * @param {Point} control
 * @param {Point} end
 * @param {number} share 0..1
 * @returns {Point} on the quadratic Bézier curve
 */
function onCurve(start, control, end, share) {
  const [one, two, three] = [(1 - share) ** 2, 2 * (1 - share) * share, share ** 2];
  return { x: one * start.x + two * control.x + three * end.x, y: one * start.y + two * control.y + three * end.y };
}

/**
 * @param {InkSurface} surface
 * @param {Point} point
 * @param {number} width
 * @param {number} side
 */
function drawDot(surface, { x, y }, width, side) {
  surface.beginPath();
  surface.arc(x * side, y * side, (width * side) / 2, 0, 2 * Math.PI);
  surface.fill();
}

/**
 * @param {Point} one
 * @param {Point} other
 * @returns {Point}
 */
function middle(one, other) {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

/**
 * @param {Point} one
 * @param {Point} other
 */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

// --- painting only what is new ---

/**
 * @typedef {InkSurface & Pick<CanvasRenderingContext2D, "clearRect" | "drawImage">} PaintSurface
 * @typedef {CanvasImageSource & { width: number, height: number }} Layer
 */

/**
 * Paints new ink only. A hidden layer keeps the ink that will not change. Each frame draws the tapered end of the current stroke
 * again.
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

// --- small pictures: paths of an SVG ---

/**
 * Quadratic curves through the midpoints of the segments. They round off corners.
 * @param {readonly Point[]} points
 * @returns {PathStep[]}
 */
export function smoothPath(points) {
  const [first, ...rest] = points;
  if (!first) return [];
  /** @type {PathStep[]} */
  const path = [["M", first.x, first.y]];
  rest.forEach((point, at) => {
    const next = rest[at + 1];
    if (!next) path.push(["L", point.x, point.y]);
    else path.push(["Q", point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2]);
  });
  return path;
}

/**
 * @param {Stroke} stroke
 * @returns {string} the `d` of an SVG path
 */
export function toSvgPath({ points }) {
  const path = smoothPath(points);
  // With round caps, a line of length 0 is a dot.
  return (path.length === 1 ? [...path, ["l", 0, 0]] : path).map(([letter, ...numbers]) => letter + numbers.map(rounded).join(" ")).join("");
}

/** @param {string | number} number */
function rounded(number) {
  return Number(Number(number).toFixed(4));
}
