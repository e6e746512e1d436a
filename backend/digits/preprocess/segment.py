"""Ink or pen strokes -> numbers, and what may be their digits.

A page holds one number or several, side by side, below each other or in a table. The ink is taken apart into pieces:
connected components, cut where digits may touch, or pen strokes. Pieces that lie close to each other on a line are one
number. Every run of a few neighbouring pieces is a candidate for a digit; the model decides which of them are digits.
This is over-segmentation (Casey, Lecolinet: A survey of methods and strategies in character segmentation, 1996).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digits.candidates import Box, Candidate, Group
from digits.preprocess.ink import EDGE, Ink
from digits.preprocess.line import MARGIN, line_of_ink, line_of_strokes
from digits.preprocess.square import Floats, make_square
from digits.preprocess.strokes import Strokes, bounds, square_of_strokes, without_taps

SOLID = 0.35  # density from which ink connects: the halo of a stroke may touch its neighbour
MOST_COMPONENTS = 400  # on a page
LEAST_EXTENT = 0.15  # of a component, relative to the tallest one: smaller ones are specks
MOST_PIECES = 6  # in a digit
WIDEST = 1.5  # width of a digit, in heights of its line
ON_ONE_LINE = 0.4  # share of the smaller height that neighbours on a line have in common, at least
APART = 1.1  # gap between two numbers on a line, in heights of the line, at least
ABOVE = 0.15  # vertical gap within a digit, in heights of the line, at most
AT_EDGE = 1.5  # pixels: a box this close to the edge of the page is cut off
COVERED = 0.5  # share of the smaller width that parts of one digit have in common, at least
FRAGMENT = 0.6  # a single piece at most this high, in heights of a line nearby, may be a broken stroke of that line ...
BESIDE, BEYOND = 0.15, 0.35  # ... if it is at most this far from it, across and down
REMNANT = 0.35  # a line less tall than this share of the tallest line is a remnant ...
CUT_OFF = 0.65  # ... and one less tall than this share, if the edge of the page cuts it off
SMALL = 0.55  # a part of a digit above or below the rest is at most this high, in heights of the line
MARK = 0.3  # extent of a decimal mark at most, in heights of the line
GRAIN = 0.05  # extent of a speck that is noise, in heights of the line
MARK_DOWN = 0.3  # its centre is at most this far above or below the bottom of the digits, in heights of the line
DASH = 0.12, 0.8  # width of a minus, in heights of the line
FLAT = 1.5  # width over height of a minus, at least
MAY_TOUCH = 0.75  # width from which a component may be several digits, in heights of the line
NARROWEST = 0.12  # width of a part that is cut off, in heights of the line
CUTS = 4  # in a component at most, for each height of the line that it is wide
THIN_ENOUGH = 0.75  # ink in a column where digits may be cut, as a share of the component's fullest column


# --- ink --------------------------------------------------------------------------------------------------------------


def groups_of_ink(ink: Ink, shape: tuple[int, int], scale: tuple[float, float] = (1.0, 1.0)) -> list[Group]:
    """What may be numbers on a page of this (height, width), in reading order. Boxes are in pixels of the picture.

    `scale` are the picture's pixels per pixel of the page, across and down. A page with more than MOST_COMPONENTS is a
    text or a texture: a single group without candidates.
    """
    pieces, specks = _components(ink.density)
    if len(pieces) > MOST_COMPONENTS:
        return [Group((), (), ink.box)]
    specks += ink.specks
    return [_group_of_ink(line, specks, ink, scale) for line in _lines(pieces, ink, shape)]


def lines_of_ink(ink: Ink, shape: tuple[int, int]) -> list[Floats]:
    """The ink density of each number, cropped, in reading order. Empty for a text or a texture."""
    pieces, _ = _components(ink.density)
    return [] if len(pieces) > MOST_COMPONENTS else [_merged(line) for line in _lines(pieces, ink, shape)]


def _lines(pieces: Sequence[_Piece], ink: Ink, shape: tuple[int, int]) -> list[list[_Piece]]:
    """The pieces of each number without remnants: specks, and lines that the edge of the page cuts off."""
    boxes = [piece.box for piece in pieces]
    lines = numbers_of(boxes)
    outer = [_union([boxes[place] for place in line]) for line in lines]
    across, down = ink.box[2] / ink.density.shape[1], ink.box[3] / ink.density.shape[0]
    highest = max((box[3] for box in outer), default=0.0)

    def is_remnant(box: Box) -> bool:
        left, top = ink.box[0] + box[0] * across, ink.box[1] + box[1] * down
        right, bottom = left + box[2] * across, top + box[3] * down
        cut_off = min(left, top) <= AT_EDGE or right >= shape[1] - AT_EDGE or bottom >= shape[0] - AT_EDGE
        return box[3] < (CUT_OFF if cut_off else REMNANT) * highest

    return [[pieces[place] for place in line] for line, box in zip(lines, outer, strict=True) if not is_remnant(box)]


@dataclass(frozen=True)
class _Piece:
    """A part of the ink."""

    density: Floats  # (height, width) of its box
    box: tuple[int, int, int, int]
    component: int


def _components(density: Floats) -> tuple[list[_Piece], list[Box]]:
    """Connected ink, and the boxes of what is too small to be a part of a digit."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((density > SOLID).astype(np.uint8), connectivity=8)
    # The halo of a stroke belongs to the component beside it.
    spread = cv2.dilate(labels.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    labels = np.where((labels == 0) & (density > EDGE), spread, labels)
    tallest = max((int(height) for height in stats[1:, cv2.CC_STAT_HEIGHT]), default=0)
    pieces: list[_Piece] = []
    specks: list[Box] = []
    for label in range(1, count):
        x, y, width, height = (int(value) for value in stats[label, :4])
        if max(width, height) < LEAST_EXTENT * tallest:
            specks.append((x, y, width, height))
            continue
        left, top = max(0, x - 1), max(0, y - 1)
        around = slice(top, y + height + 1), slice(left, x + width + 1)
        part = np.where(labels[around] == label, density[around], 0)
        pieces.append(_Piece(part, (left, top, part.shape[1], part.shape[0]), label))
    return pieces, specks


def _group_of_ink(components: Sequence[_Piece], specks: Sequence[Box], ink: Ink, scale: tuple[float, float]) -> Group:
    boxes = [piece.box for piece in components]
    high = _line_height(boxes)
    marked = has_mark([*boxes, *(one for one in specks if max(one[2:]) > GRAIN * high)])
    pieces = [part for component in components for part in _cut(component, high)]
    pieces.sort(key=lambda piece: piece.box[0] + piece.box[2] / 2)
    left, top, width, height = ink.box
    across, down = width / ink.density.shape[1], height / ink.density.shape[0]

    def on_picture(box: Box) -> Box:
        x, y, wide, high = box
        place = (left + x * across) * scale[0], (top + y * down) * scale[1]
        size = wide * across * scale[0], high * down * scale[1]
        return round(place[0]), round(place[1]), max(1, round(size[0])), max(1, round(size[1]))

    candidates = [
        Candidate(start, stop, make_square(_merged(pieces[start:stop])), on_picture(_union(boxes)))
        for start, stop, boxes in _runs([piece.box for piece in pieces], high)
    ]
    cuts = tuple(one.component == other.component for one, other in itertools.pairwise(pieces))
    box = on_picture(_union([piece.box for piece in pieces]))
    return Group(cuts, tuple(candidates), box, line_of_ink(_merged(components)), MARGIN, marked)


def _merged(pieces: Sequence[_Piece]) -> Floats:
    """The pieces together, cropped to their ink."""
    left, top, width, height = (int(value) for value in _union([piece.box for piece in pieces]))
    page = np.zeros((height, width), np.float32)
    for piece in pieces:
        x, y, wide, high = piece.box
        part = page[y - top : y - top + high, x - left : x - left + wide]
        np.maximum(part, piece.density, out=part)
    x, y, wide, high = cv2.boundingRect((page > EDGE).astype(np.uint8))
    return page[y : y + high, x : x + wide]


def _cut(piece: _Piece, high: float) -> list[_Piece]:
    """The piece, cut between digits that may touch: where there is little ink in a column."""
    x, y, width, _height = piece.box
    if width < MAY_TOUCH * high:
        return [piece]
    places = _cuts(piece.density.sum(axis=0), high)
    edges = [0, *places, width]
    parts = []
    for start, stop in itertools.pairwise(edges):
        part = piece.density[:, start:stop]
        rows = np.flatnonzero(part.max(axis=1) > EDGE)
        if rows.size:
            top, bottom = int(rows[0]), int(rows[-1]) + 1
            parts.append(_Piece(part[top:bottom], (x + start, y + top, stop - start, bottom - top), piece.component))
    return parts


def _cuts(columns: Floats, high: float) -> list[int]:
    """(width,) ink in each column -> the best places to cut, from left to right."""
    smooth = cv2.GaussianBlur(columns[None].astype(np.float32), (0, 0), max(0.6, 0.02 * high))[0]
    margin = max(2, round(NARROWEST * high))
    inner = np.arange(margin, len(smooth) - margin)
    least = [
        int(place)
        for place in inner
        if smooth[place] <= smooth[max(0, place - 2) : place + 3].min() and smooth[place] < THIN_ENOUGH * smooth.max()
    ]
    chosen: list[int] = []
    for place in sorted(least, key=lambda place: float(smooth[place])):
        if len(chosen) < round(CUTS * len(smooth) / high) and all(abs(place - other) >= margin for other in chosen):
            chosen.append(place)
    return sorted(chosen)


# --- strokes ----------------------------------------------------------------------------------------------------------


def groups_of_strokes(strokes: Strokes) -> list[Group]:
    """The numbers that strokes write, in reading order. Boxes are in the units of the strokes."""
    known = {id(stroke): place for place, stroke in enumerate(strokes)}
    kept = without_taps([stroke for stroke in strokes if len(stroke)]) if any(map(len, strokes)) else []
    boxes = [bounds([stroke]) for stroke in kept]
    groups = []
    for line in numbers_of(boxes):
        # From left to right instead of in time, so that a bar that is added later lies beside its digit.
        line.sort(key=lambda place: boxes[place][0] + boxes[place][2] / 2)
        high, marked = _line_height([boxes[place] for place in line]), has_mark([boxes[place] for place in line])
        candidates = []
        for start, stop, covered in _runs([boxes[place] for place in line], high):
            chosen = sorted(line[start:stop])
            square = square_of_strokes([kept[place] for place in chosen])
            indices = tuple(known[id(kept[place])] for place in chosen)
            candidates.append(Candidate(start, stop, square, _union(covered), indices))
        image = line_of_strokes([kept[place] for place in sorted(line)])
        box = _union([boxes[place] for place in line])
        groups.append(Group((False,) * (len(line) - 1), tuple(candidates), box, image, MARGIN, marked))
    return groups


# --- layout -----------------------------------------------------------------------------------------------------------


def numbers_of(boxes: Sequence[Box]) -> list[list[int]]:
    """Indices of the boxes that make up each number, from left to right; the numbers are in reading order."""
    if not boxes:
        return []
    high = _line_height(boxes)
    group = list(range(len(boxes)))

    def root(place: int) -> int:
        while group[place] != place:
            place = group[place]
        return place

    for one in range(len(boxes)):
        for other in range(one):
            if _belong(boxes[one], boxes[other], high):
                group[root(one)] = root(other)
    found: dict[int, list[int]] = {}
    for place in range(len(boxes)):
        found.setdefault(root(place), []).append(place)
    lines = _with_fragments(list(found.values()), boxes)
    for line in lines:
        line.sort(key=lambda place: boxes[place][0])
    return _in_reading_order(lines, boxes)


def has_mark(boxes: Sequence[Box]) -> bool:
    """Whether a decimal mark may stand between the digits of a line, or a minus before them.

    The networks do not read these marks. Without its mark, the number would be another one.
    """
    high = _line_height(boxes)
    digits = [box for box in boxes if box[3] >= high / 2]
    if not digits:  # a dot or a flat line
        return False
    left, top, width, height = _union(digits)

    def is_point(box: Box) -> bool:
        x, y, wide, tall = box
        across, down = x + wide / 2, y + tall / 2
        between = left < across < left + width and not any(one[0] < across < one[0] + one[2] for one in digits)
        return between and max(wide, tall) <= MARK * high and abs(down - top - height) <= MARK_DOWN * high

    def is_minus(box: Box) -> bool:
        x, y, wide, tall = box
        before = left - APART * high < x + wide <= left  # a stroke of a 4 reaches into the digit
        flat = DASH[0] * high <= wide <= DASH[1] * high and wide >= FLAT * tall
        return before and flat and top + height / 4 < y + tall / 2 < top + height * 3 / 4

    return any(is_point(box) or is_minus(box) for box in boxes if box[3] < high / 2)


def _with_fragments(lines: Sequence[list[int]], boxes: Sequence[Box]) -> list[list[int]]:
    """The lines, where a small single piece close to a line has become a part of it: a stroke that broke."""
    kept = {line[0]: list(line) for line in lines}
    single = [line[0] for line in lines if len(line) == 1]
    for place in sorted(single, key=lambda place: boxes[place][3]):
        if len(kept[place]) > 1:  # it has got a fragment itself
            continue
        x, y, width, height = boxes[place]
        for first, other in kept.items():
            left, top, wide, tall = _union([boxes[one] for one in other])
            near = _gap(x, width, left, wide) <= BESIDE * tall and _gap(y, height, top, tall) <= BEYOND * tall
            if first != place and near and height <= FRAGMENT * tall and width <= FRAGMENT * max(wide, tall):
                other.append(place)
                del kept[place]
                break
    return list(kept.values())


def _belong(one: Box, other: Box, high: float) -> bool:
    """Whether two boxes belong to the same number: neighbours on a line, or parts of a digit above each other."""
    across, down = _gap(one[0], one[2], other[0], other[2]), _gap(one[1], one[3], other[1], other[3])
    if down <= -ON_ONE_LINE * min(one[3], other[3]):
        return across <= APART * max(high, 0.7 * min(one[3], other[3]))
    above = across <= -COVERED * min(one[2], other[2]) and min(one[3], other[3]) <= SMALL * high
    return above and down <= ABOVE * high


def _gap(one: float, one_length: float, other: float, other_length: float) -> float:
    """The distance between two intervals; negative where they overlap."""
    return max(one, other) - min(one + one_length, other + other_length)


def _line_height(boxes: Sequence[Box]) -> float:
    """The height of digits: the median of the boxes that are not much lower than the highest."""
    heights = np.array([height for *_, height in boxes])
    return float(np.median(heights[heights >= 0.5 * heights.max()])) or max(1e-9, max(box[2] for box in boxes))


def _in_reading_order(numbers: list[list[int]], boxes: Sequence[Box]) -> list[list[int]]:
    """From top to bottom; those on one line from left to right."""
    outer = {id(line): _union([boxes[place] for place in line]) for line in numbers}
    left = sorted(numbers, key=lambda line: outer[id(line)][1] + outer[id(line)][3] / 2)
    ordered: list[list[int]] = []
    while left:
        _, top, _, height = outer[id(left[0])]
        line = [one for one in left if _gap(top, height, outer[id(one)][1], outer[id(one)][3]) <= -height / 2]
        line = line or left[:1]
        ordered += sorted(line, key=lambda one: outer[id(one)][0])
        left = [one for one in left if not any(one is other for other in line)]
    return ordered


def _runs(boxes: Sequence[Box], high: float) -> list[tuple[int, int, Sequence[Box]]]:
    """Start, stop and boxes of every run of neighbours that is narrow enough to be a digit."""
    spans = [
        (start, stop)
        for start in range(len(boxes))
        for stop in range(start + 1, min(start + MOST_PIECES, len(boxes)) + 1)
    ]
    return [
        (start, stop, boxes[start:stop])
        for start, stop in spans
        if stop == start + 1 or _union(boxes[start:stop])[2] <= WIDEST * high
    ]


def _union(boxes: Sequence[Box]) -> Box:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top
