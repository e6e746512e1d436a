"""Removes printed lines: ruled and squared paper, and boxes whose sides the digit touches or crosses.

Works by geometry. A digit has straight strokes, too, so a line is a rule only if it runs from edge to edge of the sheet
and sticks out on both sides of the remaining ink, or if four lines form a box around the remaining ink. Where a stroke
crosses a rule, its pixels remain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[Any]  # a Bytes8 that OpenCV made

SMALLEST = 48  # pixels: on a smaller sheet, strokes are as long and thin as rules
SHORTEST_RUN = 0.06  # of the sheet's width: horizontal pieces of which a line is joined
SPAN = 0.5  # of the inked area: shorter lines are strokes
THICKEST = 0.06  # of the inked area: thicker lines are strokes
DRIFT = 0.05  # of its length: how far a line may leave its row
REACH = 0.04  # of the sheet: how far a rule may end before the edge, or before another side of its box
GAP = 0.5  # of the inked area: how long a stroke may cover a rule
COVERED = 0.4  # share of its length on which no stroke covers it
UNBROKEN = 0.9  # share of its length that has ink
CLEAR = 0.08  # of the sheet: how far a rule sticks out on both sides of the remaining ink
REMAINING = 0.2  # of the inked area: extent of the remaining ink
INSIDE = 0.6  # share of the remaining ink that lies in a box


@dataclass(frozen=True)
class Line:
    """A nearly horizontal line; a nearly vertical one on the transposed mask."""

    start: int  # first column
    stop: int
    path: Floats  # (stop - start,), the row of its middle in each column
    thickness: int  # pixels

    @property
    def row(self) -> float:
        """Its mean row."""
        return float(self.path.mean())


def rules(ink: Bytes8, place: tuple[int, int], sheet: tuple[int, ...]) -> Bytes8 | None:
    """Mask of all ink, (height, width) -> mask of the rules in it; None when there are none.

    The mask is the part of the sheet that begins at `place` (x, y).
    """
    x, y, width, height = cv2.boundingRect(ink)
    if max(width, height) < 0.5 * max(sheet) or min(sheet) < SMALLEST:
        return None
    left, top = place[0] + x, place[1] + y
    from_edge_to_edge = _reaches(left, left + width, sheet[1]) or _reaches(top, top + height, sheet[0])
    if not from_edge_to_edge and not _may_have_box(ink[y : y + height, x : x + width]):
        return None
    whole = np.zeros(sheet, np.uint8)
    part = slice(place[1], place[1] + ink.shape[0]), slice(place[0], place[0] + ink.shape[1])
    whole[part] = ink
    found = _rules(whole, width, height, from_edge_to_edge)
    return None if found is None else found[part]


def _rules(ink: Bytes8, width: int, height: int, from_edge_to_edge: bool) -> Bytes8 | None:
    """The same for the ink of a whole sheet, whose bounding box has this width and height."""
    extent = max(width, height)
    horizontal = _lines(ink, width, extent)
    vertical = _lines(np.ascontiguousarray(ink.T), height, extent)
    through = _through(ink, horizontal, vertical, extent) if from_edge_to_edge else None
    return through if through is not None else _box(ink, horizontal, vertical, extent)


def _may_have_box(ink: Bytes8) -> bool:
    """Whether two rows and two columns far apart are mostly ink. Few drawings have them, so most need no search."""
    thick = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    for axis in (0, 1):
        inked = cv2.reduce(thick, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
        full = np.flatnonzero(inked >= SPAN * UNBROKEN * ink.shape[axis])
        if not full.size or full[-1] - full[0] < SPAN * ink.shape[1 - axis]:
            return False
    return True


def _lines(ink: Bytes8, width: int, extent: int) -> list[Line]:
    """The thin, straight, nearly horizontal lines."""
    thickest = max(2, round(THICKEST * extent))
    run = max(5, round(SHORTEST_RUN * ink.shape[1]))
    if not _may_have_lines(ink, SPAN * width, thickest):
        return []
    runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    thick = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((thickest + 1, 1), np.uint8))
    runs = cv2.subtract(runs, thick)
    joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((1, max(2 * run, round(GAP * width)) + 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for label, (_, _, long, high, _) in enumerate(stats[1:].tolist(), 1):
        if long < SPAN * width or high > thickest + DRIFT * long:
            continue
        line = ((labels == label) & (runs > 0)).view(np.uint8)
        left, top, long, high = cv2.boundingRect(line)  # without what the closing added
        if long < SPAN * width:
            continue
        part = line[top : top + high, left : left + long]
        columns = part.any(axis=0)
        if columns.mean() < COVERED:
            continue
        thickness = int(np.percentile(part.sum(axis=0)[columns], 25))  # where no stroke runs along the line
        for path in (_along, _straight):
            candidate = Line(left, left + long, top + path(part, thickness), thickness)
            if _band(ink, candidate)[:, left : left + long].any(axis=0).mean() >= UNBROKEN:
                found.append(candidate)
                break
    return found


def _along(part: Bytes8, thickness: int) -> Floats:
    """The row of the line in each column: its middle where it is thin, and interpolated elsewhere."""
    depth = part.sum(axis=0)
    columns = np.flatnonzero((depth > 0) & (depth <= thickness + 1))
    middle = (part * np.arange(len(part))[:, None]).sum(axis=0)[columns] / depth[columns]
    return np.asarray(np.interp(np.arange(part.shape[1]), columns, middle), np.float32)


def _straight(part: Bytes8, thickness: int) -> Floats:
    """The row of the straight line with the most ink, when a stroke runs beside it."""
    height, width = part.shape
    rows, columns = np.nonzero(part)
    most, best = -1.0, np.zeros(width, np.float32)
    for slope in np.linspace(-height, height, 2 * height + 1) / width:
        counts = np.bincount(np.rint(rows - slope * columns + height).astype(int))
        inked = np.convolve(counts, np.ones(thickness), "valid")
        if inked.size and inked.max() > most:
            most = float(inked.max())
            best = (inked.argmax() + (thickness - 1) / 2 - height + slope * np.arange(width)).astype(np.float32)
    return best


def _may_have_lines(ink: Bytes8, least: float, thickest: int) -> bool:
    """Whether some band of rows has ink in enough columns: known in a fraction of the time."""
    band = cv2.dilate(ink, np.ones((2 * thickest + 1, 1), np.uint8))
    return bool(cv2.reduce(band, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).max() >= COVERED * least)


def _through(ink: Bytes8, horizontal: list[Line], vertical: list[Line], extent: int) -> Bytes8 | None:
    """The rules that run from edge to edge."""
    height, width = ink.shape
    lying = [line for line in horizontal if _reaches(line.start, line.stop, width)]
    standing = [line for line in vertical if _reaches(line.start, line.stop, height)]
    while lying or standing:
        found = _erasable(ink, lying, standing)
        rest = _remaining(cv2.subtract(ink, found), extent)
        if rest is None:
            return None
        x, y, across, down = rest
        clear_lying = [line for line in lying if _sticks_out(line, x, x + across, width)]
        clear_standing = [line for line in standing if _sticks_out(line, y, y + down, height)]
        if len(clear_lying) == len(lying) and len(clear_standing) == len(standing):
            return found
        lying, standing = clear_lying, clear_standing
    return None


def _reaches(start: int, stop: int, width: int) -> bool:
    """Whether it runs from edge to edge."""
    reach = max(2.0, REACH * width)
    return start <= reach and stop >= width - reach


def _sticks_out(line: Line, start: int, stop: int, width: int) -> bool:
    margin = max(2.0, CLEAR * width)
    return line.start <= start - margin and line.stop >= stop + margin


def _box(ink: Bytes8, horizontal: list[Line], vertical: list[Line], extent: int) -> Bytes8 | None:
    """The four sides of a box around the remaining ink."""
    if len(horizontal) < 2 or len(vertical) < 2:
        return None
    lying, standing = (sorted(lines, key=lambda line: line.row) for lines in (horizontal, vertical))
    top, bottom, left, right = lying[0], lying[-1], standing[0], standing[-1]
    reach = max(3.0, REACH * max(ink.shape))
    meets = all(
        abs(line.start - before.row) <= reach and abs(line.stop - after.row) <= reach
        for lines, before, after in (((top, bottom), left, right), ((left, right), top, bottom))
        for line in lines
    )
    if not meets:
        return None
    thickness = min(line.thickness for line in (top, bottom, left, right))  # the others have a stroke beside them
    top, bottom, left, right = (replace(line, thickness=thickness) for line in (top, bottom, left, right))
    found = _erasable(ink, [top, bottom], [left, right])
    rest = cv2.subtract(ink, found)
    if _remaining(rest, extent) is None:
        return None
    inner = rest[round(top.row) : round(bottom.row) + 1, round(left.row) : round(right.row) + 1]
    return found if np.count_nonzero(inner) >= INSIDE * np.count_nonzero(rest) else None


def _erasable(ink: Bytes8, lying: list[Line], standing: list[Line]) -> Bytes8:
    """The pixels of the lines, except where a stroke crosses them."""
    flat, upright = np.zeros_like(ink), np.zeros_like(ink)
    for line in lying:
        flat |= _band(ink, line)
    for line in standing:
        upright |= _band(np.ascontiguousarray(ink.T), line).T
    both = flat | upright
    crossed = _crossed(ink & ~(upright & ~flat), lying) & flat
    crossed_upright = _crossed(np.ascontiguousarray((ink & ~(flat & ~upright)).T), standing).T & upright
    return both & ~(crossed | crossed_upright)


def _crossed(ink: Mask, lines: list[Line]) -> Bytes8:
    """The ink in vertical runs that are longer than the lines are thick: where a stroke crosses them."""
    if not lines:
        return np.zeros_like(ink)
    thickness = max(line.thickness for line in lines)
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thickness + 2, 1), np.uint8)), np.uint8)


def _band(ink: Bytes8, line: Line) -> Bytes8:
    """The ink along the line, also where a stroke interrupts it."""
    rows = np.arange(len(ink))[:, None]
    band = np.zeros_like(ink)
    band[:, line.start : line.stop] = np.abs(rows - line.path) <= line.thickness / 2 + 1
    return band & ink


def _remaining(ink: Mask, extent: int) -> tuple[int, int, int, int] | None:
    """The bounding box of the components that may be the digit; None when they are too small."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count < 2:
        return None
    extents = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    if extents.max() < REMAINING * extent:
        return None
    large = stats[1:][extents >= 0.3 * extents.max()]
    left, top = large[:, cv2.CC_STAT_LEFT].min(), large[:, cv2.CC_STAT_TOP].min()
    right = (large[:, cv2.CC_STAT_LEFT] + large[:, cv2.CC_STAT_WIDTH]).max()
    bottom = (large[:, cv2.CC_STAT_TOP] + large[:, cv2.CC_STAT_HEIGHT]).max()
    return int(left), int(top), int(right - left), int(bottom - top)
