"""Evaluation sets: picture files that no model was trained on, of digits and of other things."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.training.data import Bytes8, LabelledImages, negatives, strokes
from digits.training.data.corrections import CorrectionsFile
from digits.training.data.mnist import load_mnist
from digits.training.data.scans import BHMSDS_EACH, BHMSDS_SIGNS, KENSANATA_VALIDATION
from digits.training.evaluation import everyday

LabelledFile = tuple[bytes, int | None]  # a picture file and its digit, None if it does not show exactly one

PENS = 0.04, 0.09, 0.16  # in digit lengths
THICK_PENS = 0.19, 0.23
EVERYDAY = 200  # pictures of each everyday kind
GENERATED = 2_000  # pictures in a generated set
SEED = 20  # no epoch of a training has it


@dataclass(frozen=True)
class CheckSet:
    """Pictures with what is in them."""

    name: str
    pictures: Iterable[LabelledFile]
    count: int
    shown: bool = True  # whether its licence lets a report show its pictures
    corrections: bool = False  # whether a user made it: the model may have been trained on it since


def digit_sets(folder: Path | None, first: int | None = None) -> Iterator[CheckSet]:
    """MNIST's test images, and what else the data folder holds; at most the `first` ones of each."""
    test = load_mnist(folder).test[:first]
    yield CheckSet("MNIST test, 280 px, pixels repeated", _enlarged(test, Image.Resampling.NEAREST), len(test))
    yield CheckSet("MNIST test, 280 px, bicubic", _enlarged(test, Image.Resampling.BICUBIC), len(test))
    if folder is None:
        return
    yield from _pen_sets(folder, first)
    yield from _scan_sets(folder, first)
    yield from _everyday_sets(folder, everyday.DIGIT_KINDS, first)
    for name in ("photos", "drawn"):
        if (folder / f"{name}.csv").exists():
            with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as listed:
                rows = list(csv.DictReader(listed))[:first]
            files = [((folder / row["file"]).read_bytes(), int(row["label"])) for row in rows]
            yield CheckSet(name, files, len(rows), shown=False)


def _everyday_sets(folder: Path, kinds: Mapping[str, everyday.Kind], first: int | None) -> Iterator[CheckSet]:
    """Everyday pictures with digits of UNIPEN's held-out writers."""
    digits = characters(folder, "unipen_digits", None, held_out=True)
    count = min(EVERYDAY, first or EVERYDAY, len(digits))
    for name, make in kinds.items() if count else ():
        rng = np.random.default_rng(SEED)
        chosen = [digits[place] for place in rng.permutation(len(digits))[:count]]
        whole = kinds is everyday.DIGIT_KINDS
        yield CheckSet(name, ((make(one.strokes, rng), int(one.label) if whole else None) for one in chosen), count)


def _pen_sets(folder: Path, first: int | None) -> Iterator[CheckSet]:
    for name, digits in (
        ("UNIPEN's held-out writers", characters(folder, "unipen_digits", first, held_out=True)),
        ("numberpad", characters(folder, "numberpad", first)),
    ):
        if digits:
            yield CheckSet(f"{name}, three pens", _penned(digits, PENS), len(digits) * len(PENS))
            yield CheckSet(f"{name}, thick pens", _penned(digits, THICK_PENS), len(digits) * len(THICK_PENS))


def _scan_sets(folder: Path, first: int | None) -> Iterator[CheckSet]:
    if (scans := _arrays(folder, "optdigits_orig", first)) is not None:
        yield CheckSet("optdigits, scans of 32 px", _as_files(scans.images, scans.labels), len(scans))
        coarse = [squeezed(picture) for picture in scans.images]
        yield CheckSet("optdigits, cut out, squeezed into 16 px", _as_files(coarse, scans.labels), len(scans))
    if (painted := _arrays(folder, "hwd1000", first)) is not None:
        yield CheckSet("hwd1000", _as_files(painted.images, painted.labels), len(painted))
    if (folder / "kensanata.zip").exists():
        files = kensanata_files(folder / "kensanata.zip")[:first]
        yield CheckSet("kensanata's two held-out writers", files, len(files))
    if (cut := _bhmsds(folder, first)) is not None:
        chosen = cut.labels >= 0
        yield CheckSet("bhmsds, held-out digits", _as_files(cut.images[chosen], cut.labels[chosen]), int(chosen.sum()))


