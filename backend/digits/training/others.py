"""What is no digit, and more than one: letters, scribbles, shapes, textures, digits side by side.

Each is made as a page, bright on black, and prepared as when it is served.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from digits import images
from digits.training.augment import Ranges, Rng, distort
from digits.training.degrade import clouds, degrade, to_levels
from digits.training.strokes import PENS, Points, Written, another_hand, draw, to_unit

Bytes8 = NDArray[np.uint8]

#: Characters that a fair reader may take for a digit, at the latest once they are scaled to a digit's size.
LOOK_ALIKES = frozenset("OoIlSsZzBbqgGD|()" + "',`")


def letters(written: Sequence[Written]) -> list[Written]:
    """Those that nobody would take for a digit."""
    return [one for one in written if one.label not in LOOK_ALIKES and not one.label.isdigit()]


# --- several digits ---------------------------------------------------------------------------------------------------


def several_written(written: Sequence[Written], count: int, seed: int) -> Bytes8:
    """(count, 28, 28) of two or three digits in a row, each by its own hand; now and then they touch."""
    rng = np.random.default_rng(seed)
    ranges = Ranges()

    def row() -> Bytes8:
        chosen = [written[one].strokes for one in rng.integers(len(written), size=_how_many(rng))]
        return another_hand(side_by_side(chosen, rng), rng, ranges)

    return _squares(row, count, rng, ranges)


def _squares(draw_one: Callable[[], Bytes8], count: int, rng: Rng, ranges: Ranges) -> Bytes8:
    """(count, 28, 28) of pages as they are seen; another is drawn in the place of one on which nothing is found."""
    squares: list[Bytes8] = []
    while len(squares) < count:
        found = images.normalize(images.Page(degrade(draw_one(), rng, ranges.degraded), (1.0, 1.0))).square
        if found is not None:
            squares.append(found)
    return np.stack(squares)


def side_by_side(characters: Sequence[Sequence[Points]], rng: Rng) -> list[Points]:
    """Characters of about one height, in a row that is not quite straight."""
    placed: list[Points] = []
    right = 0.0
    for strokes in characters:
        unit = [stroke * np.float32(rng.uniform(0.75, 1.25)) for stroke in to_unit(strokes)]
        points = np.concatenate(unit)
        left = right + rng.uniform(0.02, 0.45) - float(points[:, 0].min())
        shift = np.array([left, rng.normal(0, 0.08)], np.float32)
        placed += [stroke + shift for stroke in unit]
        right = left + float(points[:, 0].max())
    return placed


def several_scanned(digits: Bytes8, count: int, seed: int) -> Bytes8:
    """(n, 28, 28) single digits -> (count, 28, 28) of two or three of them in a row."""
    rng = np.random.default_rng(seed)
    ranges = Ranges()

    def row() -> Bytes8:
        return _row(digits[rng.integers(len(digits), size=_how_many(rng))], rng, ranges)

    return _squares(row, count, rng, ranges)


def _row(digits: Bytes8, rng: Rng, ranges: Ranges) -> Bytes8:
    """(n, 28, 28) -> one page on which each is distorted by itself and set beside the one before."""
    cut = [_trimmed(distort(digit, rng, ranges)) for digit in digits]
    high = max(page.shape[0] for page in cut) + 8
    placed = []
    for page in cut:
        gap = np.zeros((high, int(rng.integers(1, 14))), np.uint8)
        above = int(rng.integers(high - page.shape[0] + 1) if rng.random() < 0.3 else (high - page.shape[0]) // 2)
        placed += [np.pad(page, ((above, high - page.shape[0] - above), (0, 0))), gap]
    return np.pad(np.hstack(placed), 8)


def _trimmed(page: Bytes8) -> Bytes8:
    x, y, width, height = cv2.boundingRect((page > 40).astype(np.uint8))
    return page[y : y + height, x : x + width] if width else page


def _how_many(rng: Rng) -> int:
    return 2 if rng.random() < 0.75 else 3


# --- no digit ---------------------------------------------------------------------------------------------------------


def scribbles(count: int, seed: int) -> Bytes8:
    """(count, 28, 28) of what people draw to see what happens, and of what is in a picture by mistake."""
    rng = np.random.default_rng(seed)
    ranges = Ranges()

    return _squares(lambda: DRAWINGS[rng.integers(len(DRAWINGS))](rng), count, rng, ranges)


def _drawn(strokes: Sequence[NDArray[np.floating]], rng: Rng) -> Bytes8:
    return another_hand([np.asarray(stroke, np.float32) for stroke in strokes], rng, Ranges())


def _scrawl(rng: Rng) -> Bytes8:
    """A pen that wanders: a few long curves, or a tangle."""
    strokes = []
    for _ in range(rng.integers(1, 4)):
        steps = int(rng.integers(25, 120))
        bends = np.cumsum(rng.normal(0, rng.uniform(0.1, 0.5), steps)) + rng.uniform(-0.15, 0.15) * np.arange(steps)
        strokes.append(np.cumsum(np.stack([np.cos(bends), np.sin(bends)], axis=1), axis=0) + rng.normal(0, 6, 2))
    return _drawn(strokes, rng)


def _zigzag(rng: Rng) -> Bytes8:
    """To and fro, as one blackens a corner; three strokes back at least, for fewer make a z or a 2."""
    turns = int(rng.integers(5, 14))
    across = np.where(np.arange(turns) % 2, 1.0, -1.0) * rng.uniform(0.6, 1.2, turns)
    turned = rng.uniform(0, 2 * np.pi)
    x, y = across, np.linspace(-1, 1, turns) * rng.uniform(0.5, 1.5)
    return _drawn(
        [np.stack([np.cos(turned) * x - np.sin(turned) * y, np.sin(turned) * x + np.cos(turned) * y], 1)], rng
    )


def _strokes_apart(rng: Rng) -> Bytes8:
    """Several straight lines here and there: a hatching, a cross, a star, a fence."""
    count = int(rng.integers(3, 8))
    if rng.random() < 0.5:  # parallel
        angle = rng.uniform(0, np.pi)
        half = np.array([np.cos(angle), np.sin(angle)])
        beside = np.array([-half[1], half[0]]) * rng.uniform(0.25, 0.6)
        lines = [np.stack([one * beside - half, one * beside + half]) for one in range(count)]
    elif rng.random() < 0.5:  # through one point
        angles = rng.uniform(0, np.pi) + np.pi * np.arange(count) / count
        lines = [np.array([[-np.cos(one), -np.sin(one)], [np.cos(one), np.sin(one)]]) for one in angles]
    else:
        lines = [rng.uniform(-1, 1, (2, 2)) for _ in range(count)]
    return _drawn(lines, rng)


def _polygon(rng: Rng) -> Bytes8:
    """A triangle, a square, a star; with a roof, a cross or a face in it now and then."""
    corners = int(rng.integers(3, 7))
    angles = rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(corners + 1) / corners
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    if corners == 5 and rng.random() < 0.7:
        points = points[[0, 2, 4, 1, 3, 0]]
    strokes = [points * rng.uniform(0.6, 1.4, 2)]
    if rng.random() < 0.4:
        strokes += [rng.uniform(-0.5, 0.5, (int(rng.integers(1, 4)), 2)) for _ in range(rng.integers(1, 4))]
    return _drawn(strokes, rng)


def _spiral(rng: Rng) -> Bytes8:
    """Two turns at least: fewer make a 6 or a 9."""
    turn = np.linspace(0, 2 * np.pi * rng.uniform(2, 5), 120) * rng.choice([-1, 1]) + rng.uniform(0, 6)
    radius = np.linspace(0.05, 1, 120)[:, None]
    return _drawn([radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)], rng)


def _dots(rng: Rng) -> Bytes8:
    """One dot or several of them."""
    centres = rng.uniform(-1, 1, (int(rng.integers(1, 6)), 2))
    return draw([np.stack([one, one + rng.normal(0, 0.02, 2)]) for one in centres], float(rng.uniform(0.1, 0.8)))


def _flat_line(rng: Rng) -> Bytes8:
    """A line that lies, or leans as no 1 does; straight or waving."""
    along = np.linspace(-1, 1, 30)
    wave = rng.uniform(0, 0.15) * np.sin(rng.uniform(1, 8) * along + rng.uniform(0, 6))
    tilt = rng.uniform(-0.45, 0.45)
    line = np.stack([along, wave + tilt * along], axis=1).astype(np.float32)
    return draw([line], float(np.exp(rng.uniform(*np.log(PENS)))))


def _texture(rng: Rng) -> Bytes8:
    """Blotches: a picture of something else."""
    noise = clouds((80, 80), rng.uniform(3, 25), rng)
    grey = 127 + 127 * noise if rng.random() < 0.3 else np.where(noise > rng.uniform(0, 1.5), 255, 0)
    return np.pad(to_levels(grey), int(rng.integers(0, 12)))


def _filled(rng: Rng) -> Bytes8:
    """A solid shape, as a silhouette or a stamp has it."""
    corners = int(rng.integers(3, 9))
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radii = rng.uniform(12, 34, corners)
    points = 40 + np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)
    page = np.zeros((80, 80), np.uint8)
    cv2.fillPoly(page, [np.rint(points).astype(np.int32).reshape(-1, 1, 2)], 255, cv2.LINE_AA)
    return page


DRAWINGS: tuple[Callable[[Rng], Bytes8], ...] = (
    _scrawl,
    _scrawl,
    _scrawl,
    _zigzag,
    _strokes_apart,
    _polygon,
    _spiral,
    _dots,
    _flat_line,
    _texture,
    _filled,
)
