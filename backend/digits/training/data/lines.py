"""Images of numbers for the line network: composed of one writer's digits, or cut from registers.

Half of the composed numbers have touching digits, which cannot be read one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from digits import preprocess
from digits.model.ctc import OTHER_SIGN
from digits.preprocess.line import line_of_ink, line_of_strokes
from digits.preprocess.segment import lines_of_ink
from digits.preprocess.strokes import bounds
from digits.training.data import DIGITS, Bytes8, LabelledImages, Labels, Rng, degradations, negatives, scans, strokes
from digits.training.data.augment import MILD
from digits.training.data.mnist import load_mnist, mnist_writers
from digits.training.data.strings import FEWEST, by_writer, page_of
from digits.training.data.strokes import Character, Points, other_strokes

LENGTHS = {1: 0.08, 2: 0.25, 3: 0.22, 4: 0.2, 5: 0.13, 6: 0.08, 7: 0.04}  # digits of a number: share
TOUCHING, UNEVEN = 0.5, 0.15  # shares of the numbers with touching digits, and with both kinds of gaps
GAP, OVERLAP = (0.03, 0.6), (-0.2, 0.03)  # between neighbours, in heights of a digit
CONTACT = (-0.12, 0.02)  # the same, measured where the ink of the neighbours is closest
DRIFT = 0.06  # standard deviation of a digit's height on the line
WITH_LETTER, WORDS = 0.08, 0.06  # shares of the written lines with a letter among the digits, and of letters only
DIRECT = 0.3  # share of the written lines that are drawn directly, as the API reads strokes
DEGRADED = 0.3
PIXELS = 44  # height of a digit on a composed page
PENS = 0.025, 0.2  # stroke widths in heights of a digit
PORTION = 40  # digits of a writer that a task gets
VALIDATION = 600  # lines of each source
CHUNK = 250  # lines in a task

PER_EPOCH = {"UNIPEN": 16_000, "MNIST": 12_000, "kensanata": 6_000, "bhmsds": 2_000, "lectaurep": 5_000}


@dataclass(frozen=True)
class Line:
    """The image of a number and what it says."""

    image: Bytes8  # (HEIGHT, width)
    text: str  # digits, and OTHER_SIGN for other characters


#: A part of an epoch that another process renders.
Task = Callable[[], list[Line]]


@dataclass(frozen=True)
class Glyph:
    """A scanned digit: ink bright on black, cropped."""

    ink: Bytes8
    label: str


# --- composed of pen strokes ------------------------------------------------------------------------------------------


def written(digits: Sequence[Character], letters: Sequence[Character], rng: Rng) -> Line:
    """A line of one writer's digits, sometimes with letters."""
    chosen = [digits[place] for place in rng.integers(len(digits), size=_length(rng))]
    kind = rng.random()
    if letters and kind < WITH_LETTER + WORDS:
        places = range(len(chosen)) if kind < WORDS else [int(rng.integers(len(chosen)))]
        for place in places:
            chosen[place] = letters[int(rng.integers(len(letters)))]
    text = "".join(one.label if one.label.isdigit() else OTHER_SIGN for one in chosen)
    points = _line_of_characters(chosen, rng)
    if rng.random() < DIRECT:
        return Line(line_of_strokes(points), text)
    pen = float(np.exp(rng.uniform(*np.log(PENS))))
    return Line(_served(255 - page_of(points, pen, PIXELS), rng), text)


def _line_of_characters(characters: Sequence[Character], rng: Rng) -> list[Points]:
    gap = _gaps(len(characters), rng, OVERLAP)
    lean, slope = rng.normal(0, 0.2), rng.normal(0, 0.04)
    width = np.exp(rng.normal(0, 0.12))
    found: list[Points] = []
    right = 0.0
    for at, one in enumerate(characters):
        points = other_strokes(one.strokes, rng, MILD) if rng.random() < 0.7 else list(one.strokes)
        left, top, wide, high = bounds(points)
        scale = rng.uniform(0.85, 1.1) / max(high, 0.6 * wide, 1e-6)
        middle = np.array([left, top + high / 2])
        moved = [(stroke - middle) * scale * (width, 1.0) for stroke in points]
        moved = [stroke - stroke[:, 1:] * (lean, 0.0) for stroke in moved]
        left, _, wide, _ = bounds(moved)
        right += gap[at]
        shift = (right - left, rng.normal(0, DRIFT) + slope * right)
        found += [np.asarray(stroke + shift, np.float32) for stroke in moved]
        right += wide
    return found


# --- composed of scans ------------------------------------------------------------------------------------------------


