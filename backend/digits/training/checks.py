"""Pictures to measure by, as files: digits of many kinds, and what is no digit. Nothing was trained on them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.training import others, strokes
from digits.training.data import Digits, load_mnist
from digits.training.marked import MarkedFile

Bytes8 = NDArray[np.uint8]
Labelled = tuple[bytes, int | None]  # a picture's file and the digit in it, None where there is not just one

PENS = 0.04, 0.09, 0.16  # in lengths of the digit
SCRIBBLES = 2_000
SEED = 20  # no pass of a training has it


@dataclass(frozen=True)
class CheckSet:
    """Pictures with what is in them."""

    name: str
    pictures: Iterable[Labelled]
    count: int
    shown: bool = True  # whether its licence lets a report show its pictures
    marked: bool = False  # whether a person marked them, who may have had them learnt from since


def digit_sets(folder: Path | None, first: int | None = None) -> Iterator[CheckSet]:
    """MNIST's test images, and what else the data folder holds; of each at most the `first` ones."""
    test = load_mnist(folder).test[:first]
    yield CheckSet("MNIST test, 280 px, pixels repeated", _enlarged(test, Image.Resampling.NEAREST), len(test))
    yield CheckSet("MNIST test, 280 px, bicubic", _enlarged(test, Image.Resampling.BICUBIC), len(test))
    if folder is None:
        return
    if held_out := written(folder, "unipen_digits", first, held_out=True):
        yield CheckSet("UNIPEN's held-out writers, three pens", _penned(held_out), len(held_out) * len(PENS))
    if numberpad := written(folder, "numberpad", first):
        yield CheckSet("numberpad, three pens", _penned(numberpad), len(numberpad) * len(PENS))
    if (scans := _arrays(folder, "optdigits_orig", first)) is not None:
        yield CheckSet("optdigits, scans of 32 px", _as_files(scans.pictures, scans.labels), len(scans))
        coarse = [squeezed(picture) for picture in scans.pictures]
        yield CheckSet("optdigits, cut out, squeezed into 16 px", _as_files(coarse, scans.labels), len(scans))
    if (painted := _arrays(folder, "hwd1000", first)) is not None:
        yield CheckSet("hwd1000", _as_files(painted.pictures, painted.labels), len(painted))
    for name in ("photos", "drawn"):
        if (folder / f"{name}.csv").exists():
            with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as listed:
                rows = list(csv.DictReader(listed))[:first]
            files = [((folder / row["file"]).read_bytes(), int(row["label"])) for row in rows]
            yield CheckSet(name, files, len(rows), shown=False)


def other_sets(folder: Path | None, first: int | None = None) -> Iterator[CheckSet]:
    """What is not one digit: nothing of it should come back as a sure one."""
    count = min(SCRIBBLES, first or SCRIBBLES)
    squares = others.scribbles(count, SEED)
    yield CheckSet("scribbles, shapes and textures", ((png(255 - one), None) for one in squares), count)
    if folder is None:
        return
    characters = written(folder, "unipen_other", None, held_out=True)
    if letters := [one for one in others.letters(characters) if one.label.isalpha()][:first]:
        yield CheckSet("letters of UNIPEN's held-out writers, three pens", _penned(letters), len(letters) * len(PENS))
    if signs := [one for one in others.letters(characters) if not one.label.isalpha()][:first]:
        yield CheckSet("signs of UNIPEN's held-out writers, three pens", _penned(signs), len(signs) * len(PENS))
    if numberpad := written(folder, "numberpad", first):
        rng = np.random.default_rng(SEED)
        pairs = rng.integers(len(numberpad), size=(len(numberpad), 2)).tolist()
        rows = [others.side_by_side([numberpad[one].strokes for one in pair], rng) for pair in pairs]
        numbers = (
            (png(255 - strokes.draw(row, pen / 2)), None)  # a row is about twice as long as a digit
            for row, pen in zip(rows, rng.choice(PENS, len(rows)), strict=True)
        )
        yield CheckSet("numberpad, two digits side by side", numbers, len(rows))


def marked_digits(files: Iterable[MarkedFile], first: int | None = None) -> Iterator[CheckSet]:
    """What a person marked as a digit; no set of a file without any."""
    for file in files:
        if digits := [(one.picture, one.label) for one in file.pictures if one.label is not None][:first]:
            yield CheckSet(f"marked in {file.name}", digits, len(digits), marked=True)


def marked_others(files: Iterable[MarkedFile], first: int | None = None) -> Iterator[CheckSet]:
    """What a person marked as no digit, likewise."""
    for file in files:
        if refused := [(one.picture, None) for one in file.pictures if one.label is None][:first]:
            yield CheckSet(f"marked as no digit in {file.name}", refused, len(refused), marked=True)


def written(folder: Path, name: str, first: int | None, held_out: bool = False) -> list[strokes.Written]:
    """The characters of a file of strokes, none where it is missing; or only those of the writers held out."""
    file = folder / f"{name}.strokes.json.gz"
    found = strokes.load_written(file) if file.exists() else []
    return (strokes.split_by_writer(found)[1] if held_out else found)[:first]


def _arrays(folder: Path, name: str, first: int | None) -> Digits | None:
    if not (folder / f"{name}.npz").exists():
        return None
    with np.load(folder / f"{name}.npz") as arrays:
        return Digits(arrays["images"].astype(np.uint8), arrays["labels"])[:first]


def _enlarged(digits: Digits, resampling: Image.Resampling) -> Iterator[Labelled]:
    for picture, label in zip(digits.pictures, digits.labels, strict=True):
        yield png(np.asarray(Image.fromarray(picture).resize((280, 280), resampling))), int(label)


def _as_files(pictures: Iterable[Bytes8], labels: Sequence[int] | NDArray[np.integer]) -> Iterator[Labelled]:
    for picture, label in zip(pictures, labels, strict=True):
        yield png(picture), int(label)


def squeezed(scan: Bytes8) -> Bytes8:
    """Cut to its very ink and fitted into 16 x 16 whatever its aspect, as postal codes used to be kept."""
    x, y, width, height = cv2.boundingRect((scan > 127).astype(np.uint8))
    side = max(width, height) / 3  # a 1 is not squeezed to a block
    left = round(max(0.0, x - max(0.0, side - width) / 2))
    ink = scan[y : y + height, left : left + max(width, round(side))]
    return np.asarray(cv2.resize(ink, (16, 16), interpolation=cv2.INTER_AREA), np.uint8)


def _penned(written: Sequence[strokes.Written]) -> Iterator[Labelled]:
    for pen in PENS:
        for one in written:
            yield png(255 - strokes.draw(one.strokes, pen)), int(one.label) if one.label.isdigit() else None


def png(picture: Bytes8) -> bytes:
    """(height, width) -> a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()
