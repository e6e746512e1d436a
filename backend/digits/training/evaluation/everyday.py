"""Everyday pictures, composed from pen strokes: a desk around the sheet, a box around the digit, rules, transparency.

Each kind varies what people vary: desk, angle, size, pen, colours, strength of the lines.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.geometry import SIDE
from digits.training.data import Rng
from digits.training.data.strokes import Points, to_unit

Colour = NDArray[np.float32]  # (3,), 0 to 255
Picture = NDArray[np.float32]  # (height, width, 3), 0 to 255

SHAPES = ((480, 640), (640, 480), (480, 480))  # height and width in pixels
WHITE, YELLOW = (235, 232, 224), (244, 226, 90)
DESKS: dict[str, tuple[int, int, int]] = {
    "wood": (139, 90, 50),
    "dark": (45, 45, 48),
    "black": (12, 12, 14),
    "red": (150, 40, 40),
    "grey": (140, 140, 138),
    "blue": (60, 90, 150),
}
INKS = ((45, 50, 110), (25, 25, 25), (150, 30, 40), (90, 90, 95))


def _ink(strokes: Sequence[Points], shape: tuple[int, int], length: float, pen: float, rng: Rng) -> Picture:
    """(height, width, 1): how much ink a digit of `length` pixels leaves near the middle of a picture."""
    height, width = shape
    room = np.array([(width - length) / 2, (height - length) / 2]) * 0.5
    middle = np.array([width / 2, height / 2]) + rng.uniform(-1, 1, 2) * np.maximum(room, 0)
    mask = np.zeros((2 * height, 2 * width), np.uint8)
    for stroke in to_unit(strokes):
        places = np.rint((np.asarray(stroke) * length + middle) * 2 * 16).astype(np.int32)
        line = np.vstack([places, places[-1:] + 1]).reshape(-1, 1, 2)
        cv2.polylines(mask, [line], False, 255, max(1, round(2 * pen)), cv2.LINE_AA, 4)
    small = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    return small[..., None] / np.float32(255)


def _plain(shape: tuple[int, int], colour: Any) -> Picture:
    return np.broadcast_to(np.asarray(colour, np.float32), (*shape, 3)).copy()


def _written(paper: Picture, strokes: Sequence[Points], rng: Rng, size: tuple[float, float] = (0.4, 0.7)) -> Picture:
    """The paper with a digit on it."""
    shape = paper.shape[:2]
    length = rng.uniform(*size) * min(shape)
    ink = _ink(strokes, (shape[0], shape[1]), length, length * rng.uniform(0.025, 0.08), rng)
    return np.asarray(paper * (1 - ink) + np.array(INKS[rng.integers(len(INKS))], np.float32) * ink)


def _desk(shape: tuple[int, int], name: str, rng: Rng) -> Picture:
    desk = _plain(shape, DESKS[name])
    if name == "wood":
        y, x = np.indices(shape, np.float32)
        grain = np.sin(y / rng.uniform(4, 9) + 2 * np.sin(x / rng.uniform(40, 90)) + rng.uniform(0, 6))
        desk += 22 * grain[..., None] + rng.normal(0, 6, (*shape, 1))
    return desk


def _photographed(picture: Picture, rng: Rng) -> bytes:
    """With uneven light, grain and JPEG compression."""
    height, width = picture.shape[:2]
    angle, fall = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.15)
    y, x = np.indices((height, width), np.float32)
    light = 1 - fall * ((x / width - 0.5) * np.cos(angle) + (y / height - 0.5) * np.sin(angle) + 0.5)
    levels = picture * light[..., None] + rng.normal(0, rng.uniform(0.5, 3), picture.shape)
    return _file(levels, "JPEG", quality=int(rng.integers(75, 93)))


def _file(picture: NDArray[Any], kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(file, kind, **options)
    return file.getvalue()


def _laid(sheet: Picture, desk: Picture, corners: NDArray[np.float32]) -> Picture:
    """The sheet in perspective on the desk, its corners clockwise from the top left."""
    height, width = sheet.shape[:2]
    origin = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(origin, corners.astype(np.float32))
    size = desk.shape[1], desk.shape[0]
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, size, flags=cv2.INTER_LINEAR)[..., None]
    moved = cv2.warpPerspective(sheet, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(desk * (1 - cover) + moved * cover, np.float32)


# --- the kinds --------------------------------------------------------------------------------------------------------


def sheet_on_a_desk(strokes: Sequence[Points], rng: Rng) -> bytes:
    """White, yellow or ruled paper, turned and in perspective, from a third of the picture upwards."""
    shape = SHAPES[rng.integers(len(SHAPES))]
    side = np.array([shape[1], shape[0]]) * rng.uniform(0.55, 0.85)
    if rng.random() < 0.3:
        side[:] = side.min()
    paper = _plain((round(side[1]), round(side[0])), YELLOW if rng.random() < 0.3 else WHITE)
    if rng.random() < 0.3:
        for place in range(int(rng.integers(5, 30)), len(paper), int(rng.integers(25, 45))):
            cv2.line(paper, (0, place), (paper.shape[1], place), (150, 160, 190), int(rng.integers(1, 3)))
    sheet = _written(paper, strokes, rng)
    turn = np.deg2rad(rng.uniform(-12, 12))
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * side / 2
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = half @ rotation.T * rng.uniform(0.97, 1.03, (4, 1)) + np.array([shape[1], shape[0]]) / 2
    desk = _desk(shape, list(DESKS)[rng.integers(len(DESKS))], rng)
    return _photographed(_laid(sheet, desk, corners), rng)


def desk_at_one_side(strokes: Sequence[Points], rng: Rng) -> bytes:
    """Paper that the picture cuts off on three sides; on the fourth a strip of the desk shows, not quite straight."""
    shape = SHAPES[rng.integers(len(SHAPES))]
    sheet = _written(_plain(shape, WHITE), strokes, rng)
    height, width = shape
    near, far = rng.uniform(0.03, 0.15, 2)
    corners = np.array([[-0.1, -0.1], [1 - near, -0.1], [1 - far, 1.1], [-0.1, 1.1]]) * (width, height)
    cover = cv2.fillConvexPoly(np.zeros(shape, np.uint8), np.rint(corners).astype(np.int32), 1)
    desk = _desk(shape, list(DESKS)[rng.integers(len(DESKS))], rng)
    picture = np.where(np.asarray(cover)[..., None] > 0, sheet, desk)
    return _photographed(picture, rng)


def digit_in_a_box(strokes: Sequence[Points], rng: Rng) -> bytes:
    """A field of a form: four printed lines around the digit, which does not touch them."""
    picture = _plain((300, 300), (255, 255, 255))
    digit = _written(picture, strokes, rng, (0.35, 0.5))
    low, high = rng.integers(10, 35), rng.integers(265, 290)
    cv2.rectangle(digit, (int(low), int(low)), (int(high), int(high)), (0, 0, 0), int(rng.integers(1, 5)))
    return _file(digit, "PNG")


def digit_across_a_box(strokes: Sequence[Points], rng: Rng) -> bytes:
    """The same with a digit that crosses the box."""
    picture = _plain((300, 300), (255, 255, 255))
    pen = rng.uniform(8, 16)
    ink = _ink(strokes, (300, 300), rng.uniform(235, 270), pen, rng)
    digit = np.ascontiguousarray(picture * (1 - ink))
    low, high = int(rng.integers(35, 60)), int(rng.integers(240, 265))
    cv2.rectangle(digit, (low, low), (high, high), (0, 0, 0), int(rng.integers(1, 4)))
    return _file(digit, "PNG")


def digit_in_a_cell(strokes: Sequence[Points], rng: Rng) -> bytes:
    """A cell of a sudoku from 28 px on, with remains of the grid on one to four sides."""
    side = int(rng.integers(SIDE, 90))
    digit = _written(_plain((side, side), (255, 255, 255)), strokes, rng, (0.5, 0.62))
    width = int(rng.integers(1, max(2, side // 15) + 1))
    for edge in rng.permutation(4)[: rng.integers(1, 5)]:
        np.rot90(digit, edge)[:width] = 0
    return _file(digit, "PNG")


def circled_digit(strokes: Sequence[Points], rng: Rng) -> bytes:
    """A digit in a hand-drawn circle."""
    length, pen = rng.uniform(110, 160), rng.uniform(6, 14)
    angles = np.linspace(0, 2 * np.pi, 60)
    radius = length * rng.uniform(0.75, 0.95) * (1 + 0.03 * np.sin(2 * angles + rng.uniform(0, 6)))
    circle = radius[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    mask = np.zeros((360, 360), np.uint8)
    for line in (*(np.asarray(stroke) * length for stroke in to_unit(strokes)), circle):
        places = np.rint((line + 180) * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(mask, [places], False, 255, round(pen), cv2.LINE_AA, 4)
    return _file(255 - mask, "PNG")


def strong_rules(strokes: Sequence[Points], rng: Rng) -> bytes:
    """Ruled or squared paper with lines about as dark as the pen."""
    shape = (480, 480)
    paper = _plain(shape, (215, 215, 215))
    gap, width = int(rng.integers(40, 75)), int(rng.integers(1, 3))
    colour = (110, 110, 115) if rng.random() < 0.5 else (110, 130, 190)
    squared = rng.random() < 0.5
    for place in range(int(rng.integers(5, gap)), 480, gap):
        cv2.line(paper, (0, place), (480, place), colour, width)
        if squared:
            cv2.line(paper, (place, 0), (place, 480), colour, width)
    return _photographed(_written(paper, strokes, rng, (0.45, 0.65)), rng)


def transparent_paper(strokes: Sequence[Points], rng: Rng) -> bytes:
    """Ink on transparent paper: as RGBA, as a palette, as GIF, or with white made transparent."""
    shape = (280, 280)
    ink = _ink(strokes, shape, rng.uniform(150, 210), rng.uniform(4, 26), rng)
    colour = np.array([(0, 0, 0), (20, 40, 200), (255, 255, 255), (200, 30, 30)][rng.integers(4)], np.float32)
    kind = rng.integers(3)
    if kind == 0:  # a canvas
        return _file(np.concatenate([_plain(shape, colour), 255 * ink], axis=2), "PNG")
    dark = np.minimum(colour, 200)
    flat = 255 * (1 - ink) + dark * ink
    if kind == 1:  # white made transparent
        alpha = np.where(flat.min(axis=2, keepdims=True) > 250, 0, 255)
        return _file(np.concatenate([flat, alpha], axis=2), "PNG")
    picture = Image.fromarray(flat.astype(np.uint8)).quantize(32)
    file = io.BytesIO()
    picture.save(file, "GIF", transparency=picture.getpixel((0, 0)))
    return file.getvalue()


def specks(_: Sequence[Points], rng: Rng) -> bytes:
    """Dirt only."""
    side = int(rng.integers(60, 500))
    picture = np.full((side, side), 255, np.uint8)
    for _speck in range(int(rng.integers(1, 12))):
        x, y = rng.integers(0, side - 4, 2).tolist()
        picture[y : y + int(rng.integers(1, 4)), x : x + int(rng.integers(1, 4))] = rng.integers(0, 90)
    return _file(picture, "PNG")


def column(strokes: Sequence[Points], rng: Rng) -> bytes:
    """Two to eight digits below each other."""
    count = int(rng.integers(2, 9))
    pen = rng.uniform(4, 9)
    cells = [_ink(strokes, (110, 130), rng.uniform(75, 95), pen, rng) for _ in range(count)]
    return _file(255 * (1 - np.concatenate(cells)[..., 0]), "PNG")


Kind = Callable[[Sequence[Points], Rng], bytes]

#: Kinds of pictures that show the digit.
DIGIT_KINDS: dict[str, Kind] = {
    "a sheet on a desk": sheet_on_a_desk,
    "a desk at one side": desk_at_one_side,
    "a digit in a box": digit_in_a_box,
    "a digit across a box": digit_across_a_box,
    "a digit in a small cell": digit_in_a_cell,
    "a circled digit": circled_digit,
    "strong rules": strong_rules,
    "transparent paper": transparent_paper,
}
#: Kinds that do not show one digit.
OTHER_KINDS: dict[str, Kind] = {"specks": specks, "a column of digits": column}