def scanned(glyphs: Sequence[Glyph], rng: Rng) -> Line:
    """A line of one writer's scanned digits, slanted, with a finer or broader pen."""
    chosen = [glyphs[place] for place in rng.integers(len(glyphs), size=_length(rng))]
    by_contact = bool(rng.random() < 0.5)
    gaps = _gaps(len(chosen), rng, CONTACT if by_contact else OVERLAP)
    lean, stretch, slope = rng.normal(0, 0.15), np.exp(rng.normal(0, 0.1)), rng.normal(0, 0.04)
    pen = rng.uniform(-0.8, 1.5)
    digits = [_changed(one.ink, lean, stretch, pen, rng) for one in chosen]
    page = page_of_scans(digits, gaps, by_contact, rng, slope)
    return Line(_served(page, rng), "".join(one.label for one in chosen))


def page_of_scans(
    digits: Sequence[Bytes8], gaps: Sequence[float], by_contact: bool, rng: Rng, slope: float = 0.0
) -> Bytes8:
    """Digits about PIXELS high in a row, bright on black.

    Each gap lies before its digit, in heights of a digit: between the bounding boxes, or `by_contact` where the ink of
    the neighbours is closest.
    """
    high = PIXELS * 2 + 20
    page = np.zeros((high, 20 + sum(digit.shape[1] for digit in digits) + PIXELS * len(digits)), np.uint8)
    right = 10
    for at, digit in enumerate(digits):
        tall, wide = digit.shape
        top = round((high - tall) / 2 + PIXELS * rng.normal(0, DRIFT) + slope * right)
        top = min(max(top, 0), high - tall)
        left = _beside(page[top : top + tall], digit) if by_contact and at else right
        start = max(0, left + round(gaps[at] * PIXELS))
        part = page[top : top + tall, start : start + wide]
        np.maximum(part, digit[:, : part.shape[1]], out=part)
        right = max(right, start + wide)
    return page[:, : right + 10]


def number_of_scans(glyphs: Sequence[Glyph], rng: Rng, touching: bool, lengths: tuple[int, int]) -> tuple[Bytes8, str]:
    """A page, bright on black, with one writer's digits as they were scanned, and what it says."""
    chosen = [glyphs[place] for place in rng.integers(len(glyphs), size=rng.integers(lengths[0], lengths[1] + 1))]
    digits = [_resized(one.ink, PIXELS * rng.uniform(0.9, 1.05)) for one in chosen]
    gaps = rng.uniform(*(CONTACT if touching else (0.12, 0.5)), len(chosen)).tolist()
    return page_of_scans(digits, gaps, touching, rng), "".join(one.label for one in chosen)


def _resized(ink: Bytes8, height: float) -> Bytes8:
    scale = height / max(ink.shape[0], 0.6 * ink.shape[1])
    return np.asarray(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR), np.uint8)


def _beside(rows: Bytes8, digit: Bytes8) -> int:
    """(height, width) of a page and a digit of this height -> the column where it meets the ink left of it."""
    there, here = rows > 90, digit > 90
    ends = np.where(there.any(axis=1), there.shape[1] - there[:, ::-1].argmax(axis=1), -1)
    starts = np.where(here.any(axis=1), here.argmax(axis=1), here.shape[1])
    both = (ends >= 0) & here.any(axis=1)
    if not both.any():
        return int(ends.max()) if (ends >= 0).any() else int(np.flatnonzero(rows.any(axis=0)).max(initial=0)) + 1
    return int((ends - starts)[both].max())


def _changed(ink: Bytes8, lean: float, stretch: float, pen: float, rng: Rng) -> Bytes8:
    """The digit about PIXELS high, slanted, turned, stretched, and written with a finer or broader pen."""
    height, width = ink.shape
    scale = PIXELS * rng.uniform(0.85, 1.1) / max(height, 0.6 * width)
    angle, lean = rng.normal(0, 0.06), lean + rng.normal(0, 0.06)
    across = scale * stretch * np.exp(rng.normal(0, 0.06))
    matrix = np.array([[across * np.cos(angle), -lean * scale - scale * np.sin(angle)], [scale * np.sin(angle), scale]])
    corners = matrix @ np.array([[0, width, 0, width], [0, 0, height, height]])
    low, high = corners.min(axis=1) - 4, corners.max(axis=1) + 4
    size = np.ceil(high - low).astype(int).tolist()
    page = cv2.warpAffine(ink, np.hstack([matrix, -low[:, None]]), size, flags=cv2.INTER_LINEAR)
    if abs(pen) > 0.3:
        kernel = np.ones((3, 3), np.uint8) if abs(pen) > 1 else np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
        changed = cv2.dilate(page, kernel) if pen > 0 else cv2.erode(page, kernel)
        page = cv2.addWeighted(page, 1 - min(1.0, abs(pen)), changed, min(1.0, abs(pen)), 0)
    x, y, wide, tall = cv2.boundingRect((page > 60).astype(np.uint8))
    return np.asarray(page[y : y + tall, x : x + wide] if wide else page, np.uint8)


