"""The datasets of an epoch and of validation: real scans, rendered pen strokes, and generated negatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from digits.preprocess.strokes import square_of_strokes
from digits.training.data import (
    DIGITS,
    NOT_A_DIGIT,
    SEVERAL_DIGITS,
    Bytes8,
    LabelledImages,
    Labels,
    augment,
    negatives,
    scans,
    strokes,
)
from digits.training.data.augment import Ranges
from digits.training.data.corrections import without_test_images
from digits.training.data.mnist import load_mnist

#: A part of an epoch that another process renders: a call returns (n, SIDE, SIDE) squares and labels.
Task = Callable[[], LabelledImages]

CHUNK = 1_000  # squares in a task

#: Squares of each kind in an epoch. MNIST has hundreds of writers, kensanata 12 in training, bhmsds about two.
PER_EPOCH = {
    "MNIST": 55_000,
    "UNIPEN digits": 26_000,
    "kensanata": 12_000,
    "bhmsds digits": 6_000,
    "lectaurep": 1_000,
    "bhmsds signs": 2_500,
    "UNIPEN letters": 8_500,
    "several scanned": 4_000,
    "several written": 8_000,
    "scribbles": 5_000,
    "enclosed": 5_000,
}
GENERATED_VALIDATION = 1_000  # squares of each generated kind in validation

#: How often an epoch has each correction at most. A user corrects a few pictures, which would hardly count among a
#: hundred thousand: twenty of them, fifty times, are about one in each batch of 128.
CORRECTION_TIMES = 50
#: All corrections together are at most this share of an epoch: they come from few writers, and nobody has checked them.
CORRECTION_SHARE = 0.05

PENS = 0.04, 0.09, 0.16  # of the validation digits, in digit lengths
THICK_PENS = 0.19, 0.23


def _mixed(seed: int, ranges: Ranges | None) -> Ranges | None:
    """Half of the chunks are augmented mildly, so that plain digits keep their weight."""
    return augment.MILD if ranges is None and seed % 2 else ranges


class Dataset(Protocol):
    """Squares that are new in every epoch."""

    @property
    def name(self) -> str:
        """What they are."""

    @property
    def count(self) -> int:
        """Squares in an epoch."""

    def tasks(self, seed: int, ranges: Ranges | None = None) -> list[Task]:
        """What makes the squares of one epoch; `ranges` limit the augmentation of single digits."""


@dataclass(frozen=True)
class Scans:
    """Centred digits, each augmented differently in every epoch."""

    name: str
    digits: LabelledImages
    count: int

    def tasks(self, seed: int, ranges: Ranges | None = None) -> list[Task]:
        """One for each CHUNK."""
        chosen = _chosen(len(self.digits), self.count, seed)
        return [
            _Task(
                augment.augmented_squares,
                (self.digits.images[part],),
                one,
                self.digits.labels[part],
                _mixed(one, ranges),
            )
            for part, one in _chunks(chosen, seed)
        ]


@dataclass(frozen=True)
class PenStrokes:
    """Pen strokes, each drawn by other hands with other pens in every epoch."""

    name: str
    characters: Sequence[strokes.Character]
    count: int
    make: Callable[..., Bytes8] = strokes.augmented_squares

    def tasks(self, seed: int, ranges: Ranges | None = None) -> list[Task]:
        """One for each CHUNK."""
        labels = labels_of(self.characters)
        chosen = _chosen(len(labels), self.count, seed)
        return [
            _Task(self.make, ([self.characters[place] for place in part],), one, labels[part], _mixed(one, ranges))
            for part, one in _chunks(chosen, seed)
        ]


@dataclass(frozen=True)
class Generated:
    """Squares of one class that are generated."""

    name: str
    make: Callable[..., Bytes8]  # (*given, count, seed) -> (count, SIDE, SIDE)
    given: tuple[Any, ...]
    count: int
    label: int

    def tasks(self, seed: int, ranges: Ranges | None = None) -> list[Task]:
        """One for each CHUNK."""
        return [
            _Task(self.make, (*self.given, len(part)), one, np.full(len(part), self.label))
            for part, one in _chunks(np.arange(self.count), seed)
        ]


@dataclass(frozen=True)
class _Task:
    """A call that can be sent to another process."""

    make: Callable[..., Bytes8]
    given: tuple[Any, ...]
    seed: int
    labels: Labels
    ranges: Ranges | None = None

    def __call__(self) -> LabelledImages:
        images = self.make(*self.given, self.seed, *([self.ranges] if self.ranges else []))
        return LabelledImages(images, self.labels.astype(np.int64))


def _chosen(available: int, count: int, seed: int) -> Labels:
    """`count` indices below `available`: all of them as often as they fit in, and a random selection for the rest."""
    rest = np.random.default_rng(seed).permutation(available)[: count % available]
    return np.concatenate([np.tile(np.arange(available), count // available), rest])


def _chunks(chosen: Labels, seed: int) -> list[tuple[Labels, int]]:
    parts = [chosen[start : start + CHUNK] for start in range(0, len(chosen), CHUNK)]
    return list(zip(parts, np.random.SeedSequence(seed).generate_state(len(parts)).tolist(), strict=True))


def labels_of(characters: Sequence[strokes.Character]) -> Labels:
    """(n,) classes: what is not a digit is NOT_A_DIGIT."""
    return np.array([int(one.label) if one.label.isdigit() else NOT_A_DIGIT for one in characters], np.int64)


@dataclass(frozen=True)
class ValidationSet:
    """Fixed squares to choose by; nothing is trained on them."""

    name: str
    squares: LabelledImages
    natural: bool = True  # whether its squares are like those that are served; only these are calibrated on


# --- what there is ----------------------------------------------------------------------------------------------------


def load(folder: Path | None, corrections: LabelledImages | None = None) -> tuple[list[Dataset], list[ValidationSet]]:
    """Training datasets and validation sets: MNIST, what else `folder` holds, and generated negatives.

    `corrections`, (n, SIDE, SIDE), are trained on only; those that show an MNIST test image are left out. Raises
    FileNotFoundError as `load_mnist` does.
    """
    mnist = load_mnist(folder)
    training: list[Dataset] = [
        Scans("MNIST", mnist.training, PER_EPOCH["MNIST"]),
        Generated(
            "several MNIST digits",
            negatives.several_scanned,
            (mnist.training.images,),
            PER_EPOCH["several scanned"],
            SEVERAL_DIGITS,
        ),
        Generated("scribbles, shapes, symbols", negatives.scribbles, (), PER_EPOCH["scribbles"], NOT_A_DIGIT),
    ]
    count = GENERATED_VALIDATION
    validation = [
        ValidationSet("MNIST", _preprocessed(mnist.validation)),
        ValidationSet("MNIST, augmented", _augmented(mnist.validation), natural=False),
        _generated(
            "several MNIST digits", negatives.several_scanned(mnist.validation.images, count, 0), SEVERAL_DIGITS
        ),
        _generated("scribbles, shapes, symbols", negatives.scribbles(count, 0), NOT_A_DIGIT),
    ]
    for dataset, sets in (_unipen(folder), _scanned(folder)) if folder else ():
        training += dataset
        validation += sets
    if corrections:
        corrections = without_test_images(corrections, mnist.test.images)
    if corrections:
        training.append(repeated(corrections, sum(one.count for one in training)))
    return training, validation


def _unipen(folder: Path) -> tuple[list[Dataset], list[ValidationSet]]:
    training: list[Dataset] = []
    validation: list[ValidationSet] = []
    count = GENERATED_VALIDATION
    if digits := _characters(folder, "unipen_digits"):
        seen, held_out = strokes.split_by_writer(digits)
        training += [
            PenStrokes("UNIPEN digits", seen, PER_EPOCH["UNIPEN digits"]),
            PenStrokes("UNIPEN digits in a ring or box", seen, PER_EPOCH["enclosed"], negatives.enclosed_digits),
            Generated(
                "several UNIPEN digits",
                negatives.several_written,
                (seen,),
                PER_EPOCH["several written"],
                SEVERAL_DIGITS,
            ),
        ]
        labels = labels_of(held_out)
        validation += [
            ValidationSet("UNIPEN digits, three pens", penned(held_out, PENS)),
            ValidationSet("UNIPEN digits, thick pens", penned(held_out, THICK_PENS)),
            ValidationSet("UNIPEN digits, as strokes", as_strokes(held_out)),
            ValidationSet(
                "UNIPEN digits, augmented",
                LabelledImages(strokes.augmented_squares(held_out, 0), labels),
                natural=False,
            ),
            ValidationSet(
                "UNIPEN digits in a ring or box",
                LabelledImages(negatives.enclosed_digits(held_out, 0), labels),
                natural=False,
            ),
            _generated("several UNIPEN digits", negatives.several_written(held_out, count, 0), SEVERAL_DIGITS),
        ]
    if characters := _characters(folder, "unipen_other"):
        seen, held_out = strokes.split_by_writer(negatives.letters(characters))
        training.append(PenStrokes("UNIPEN letters and signs", seen, PER_EPOCH["UNIPEN letters"]))
        validation.append(ValidationSet("UNIPEN letters and signs", penned(held_out, PENS)))
    return training, validation


def _scanned(folder: Path) -> tuple[list[Dataset], list[ValidationSet]]:
    training: list[Dataset] = []
    validation: list[ValidationSet] = []
    for name, count_name, load_file, file in (
        ("kensanata", "kensanata", scans.load_kensanata, folder / "kensanata.zip"),
        ("lectaurep, single digits", "lectaurep", scans.load_lectaurep, folder / "lectaurep.zip"),
        ("bhmsds", "bhmsds digits", scans.load_bhmsds, folder / "bhmsds.npz"),
    ):
        if not file.exists():
            continue
        found = load_file(file)
        digits = [one for one in found if one.label < DIGITS]
        signs = [one for one in found if one.label == NOT_A_DIGIT]
        for kind, chosen, count in (
            (name, digits, PER_EPOCH[count_name]),
            (f"{name} signs", signs, PER_EPOCH["bhmsds signs"]),
        ):
            if chosen:
                seen = scans.as_ink([one for one in chosen if not one.held_out])
                training.append(Scans(kind, seen, count))
                validation.append(ValidationSet(kind, scans.as_served([one for one in chosen if one.held_out])))
    return training, validation


def penned(characters: Sequence[strokes.Character], pens: Sequence[float]) -> LabelledImages:
    """(n * pens, SIDE, SIDE): each character as it was written, with every pen."""
    squares = np.concatenate([strokes.penned_squares(characters, pen) for pen in pens])
    return LabelledImages(squares, np.tile(labels_of(characters), len(pens)))


def as_strokes(characters: Sequence[strokes.Character]) -> LabelledImages:
    """(n, SIDE, SIDE): each character as the API reads pen strokes."""
    return LabelledImages(np.stack([square_of_strokes(one.strokes) for one in characters]), labels_of(characters))


def _preprocessed(digits: LabelledImages) -> LabelledImages:
    return replace(digits, images=augment.preprocessed_squares(digits.images))


def _augmented(digits: LabelledImages) -> LabelledImages:
    return replace(digits, images=augment.augmented_squares(digits.images, 0))


def _generated(name: str, squares: Bytes8, label: int) -> ValidationSet:
    return ValidationSet(name, LabelledImages(squares, np.full(len(squares), label, np.int64)))


def repeated(corrections: LabelledImages, others: int) -> Scans:
    """Corrected squares, (n, SIDE, SIDE), as often as they should be in an epoch beside `others` squares."""
    times = max(1, min(CORRECTION_TIMES, int(CORRECTION_SHARE * others / len(corrections))))
    return Scans(f"corrections ({len(corrections)}, each {times} times)", corrections, times * len(corrections))


def _characters(folder: Path, name: str) -> list[strokes.Character]:
    file = folder / f"{name}.strokes.json.gz"
    return strokes.load_characters(file) if file.exists() else []
