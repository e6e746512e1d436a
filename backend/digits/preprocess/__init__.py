"""From a picture or pen strokes to the square that the network reads. Pure: no Flask, no TensorFlow, nothing is stored.

    decode              bytes -> Page             upright, greyscale, no larger than needed
    find_ink            grey  -> Ink              on its sheet, without background, rules and specks; None when blank
    make_square         ink   -> (SIDE, SIDE) uint8   MNIST's conventions
    square_of_strokes strokes -> (SIDE, SIDE) uint8   the same, without a picture in between
    count_parts         ink   -> int                  in how many parts it lies: several digits lie apart

Training reads its pictures through the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass

from digits.candidates import Box, Group
from digits.preprocess.decode import Bytes8, Limits, Page, decode
from digits.preprocess.ink import Ink, find_ink
from digits.preprocess.parts import count_parts
from digits.preprocess.segment import groups_of_ink, groups_of_strokes
from digits.preprocess.square import make_square
from digits.preprocess.strokes import Points, Strokes, ink_box, ink_of_strokes, square_of_strokes

__all__ = [
    "Ink",
    "Limits",
    "Page",
    "Points",
    "Prepared",
    "Strokes",
    "decode",
    "find_ink",
    "find_numbers",
    "find_numbers_in_strokes",
    "make_square",
    "normalize",
    "normalize_strokes",
    "prepare",
    "square_of_strokes",
]


@dataclass(frozen=True)
class Prepared:
    """The input of the network; `square` and `box` are None when the page is blank."""

    square: Bytes8 | None  # (SIDE, SIDE)
    box: Box | None  # in whole pixels of the upright picture, or in the units of the strokes
    light_on_dark: bool
    parts: int = 1  # in how many parts the ink lies: several digits lie apart


def prepare(data: bytes, limits: Limits | None = None) -> Prepared:
    """Decode and normalize. Raises the errors of `decode`."""
    return normalize(decode(data, limits))


def normalize(page: Page) -> Prepared:
    """Page -> square, and where its ink was found."""
    ink = find_ink(page.grey)
    if ink is None:
        return Prepared(None, None, False)
    box = _to_picture(ink.box, page.scale)
    return Prepared(make_square(ink.density), box, ink.light_on_dark, count_parts(ink.density))


def normalize_strokes(strokes: Strokes) -> Prepared:
    """Strokes of any number of points each -> square, and the bounding box of their ink without stray taps.

    The page is blank when no stroke has a point.
    """
    written = [stroke for stroke in strokes if len(stroke)]
    if not written:
        return Prepared(None, None, False)
    density = ink_of_strokes(written)
    return Prepared(make_square(density), ink_box(written), False, count_parts(density))


def find_numbers(page: Page) -> list[Group]:
    """Page -> what may be numbers, in reading order. Boxes are in pixels of the picture; empty when it is blank."""
    ink = find_ink(page.grey)
    return [] if ink is None else groups_of_ink(ink, page.grey.shape, page.scale)


def find_numbers_in_strokes(strokes: Strokes) -> list[Group]:
    """Strokes -> what may be numbers, in reading order. Boxes are in the units of the strokes; empty without points."""
    return groups_of_strokes(strokes)


def _to_picture(box: tuple[int, int, int, int], scale: tuple[float, float]) -> tuple[int, int, int, int]:
    """Pixels of the page -> pixels of the picture."""
    x, y, width, height = box
    across, down = scale
    left, top = round(x * across), round(y * down)
    return left, top, max(1, round((x + width) * across) - left), max(1, round((y + height) * down) - top)