def _length(rng: Rng) -> int:
    return int(rng.choice(list(LENGTHS), p=list(LENGTHS.values())))


def _gaps(count: int, rng: Rng, touching: tuple[float, float]) -> list[float]:
    """The gap before each digit, in heights of a digit."""
    kind = rng.random()
    widest = rng.uniform(*GAP)
    gaps = []
    for _ in range(count):
        touch = kind < TOUCHING or (kind < TOUCHING + UNEVEN and rng.random() < 0.5)
        gaps.append(float(rng.uniform(*touching) if touch else rng.uniform(GAP[0], max(GAP[0], widest) + 1e-6)))
    return [0.0, *gaps[1:]]


# --- as the server sees them ------------------------------------------------------------------------------------------


def _served(page: Bytes8, rng: Rng) -> Bytes8:
    """A page, bright on black -> the line that the server finds on it, or on the undamaged page."""
    if rng.random() < DEGRADED:
        found = _found(WAYS[rng.integers(len(WAYS))](page, rng))
        if found is not None:
            return found
    x, y, width, height = cv2.boundingRect((page > 38).astype(np.uint8))
    return line_of_ink((page[y : y + height, x : x + width] / 255).astype(np.float32))


def _found(grey: Bytes8) -> Bytes8 | None:
    """The line on a page, if one fills most of the ink's width."""
    ink = preprocess.find_ink(grey)
    lines = [] if ink is None else lines_of_ink(ink, grey.shape)
    if ink is None or not lines:
        return None
    widest = max(lines, key=lambda line: line.shape[1])
    return line_of_ink(widest) if widest.shape[1] >= 0.7 * ink.density.shape[1] else None


def _coarse(page: Bytes8, rng: Rng) -> Bytes8:
    """A scan at low resolution."""
    factor = rng.uniform(10, 26) / PIXELS
    return np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


WAYS = (
    _coarse,
    _coarse,
    degradations.broken,
    degradations.blotted,
    degradations.unsharp,
    degradations.compressed,
    degradations.photographed,
    degradations.crowded,
)


# --- registers --------------------------------------------------------------------------------------------------------


def register(crop: tuple[Bytes8, str], rng: Rng) -> Line | None:
    """A number cut from a register, slightly distorted; None where the server finds no line or several."""
    grey, text = crop
    height, width = grey.shape
    lean, stretch = rng.normal(0, 0.08), np.exp(rng.normal(0, 0.08))
    turn = rng.normal(0, 0.03)
    matrix = np.array([[stretch, -lean + turn, 0], [-turn, 1.0, 0]])
    matrix[:, 2] = np.array([width / 2, height / 2]) - matrix[:, :2] @ [width / 2, height / 2]
    if rng.random() < 0.8:
        grey = np.asarray(
            cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        )
    image = _found(grey)
    return None if image is None else Line(image, text)


def register_crops(file: Path, held_out: bool) -> list[tuple[Bytes8, str]]:
    """Greyscale crops of integers, of the held-out pages or of the others."""
    return [
        (preprocess.decode(one.picture).grey, one.label)
        for one in scans.lectaurep_crops(file)
        if one.label.isdigit() and one.held_out == held_out
    ]


