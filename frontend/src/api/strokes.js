/** The side of the sheet in the units of the strokes that are sent: a tenth of a pixel of a sheet of 280 pixels. */
const SHEET_UNITS = 2800;

/** The server accepts 20,000 points. The last point of each stroke is always sent, so a few remain free. */
const MAX_POINTS = 19_000;

/**
 * The strokes of a drawing as the server reads them. A scribble with too many points loses some of them, but no stroke.
 * @param {readonly Stroke[]} strokes
 * @returns {Prepared<Columns[]>}
 */
export function toColumns(strokes) {
  const total = strokes.reduce((sum, { points }) => sum + points.length, 0);
  const step = Math.ceil(total / MAX_POINTS);
  const content = strokes.map(({ points }) => {
    const kept = points.filter((_, at) => at % step === 0 || at === points.length - 1);
    return { x: kept.map(({ x }) => Math.round(x * SHEET_UNITS)), y: kept.map(({ y }) => Math.round(y * SHEET_UNITS)) };
  });
  return { content, scale: SHEET_UNITS };
}