def other_sets(folder: Path | None, first: int | None = None) -> Iterator[CheckSet]:
    """What is not one digit: none of it should be accepted."""
    count = min(GENERATED, first or GENERATED)
    squares = negatives.scribbles(count, SEED)
    yield CheckSet("scribbles, shapes, symbols", ((png(255 - one), None) for one in squares), count)
    if folder is None:
        return
    yield from _everyday_sets(folder, everyday.OTHER_KINDS, first)
    found = negatives.letters(characters(folder, "unipen_other", None, held_out=True))
    if letters := [one for one in found if one.label.isalpha()][:first]:
        yield CheckSet("letters of UNIPEN's held-out writers, three pens", _penned(letters, PENS), len(letters) * 3)
    if signs := [one for one in found if not one.label.isalpha()][:first]:
        yield CheckSet("signs of UNIPEN's held-out writers, three pens", _penned(signs, PENS), len(signs) * 3)
    if (cut := _bhmsds(folder, first)) is not None:
        chosen = cut.images[cut.labels < 0]
        yield CheckSet("bhmsds, held-out signs", ((png(one), None) for one in chosen), len(chosen))
    if numberpad := characters(folder, "numberpad", first):
        pages = list(_two_digits(numberpad))
        yield CheckSet("numberpad, two digits side by side", pages, len(pages))
        squares = negatives.several_written(numberpad, count, SEED)
        yield CheckSet("numberpad, rows, columns, grids, exponents", ((png(255 - one), None) for one in squares), count)


def _two_digits(digits: Sequence[strokes.Character]) -> Iterator[LabelledFile]:
    rng = np.random.default_rng(SEED)
    for pair in rng.integers(len(digits), size=(len(digits), 2)).tolist():
        row = negatives.side_by_side([digits[one].strokes for one in pair], rng)
        yield png(255 - strokes.draw(row, rng.choice(PENS) / 2)), None  # a row is about twice as long as a digit


def correction_digits(files: Iterable[CorrectionsFile], first: int | None = None) -> Iterator[CheckSet]:
    """What a user labelled as a digit; no set for a file without any."""
    for file in files:
        if digits := [(one.picture, one.label) for one in file.pictures if one.label is not None][:first]:
            yield CheckSet(f"corrections in {file.name}", digits, len(digits), corrections=True)


def correction_others(files: Iterable[CorrectionsFile], first: int | None = None) -> Iterator[CheckSet]:
    """What a user labelled as not a digit; no set for a file without any."""
    for file in files:
        if others := [(one.picture, None) for one in file.pictures if one.label is None][:first]:
            yield CheckSet(f"corrections to 'not a digit' in {file.name}", others, len(others), corrections=True)


def characters(folder: Path, name: str, first: int | None, held_out: bool = False) -> list[strokes.Character]:
    """The characters of a stroke file, none where it is missing; or only those of its held-out writers."""
    file = folder / f"{name}.strokes.json.gz"
    found = strokes.load_characters(file) if file.exists() else []
    return (strokes.split_by_writer(found)[1] if held_out else found)[:first]


def kensanata_files(file: Path) -> list[LabelledFile]:
    """The scans of kensanata's held-out writers, as they were published."""
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.endswith(".jpg")]
        held_out = [name for name in names if name.split("/")[-3] in KENSANATA_VALIDATION]
        return [(archive.read(name), int(name.split("/")[-2])) for name in held_out]


def _bhmsds(folder: Path, first: int | None) -> LabelledImages | None:
    """The held-out pictures of bhmsds, dark on white; a sign's label is -1."""
    file = folder / "bhmsds.npz"
    if not file.exists():
        return None
    with np.load(file) as arrays:
        pictures, names = arrays["images"], arrays["labels"]
    held_out = np.concatenate(
        [np.flatnonzero(names == label)[-BHMSDS_EACH:][:first] for label in [*map(str, range(10)), *BHMSDS_SIGNS]]
    )
    labels = np.array([int(name) if name.isdigit() else -1 for name in names[held_out].tolist()], np.int64)
    return LabelledImages(pictures[held_out], labels)


def _arrays(folder: Path, name: str, first: int | None) -> LabelledImages | None:
    if not (folder / f"{name}.npz").exists():
        return None
    with np.load(folder / f"{name}.npz") as arrays:
        return LabelledImages(arrays["images"].astype(np.uint8), arrays["labels"])[:first]


def _enlarged(digits: LabelledImages, resampling: Image.Resampling) -> Iterator[LabelledFile]:
    for picture, label in zip(digits.images, digits.labels, strict=True):
        yield png(np.asarray(Image.fromarray(picture).resize((280, 280), resampling))), int(label)


def _as_files(pictures: Iterable[Bytes8], labels: NDArray[np.integer]) -> Iterator[LabelledFile]:
    for picture, label in zip(pictures, labels, strict=True):
        yield png(picture), int(label)


def squeezed(scan: Bytes8) -> Bytes8:
    """Cut to its ink and stretched to 16 x 16 whatever its aspect, as postal codes used to be kept."""
    x, y, width, height = cv2.boundingRect((scan > 127).astype(np.uint8))
    side = max(width, height) / 3  # a 1 is not stretched to a block
    left = round(max(0.0, x - max(0.0, side - width) / 2))
    ink = scan[y : y + height, left : left + max(width, round(side))]
    return np.asarray(cv2.resize(ink, (16, 16), interpolation=cv2.INTER_AREA), np.uint8)


def _penned(found: Sequence[strokes.Character], pens: Sequence[float]) -> Iterator[LabelledFile]:
    for pen in pens:
        for one in found:
            yield png(255 - strokes.draw(one.strokes, pen)), int(one.label) if one.label.isdigit() else None


def png(picture: Bytes8) -> bytes:
    """(height, width) -> a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()
