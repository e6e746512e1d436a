"""Negatives: pictures that are not one digit, and digits in a ring or box, which still are.

Each is made as a page, bright on black, and preprocessed as by the server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digits import preprocess
from digits.geometry import DIGIT, SIDE
from digits.preprocess.strokes import square_of_strokes
from digits.training.data import Bytes8, Rng
from digits.training.data.augment import Ranges, distort
from digits.training.data.degradations import clouds, degrade, to_levels
from digits.training.data.strokes import PENS, Character, Points, another_hand, draw, other_strokes, to_unit

#: Characters that people may take for a digit, at least when they are scaled to a digit's size.
LOOK_ALIKES = frozenset("OoIlSsZzBbqgGD|()/\\" + "',`")


def letters(characters: Sequence[Character]) -> list[Character]:
    """The characters that do not look like a digit."""
    return [one for one in characters if one.label not in LOOK_ALIKES and not one.label.isdigit()]


#: A page, bright on black, or pen strokes that are not drawn on one.
Drawing = Bytes8 | list[Points]


def _squares(draw_one: Callable[[], Drawing], count: int, rng: Rng, ranges: Ranges) -> Bytes8:
    """(count, SIDE, SIDE) of degraded and preprocessed drawings; where nothing is found, it draws again."""
    squares: list[Bytes8] = []
    while len(squares) < count:
        drawing = draw_one()
        if isinstance(drawing, list):
            found: Bytes8 | None = square_of_strokes(drawing)
        else:
            found = preprocess.normalize(preprocess.Page(degrade(drawing, rng, ranges.degraded), (1.0, 1.0))).square
        if found is not None:
            squares.append(found)
    return np.stack(squares)


# --- several digits ---------------------------------------------------------------------------------------------------


def several_written(characters: Sequence[Character], count: int, seed: int) -> Bytes8:
    """(count, SIDE, SIDE) of two to twelve pen-stroke digits in a row, column or grid, or one as an exponent."""
    rng = np.random.default_rng(seed)
    ranges = Ranges()

    def drawing() -> Drawing:
        arrange, least, most = ARRANGEMENTS[rng.integers(len(ARRANGEMENTS))]
        chosen = [characters[one].strokes for one in rng.integers(len(characters), size=rng.integers(least, most + 1))]
        if rng.random() < 0.3:  # a plain 1 beside another digit is easily taken for a part of it
            chosen[rng.integers(len(chosen))] = (STRAIGHT_ONE,)
        elif rng.random() < 0.2:  # a column of the same digit
            chosen = chosen[:1] * len(chosen)
        drawn = _drawn(arrange(chosen, rng), rng, ranges, widest=PENS[1] if most < 4 else 0.08)
        return _tiny(drawn, rng) if not isinstance(drawn, list) and rng.random() < 0.1 else drawn

    return _squares(drawing, count, rng, ranges)


def _tiny(page: Bytes8, rng: Rng) -> Bytes8:
    """The page as a picture of 20 to 36 pixels."""
    factor = rng.uniform(20, 36) / max(page.shape)
    size = tuple(max(1, round(side * factor)) for side in page.shape[::-1])
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)


STRAIGHT_ONE: Points = np.array([[0.0, -0.5], [0.0, 0.5]], np.float32)


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


def below_each_other(characters: Sequence[Sequence[Points]], rng: Rng) -> list[Points]:
    """Characters of about one height, in a column."""
    swapped = [[stroke[:, ::-1] for stroke in strokes] for strokes in characters]
    return [stroke[:, ::-1] for stroke in side_by_side(swapped, rng)]


def in_a_grid(characters: Sequence[Sequence[Points]], rng: Rng) -> list[Points]:
    """Characters in rows and columns, some cells empty."""
    columns = int(rng.integers(2, 5))
    rows = -(-len(characters) // columns)
    cells = rng.permutation(max(rows, 2) * columns)[: len(characters)]
    placed = []
    for cell, strokes in zip(cells.tolist(), characters, strict=True):
        shift = 1.4 * np.array(divmod(cell, columns)[::-1]) + rng.normal(0, 0.1, 2)
        placed += [np.asarray(stroke * rng.uniform(0.8, 1.2) + shift, np.float32) for stroke in to_unit(strokes)]
    return placed


def with_exponent(characters: Sequence[Sequence[Points]], rng: Rng) -> list[Points]:
    """A character with a smaller one at its upper or lower right."""
    large, small = (to_unit(strokes) for strokes in characters)
    size = rng.uniform(0.35, 0.6)
    small = [np.asarray(stroke * size, np.float32) for stroke in small]
    right = max(float(stroke[:, 0].max()) for stroke in large) - min(float(stroke[:, 0].min()) for stroke in small)
    shift = np.array([right + rng.uniform(0.03, 0.2), rng.choice([-1.0, 1.0]) * rng.uniform(0.3, 0.55)], np.float32)
    return [*large, *(stroke + shift for stroke in small)]


#: Arrangement, least and most digits in it; the plain row is the commonest.
ARRANGEMENTS: tuple[tuple[Callable[[Sequence[Sequence[Points]], Rng], list[Points]], int, int], ...] = (
    (side_by_side, 2, 3),
    (side_by_side, 2, 2),
    (side_by_side, 2, 2),
    (side_by_side, 4, 7),
    (below_each_other, 2, 3),
    (below_each_other, 3, 6),
    (in_a_grid, 3, 12),
    (with_exponent, 2, 2),
)


def several_scanned(digits: Bytes8, count: int, seed: int) -> Bytes8:
    """(n, side, side) single digits -> (count, SIDE, SIDE) of two or three of them in a row or column."""
    rng = np.random.default_rng(seed)
    ranges = Ranges()

    def page() -> Bytes8:
        chosen = digits[rng.integers(len(digits), size=2 if rng.random() < 0.75 else 3)]
        row = _row(chosen, rng, ranges, upright=rng.random() < 0.2)
        return _tiny(row, rng) if rng.random() < 0.1 else row

    return _squares(page, count, rng, ranges)


def _row(digits: Bytes8, rng: Rng, ranges: Ranges, upright: bool) -> Bytes8:
    """(n, side, side) -> one page with each digit augmented, side by side or, `upright`, below each other."""
    cut = [_trimmed(distort(digit, rng, ranges)) for digit in digits]
    cut = [page.T for page in cut] if upright else cut
    high = max(page.shape[0] for page in cut) + 8
    placed = []
    for page in cut:
        gap = np.zeros((high, int(rng.integers(1, 14))), np.uint8)
        above = int(rng.integers(high - page.shape[0] + 1) if rng.random() < 0.3 else (high - page.shape[0]) // 2)
        placed += [np.pad(page, ((above, high - page.shape[0] - above), (0, 0))), gap]
    row = np.pad(np.hstack(placed), 8)
    return np.ascontiguousarray(row.T if upright else row)


def _trimmed(page: Bytes8) -> Bytes8:
    x, y, width, height = cv2.boundingRect((page > 40).astype(np.uint8))
    return page[y : y + height, x : x + width] if width else page


# --- one digit, enclosed ----------------------------------------------------------------------------------------------


def enclosed_digits(characters: Sequence[Character], seed: int, ranges: Ranges | None = None) -> Bytes8:
    """All n digits -> (n, SIDE, SIDE): each in a ring or a box, plainly readable."""
    rng = np.random.default_rng(seed)
    ranges = ranges or Ranges(strong=0.05)

    def drawing(strokes: Sequence[Points]) -> Drawing:
        enclose = in_a_ring if rng.random() < 0.5 else in_a_box
        return _drawn(enclose(strokes, rng), rng, ranges, widest=0.06)

    return np.concatenate([_squares(partial(drawing, one.strokes), 1, rng, ranges) for one in characters])


def in_a_ring(strokes: Sequence[Points], rng: Rng) -> list[Points]:
    """The digit with an ellipse around it, closed or nearly so."""
    turn = np.linspace(0, 2 * np.pi * rng.uniform(0.93, 1.12), 60) + rng.uniform(0, 2 * np.pi)
    radii = rng.uniform(0.72, 1.05, 2) * (1 + 0.05 * np.sin(turn[:, None] * rng.uniform(0.3, 1.2, 2)))
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * radii + rng.normal(0, 0.05, 2)
    return [*to_unit(strokes), ring.astype(np.float32)]


def in_a_box(strokes: Sequence[Points], rng: Rng) -> list[Points]:
    """The digit in four lines, which it may cross."""
    left, top = -rng.uniform(0.5, 0.95, 2)
    right, bottom = rng.uniform(0.5, 0.95, 2)
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]])
    lines = [corners[one : one + 2] + rng.normal(0, 0.03, (2, 2)) for one in range(4)]
    return [*to_unit(strokes), *(line.astype(np.float32) for line in lines)]


# --- not a digit ------------------------------------------------------------------------------------------------------


def scribbles(count: int, seed: int) -> Bytes8:
    """(count, SIDE, SIDE) of drawings, symbols, dirt, textures and ruling."""
    rng = np.random.default_rng(seed)
    ranges = Ranges()

    return _squares(lambda: DRAWINGS[rng.integers(len(DRAWINGS))](rng), count, rng, ranges)


def _drawn(
    strokes: Sequence[NDArray[np.floating]], rng: Rng, ranges: Ranges | None = None, widest: float = PENS[1]
) -> Drawing:
    ranges = ranges or Ranges()
    points = [np.asarray(stroke, np.float32) for stroke in strokes]
    if rng.random() < ranges.direct:
        return other_strokes(points, rng, ranges)
    return another_hand(points, rng, ranges, widest)


def _scrawl(rng: Rng) -> Drawing:
    """A wandering pen: a few long curves, or a tangle."""
    strokes = []
    for _ in range(rng.integers(1, 4)):
        steps = int(rng.integers(25, 120))
        bends = np.cumsum(rng.normal(0, rng.uniform(0.1, 0.5), steps)) + rng.uniform(-0.15, 0.15) * np.arange(steps)
        strokes.append(np.cumsum(np.stack([np.cos(bends), np.sin(bends)], axis=1), axis=0) + rng.normal(0, 6, 2))
    return _drawn(strokes, rng)


def _zigzag(rng: Rng) -> Drawing:
    """At least five strokes to and fro: fewer make a z or a 2."""
    turns = int(rng.integers(5, 14))
    across = np.where(np.arange(turns) % 2, 1.0, -1.0) * rng.uniform(0.6, 1.2, turns)
    turned = rng.uniform(0, 2 * np.pi)
    x, y = across, np.linspace(-1, 1, turns) * rng.uniform(0.5, 1.5)
    return _drawn(
        [np.stack([np.cos(turned) * x - np.sin(turned) * y, np.sin(turned) * x + np.cos(turned) * y], 1)], rng
    )


def _strokes_apart(rng: Rng) -> Drawing:
    """Several straight lines: a hatching, a cross, a star, a fence."""
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


def _polygon(rng: Rng) -> Drawing:
    """A triangle, a square, a star; sometimes with lines in it. More corners make a 0."""
    corners = int(rng.integers(3, 6))
    angles = rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(corners + 1) / corners
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    if corners == 5:
        points = points[[0, 2, 4, 1, 3, 0]]
    strokes = [points * rng.uniform(0.6, 1.4, 2)]
    if rng.random() < 0.4:
        strokes += [rng.uniform(-0.5, 0.5, (int(rng.integers(1, 4)), 2)) for _ in range(rng.integers(1, 4))]
    return _drawn(strokes, rng)


def _spiral(rng: Rng) -> Drawing:
    """A spiral of at least two turns: fewer make a 6 or a 9."""
    turn = np.linspace(0, 2 * np.pi * rng.uniform(2, 5), 120) * rng.choice([-1, 1]) + rng.uniform(0, 6)
    radius = np.linspace(0.05, 1, 120)[:, None]
    return _drawn([radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)], rng)


def _dots(rng: Rng) -> Bytes8:
    """One dot or several."""
    centres = rng.uniform(-1, 1, (int(rng.integers(1, 6)), 2))
    return draw([np.stack([one, one + rng.normal(0, 0.02, 2)]) for one in centres], float(rng.uniform(0.1, 0.8)))


def _flat_line(rng: Rng) -> Bytes8:
    """A line that is flatter than any 1; straight or wavy."""
    along = np.linspace(-1, 1, 30)
    wave = rng.uniform(0, 0.15) * np.sin(rng.uniform(1, 8) * along + rng.uniform(0, 6))
    tilt = rng.uniform(-0.45, 0.45)
    line = np.stack([along, wave + tilt * along], axis=1).astype(np.float32)
    return draw([line], float(np.exp(rng.uniform(*np.log(PENS)))))


def _texture(rng: Rng) -> Bytes8:
    """Blotches, as in a picture of something else."""
    noise = clouds((80, 80), rng.uniform(3, 25), rng)
    grey = 127 + 127 * noise if rng.random() < 0.3 else np.where(noise > rng.uniform(0, 1.5), 255, 0)
    return np.pad(to_levels(grey), int(rng.integers(0, 12)))


def _filled(rng: Rng) -> Bytes8:
    """A solid shape, such as a silhouette or a stamp."""
    corners = int(rng.integers(3, 9))
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radii = rng.uniform(12, 34, corners)
    points = 40 + np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)
    page = np.zeros((80, 80), np.uint8)
    cv2.fillPoly(page, [np.rint(points).astype(np.int32).reshape(-1, 1, 2)], 255, cv2.LINE_AA)
    return page


def _specks(rng: Rng) -> Bytes8:
    """Dirt: many small spots, none of them a stroke."""
    page = np.zeros((80, 80), np.uint8)
    for x, y in rng.integers(4, 76, (int(rng.integers(2, 12)), 2)).tolist():
        cv2.circle(page, (x, y), int(rng.integers(0, 3)), int(rng.integers(120, 256)), -1, cv2.LINE_AA)
    return page


def _ruling(rng: Rng) -> Drawing:
    """What is left of a form's lines: a cross, a T, an empty box, parallel lines. A corner makes a 7."""
    left, right = np.array([[-1.0, 0], [1, 0]]), rng.uniform(-0.9, 0.9)
    kind = rng.integers(4)
    if kind == 0:
        lines = [left, np.array([[right, -rng.uniform(0.3, 1)], [right, rng.uniform(0.3, 1)]])]
    elif kind == 1:
        lines = [left, np.array([[right / 2, 0], [right / 2, rng.choice([-1, 1]) * rng.uniform(0.5, 1.2)]])]
    elif kind == 2:
        return _drawn(in_a_box([np.zeros((1, 2), np.float32)], rng)[1:], rng)
    else:
        gap = rng.uniform(0.2, 0.8)
        lines = [left + np.array([0, gap * one]) for one in range(int(rng.integers(2, 4)))]
    return _drawn(lines, rng)


