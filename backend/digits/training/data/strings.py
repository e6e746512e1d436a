"""Numbers composed of single digits, each number by one writer: a person's size, slant and pen belong together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digits.preprocess.strokes import bounds
from digits.training.data import Bytes8, Rng
from digits.training.data.strokes import Character, Points

LENGTHS = 2, 5  # digits of a number
TOUCHING = 0.2  # share of the numbers whose digits touch or overlap
GAP, OVERLAP = (0.12, 0.5), (-0.15, 0.02)  # between neighbours, in heights of a digit
DRIFT = 0.06  # standard deviation of a digit's height on the line
FEWEST = 10  # digits of a writer from whom numbers are composed
LINES = 3, 5  # numbers in a column
LEADING = 0.25, 0.7  # between the lines of a column, in heights of a digit
PIXELS = 200  # height of a digit that is drawn


@dataclass(frozen=True)
class Written:
    """Numbers as a pen wrote them."""

    texts: tuple[str, ...]  # in reading order
    strokes: tuple[Points, ...]  # a digit is about 1 high
    touching: bool


def by_writer(characters: Sequence[Character]) -> list[list[Character]]:
    """The digits of each writer who wrote at least FEWEST."""
    found: dict[str, list[Character]] = defaultdict(list)
    for one in characters:
        found[one.writer].append(one)
    return [digits for _, digits in sorted(found.items()) if len(digits) >= FEWEST]


def number(digits: Sequence[Character], rng: Rng, touching: bool | None = None) -> Written:
    """A number of random digits of one writer."""
    touching = bool(rng.random() < TOUCHING) if touching is None else touching
    chosen = [digits[place] for place in rng.integers(len(digits), size=rng.integers(LENGTHS[0], LENGTHS[1] + 1))]
    strokes: list[Points] = []
    right = 0.0
    for at, one in enumerate(chosen):
        left, top, width, height = bounds(one.strokes)
        scale = rng.uniform(0.85, 1.1) / max(height, 0.6 * width, 1e-6)
        right += rng.uniform(*(OVERLAP if touching else GAP)) if at else 0.0
        shift = np.array([right, rng.normal(0, DRIFT)])
        middle = np.array([left, top + height / 2])
        strokes += [np.asarray((stroke - middle) * scale + shift, np.float32) for stroke in one.strokes]
        right += width * scale
    return Written(("".join(one.label for one in chosen),), tuple(strokes), touching)


def column(digits: Sequence[Character], rng: Rng) -> Written:
    """Numbers of one writer below each other."""
    texts: list[str] = []
    strokes: list[Points] = []
    bottom = 0.0
    for _ in range(rng.integers(LINES[0], LINES[1] + 1)):
        line = number(digits, rng, touching=False)
        _, top, _, height = bounds(line.strokes)
        shift = np.array([rng.uniform(-0.3, 0.3), bottom - top], np.float32)
        strokes += [stroke + shift for stroke in line.strokes]
        texts += line.texts
        bottom += height + rng.uniform(*LEADING)
    return Written(tuple(texts), tuple(strokes), touching=False)


def page_of(strokes: Sequence[Points], pen: float, pixels: int = PIXELS) -> Bytes8:
    """Strokes on a page, dark on white. A digit is `pixels` high; `pen` is the stroke width in heights of a digit."""
    left, top, width, height = bounds(strokes)
    margin = pixels // 5
    page = np.full([round(side * pixels) + 2 * margin for side in (height, width)], 255, np.uint8)
    for stroke in strokes:
        places = np.rint(((stroke - (left, top)) * pixels + margin) * 16).astype(np.int32)
        line = np.vstack([places, places[-1:] + 1])  # OpenCV does not draw a single point
        cv2.polylines(page, [line.reshape(-1, 1, 2)], False, 0, max(1, round(pen * pixels)), cv2.LINE_AA, 4)
    return page