# --- sets -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """Where lines come from: `make(one of groups, *given, rng)`."""

    name: str
    make: Callable[..., Line | None]
    groups: Sequence[object]  # digits of one writer each, or crops
    given: tuple[object, ...]
    count: int  # lines in an epoch

    def tasks(self, seed: int) -> list[Task]:
        """One for each CHUNK; each gets only the groups that it needs."""
        seeds = np.random.SeedSequence(seed).generate_state(-(-self.count // CHUNK)).tolist()
        return [self._task(min(CHUNK, self.count - CHUNK * at), one) for at, one in enumerate(seeds)]

    def _task(self, count: int, seed: int) -> Task:
        rng = np.random.default_rng(seed)
        chosen = rng.permutation(len(self.groups))[: min(len(self.groups), count)]
        return _Task(self.make, [self.groups[place] for place in chosen], self.given, count, seed)


@dataclass(frozen=True)
class _Task:
    make: Callable[..., Line | None]
    groups: Sequence[object]
    given: tuple[object, ...]
    count: int
    seed: int

    def __call__(self) -> list[Line]:
        rng = np.random.default_rng((self.seed, 1))
        made = (self.make(self.groups[at % len(self.groups)], *self.given, rng) for at in range(self.count))
        return [line for line in made if line]


def load(folder: Path | None) -> tuple[list[Source], dict[str, list[Line]]]:
    """The sources of an epoch, and validation lines by other writers and of other pages: what the data folder allows.

    Without a folder, MNIST is downloaded. Raises FileNotFoundError as `load_mnist` does.
    """
    scanned_sources = [("MNIST", *_mnist_glyphs(folder))]
    if folder and (folder / "kensanata.zip").exists():
        scanned_sources.append(("kensanata", *glyphs_of(scans.load_kensanata(folder / "kensanata.zip"))))
    if folder and (folder / "bhmsds.npz").exists():
        scanned_sources.append(("bhmsds", *glyphs_of(scans.load_bhmsds(folder / "bhmsds.npz"))))
    sources = [Source(name, scanned, seen, (), PER_EPOCH[name]) for name, seen, _ in scanned_sources]
    held_out = [Source(name, scanned, kept, (), VALIDATION) for name, _, kept in scanned_sources]
    if folder and (folder / "unipen_digits.strokes.json.gz").exists():
        letters = _letters(folder)
        seen, kept = strokes.split_by_writer(strokes.load_characters(folder / "unipen_digits.strokes.json.gz"))
        sources.append(Source("UNIPEN", written, by_writer(seen), (letters[0],), PER_EPOCH["UNIPEN"]))
        held_out.append(Source("UNIPEN", written, by_writer(kept), (letters[1],), VALIDATION))
    validation = {one.name: [line for task in one.tasks(0) for line in task()] for one in held_out}
    if folder and (folder / "lectaurep.zip").exists():
        crops, other_crops = (register_crops(folder / "lectaurep.zip", held) for held in (False, True))
        sources.append(Source("lectaurep", register, crops, (), PER_EPOCH["lectaurep"]))
        undistorted = [(_found(grey), text) for grey, text in other_crops]
        validation["lectaurep"] = [Line(image, text) for image, text in undistorted if image is not None]
    return sources, validation


def _letters(folder: Path) -> tuple[list[Character], list[Character]]:
    file = folder / "unipen_other.strokes.json.gz"
    if not file.exists():
        return [], []
    training, validation = strokes.split_by_writer(negatives.letters(strokes.load_characters(file)))
    return training[::6], validation[::2]  # sent to other processes with every task


def _mnist_glyphs(folder: Path | None) -> tuple[list[list[Glyph]], list[list[Glyph]]]:
    mnist = load_mnist(folder)
    training, validation, _ = mnist_writers(folder)
    return mnist_portions(mnist.training, training), mnist_portions(mnist.validation, validation)


def mnist_portions(digits: LabelledImages, writers: Labels) -> list[list[Glyph]]:
    """(n,) digits and their writers -> portions of one writer's digits each."""
    columns = zip(writers, digits.images, digits.labels, strict=True)
    return _portions([(str(writer), _cropped(image), str(label)) for writer, image, label in columns])


def glyphs_of(found: Sequence[scans.Scan]) -> tuple[list[list[Glyph]], list[list[Glyph]]]:
    """Portions of one writer's digits each: of those for training, and of those that are held out."""
    digits = [one for one in found if one.label < DIGITS]
    training, validation = (
        _portions([(one.writer, _cropped(one.ink), str(one.label)) for one in digits if one.held_out == held])
        for held in (False, True)
    )
    return training, validation


def _portions(digits: Sequence[tuple[str, Bytes8, str]]) -> list[list[Glyph]]:
    """(writer, ink, label) -> portions of one writer's digits each; a task needs only a few of them."""
    writers: dict[str, list[Glyph]] = defaultdict(list)
    for writer, ink, label in digits:
        writers[writer].append(Glyph(ink, label))
    rng = np.random.default_rng(0)
    return [
        [glyphs[place] for place in rng.integers(len(glyphs), size=min(PORTION, len(glyphs)))]
        for glyphs in writers.values()
        if len(glyphs) >= FEWEST
        for _ in range(-(-2 * len(glyphs) // PORTION))
    ]


def _cropped(image: Bytes8) -> Bytes8:
    x, y, width, height = cv2.boundingRect((image > 30).astype(np.uint8))
    return np.ascontiguousarray(image[y : y + height, x : x + width])
