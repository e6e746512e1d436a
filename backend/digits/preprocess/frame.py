"""Plain strips at the edges of a page that are not part of the sheet: a drawn outline, a table, a scanner's edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digits.preprocess.background import drawn_box

Bytes8 = NDArray[np.uint8]

SMALLEST = 48  # pixels: in a smaller picture a plain line at the edge may be a stroke
WIDEST = 0.2  # of the page's side
SAMPLES = 64  # pixels of a line that are enough to know its median
GRAIN = 24  # grey levels that differ within a plain strip
CONTRAST = 40  # grey levels between a strip and the sheet


def inside_frame(grey: Bytes8) -> tuple[slice, slice]:
    """Page (height, width) -> rows and columns of the sheet inside its frame."""
    rows, columns = whole = slice(0, grey.shape[0]), slice(0, grey.shape[1])
    if min(grey.shape) < SMALLEST or _is_plainly_unframed(grey):
        return whole
    for _ in range(2):  # a strip on one side shows only after the strips across it are gone
        before = rows, columns
        rows = _without_strips(grey[:, columns], rows)
        columns = _without_strips(grey[rows].T, columns)
        if (rows, columns) == before:
            break
    inside = grey[rows, columns]
    if int(inside.max()) - int(inside.min()) <= CONTRAST:  # a bar that fills its picture
        return whole
    return rows, columns


def _is_plainly_unframed(grey: Bytes8) -> bool:
    """Whether all edges have one level, and in no line half of the sampled pixels have another.

    This holds for nearly every drawing, and takes a fraction of the time of the full check.
    """
    drawn = drawn_box(grey)
    if drawn is None:
        return False
    x, y, width, height = drawn
    level = int(grey[0, 0])
    part = grey[y : y + height, x : x + width]
    for lines, first, length in ((part, x, grey.shape[1]), (part.T, y, grey.shape[0])):
        step = max(1, length // SAMPLES)
        sampled = lines[:, -first % step :: step]  # every `step`-th pixel of the page
        half = -(-length // step) / 2
        if sampled.shape[1] >= half and lines.size:
            other = ((sampled > level + CONTRAST) | (sampled < level - CONTRAST)).view(np.uint8)
            if int(other.sum(axis=1, dtype=np.uint8).max()) >= half:
                return False
    return True


def _without_strips(lines: Bytes8, inside: slice) -> slice:
    """The lines `inside` without plain strips at their beginning and end."""
    part = lines[inside]
    return slice(inside.start + _strip(part), inside.stop - _strip(part[::-1]))


def _strip(lines: Bytes8) -> int:
    """Width of the uniform strip at the start when the lines after it differ; 0 when it is only the sheet's margin."""
    reach = max(1, round(WIDEST * len(lines)))
    low, high = lines[: reach + 1].min(axis=1).astype(int), lines[: reach + 1].max(axis=1).astype(int)
    plain = (high - low <= GRAIN) & (np.abs((high + low) // 2 - (high[0] + low[0]) // 2) <= GRAIN)
    width = int(np.argmin(plain))  # length of the leading run; also 0 when all of them are plain
    if width == 0 or plain.all():
        return 0
    beyond = min(width + 1, len(lines) - 1)  # skip the line in which both levels mix
    half = lines[beyond : beyond + len(lines) // 2, :: max(1, lines.shape[1] // SAMPLES)]
    level = (high[0] + low[0]) / 2
    if 2 * np.count_nonzero(np.abs(half[0] - level) > CONTRAST) < half.shape[1]:  # nor does its median
        return 0
    steps = np.abs(np.median(half, axis=1) - level)
    # A plain margin next to a long 1 ends in another level, too, but soon returns to its own.
    return beyond if steps[0] > CONTRAST and np.mean(steps > CONTRAST) > 0.7 else 0