#: Letters, signs and digits of other scripts that look like none of our digits.
SYMBOLS = "ABCEFHKMNPRTUVWXadehkmnrtuvwx&%@#!*=+~^¶$€£∞≈≠≤≥√∑∫πωΔΞΠΣΨΩЖШЩЮЯФДЦЫИЙПאבגדהחמ٢٤←→↔⇒✓✔✗✘☺♥♣★☆♪♫✿"


def _symbol(rng: Rng) -> Bytes8:
    """A printed symbol, distorted as if written by hand."""
    return distort(_printed(SYMBOLS[rng.integers(len(SYMBOLS))]), rng, Ranges())


@cache
def _printed(symbol: str) -> Bytes8:
    """(56, 56) with the symbol 40 pixels long, as the font that comes with matplotlib has it."""
    from matplotlib import get_data_path

    font = ImageFont.truetype(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", 60)
    picture = Image.new("L", (120, 120))
    ImageDraw.Draw(picture).text((60, 60), symbol, 255, font, anchor="mm")
    ink = _trimmed(np.asarray(picture))
    return centred(ink)


def centred(ink: Bytes8, side: int = 56) -> Bytes8:
    """Ink of any size -> (side, side), its longest side DIGIT / SIDE of the side, aspect kept, in the middle."""
    length = round(side * DIGIT / SIDE)
    factor = length / max(ink.shape)
    size = tuple(max(1, round(one * factor)) for one in ink.shape[::-1])
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(ink, size, interpolation=method), np.uint8)
    above, aside = ((side - one) // 2 for one in small.shape)
    page = np.zeros((side, side), np.uint8)
    page[above : above + small.shape[0], aside : aside + small.shape[1]] = small
    return page


DRAWINGS: tuple[Callable[[Rng], Drawing], ...] = (
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
    _specks,
    _ruling,
    _symbol,
    _symbol,
    _symbol,
)
