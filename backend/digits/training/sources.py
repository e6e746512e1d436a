"""Where the squares of a pass come from: scans that are distorted, pen strokes drawn anew, and what is made up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from digits.training import augment, others, strokes
from digits.training.augment import STILL
from digits.training.data import OTHER, SEVERAL, Digits, Labels, load_mnist

Bytes8 = NDArray[np.uint8]
Chunk = TypeVar("Chunk")

#: A part of a pass for a process of its own: called without arguments it gives (n, 28, 28) squares.
Task = Callable[[], Bytes8]

CHUNK = 1_000  # digits in a task
MADE_UP = 4_000  # pictures of each kind that is invented for a pass, and a quarter of it to choose by

#: How often a pass has each marked picture, every time distorted anew. A person marks a few among the hundred thousand
#: of a pass, where they would hardly be heard: twenty of them, fifty times, are about one in each batch of 128.
MARKED_TIMES = 50
#: But all of them together at most this share of the others, for they are few hands, and nobody has checked the marks.
MARKED_SHARE = 0.05


class Source(Protocol):
    """Pictures that can be had in ever new forms."""

    @property
    def name(self) -> str:
        """What they are."""

    @property
    def labels(self) -> Labels:
        """(n,) of the squares of one pass."""

    def tasks(self, seed: int) -> list[Task]:
        """What makes the squares of one pass, in the order of the labels."""

    def still(self) -> Bytes8:
        """The squares to be measured by, the same each time, in the order of the labels."""


@dataclass(frozen=True)
class Scans:
    """Small pictures, each distorted anew in every pass."""

    name: str
    digits: Digits

    @property
    def labels(self) -> Labels:
        """(n,)."""
        return self.digits.labels

    def tasks(self, seed: int) -> list[Task]:
        """One for each CHUNK of the pictures."""
        chunks = [self.digits.pictures[start : start + CHUNK] for start in range(0, len(self.digits), CHUNK)]
        return [_Call(augment.distorted_squares, (chunk,), one) for chunk, one in _with_seeds(chunks, seed)]

    def still(self) -> Bytes8:
        """As they are served."""
        return augment.prepared_squares(self.digits.pictures)


class DistortedScans(Scans):
    """Small pictures to be looked at as they are distorted, always in the same way."""

    def still(self) -> Bytes8:
        """As another hand would have written them."""
        return augment.distorted_squares(self.digits.pictures, 0)


@dataclass(frozen=True)
class Pens:
    """Pen strokes, each drawn `times` in every pass, by other hands with other pens."""

    name: str
    written: Sequence[strokes.Written]
    times: int = 1

    @property
    def labels(self) -> Labels:
        """(n * times,)."""
        classes = [int(one.label) if one.label.isdigit() else OTHER for one in self.written]
        return np.tile(np.array(classes, np.int64), self.times)

    def tasks(self, seed: int) -> list[Task]:
        """One for each CHUNK of the drawings."""
        drawn = list(self.written) * self.times
        chunks = [drawn[start : start + CHUNK] for start in range(0, len(drawn), CHUNK)]
        return [_Call(strokes.written_squares, (chunk,), one) for chunk, one in _with_seeds(chunks, seed)]

    def still(self) -> Bytes8:
        """As they were written, with pens of every width."""
        return strokes.written_squares(list(self.written) * self.times, 0, STILL)


@dataclass(frozen=True)
class MadeUp:
    """Squares of one class that are invented, others in every pass."""

    name: str
    make: Callable[..., Bytes8]  # (*given, count, seed) -> (count, 28, 28)
    given: tuple[Any, ...]
    count: int
    label: int

    @property
    def labels(self) -> Labels:
        """(count,)."""
        return np.full(self.count, self.label, np.int64)

    def tasks(self, seed: int) -> list[Task]:
        """One for each CHUNK."""
        counts = [min(CHUNK, self.count - start) for start in range(0, self.count, CHUNK)]
        return [_Call(self.make, (*self.given, count), one) for count, one in _with_seeds(counts, seed)]

    def still(self) -> Bytes8:
        """The same ones each time."""
        return self.make(*self.given, self.count, 0)


@dataclass(frozen=True)
class _Call:
    """A call that can be sent to another process."""

    function: Callable[..., Bytes8]
    given: tuple[Any, ...]
    seed: int

    def __call__(self) -> Bytes8:
        return self.function(*self.given, self.seed)


def _with_seeds(chunks: list[Chunk], seed: int) -> list[tuple[Chunk, int]]:
    return list(zip(chunks, np.random.SeedSequence(seed).generate_state(len(chunks)).tolist(), strict=True))


def load(folder: Path | None, times: int, marked: Digits | None = None) -> tuple[list[Source], list[Source]]:
    """What is learnt from and what is chosen by: MNIST, UNIPEN's strokes where the folder holds them, and inventions.

    `times` is how often a pass draws each of UNIPEN's digits. What a person `marked` is learnt from, and nothing is
    chosen by it. Raises FileNotFoundError as `load_mnist` does.
    """
    mnist = load_mnist(folder)
    training: list[Source] = [
        Scans("MNIST training images 0 to 54,999", mnist.training),
        MadeUp("several of MNIST's digits", others.several_scanned, (mnist.training.pictures,), MADE_UP, SEVERAL),
        MadeUp("scribbles, shapes and textures", others.scribbles, (), MADE_UP, OTHER),
    ]
    validation: list[Source] = [
        Scans("MNIST training images 55,000 to 59,999", mnist.validation),
        DistortedScans("the same, distorted", mnist.validation),
        MadeUp(
            "several of MNIST's digits", others.several_scanned, (mnist.validation.pictures,), MADE_UP // 4, SEVERAL
        ),
        MadeUp("scribbles, shapes and textures", others.scribbles, (), MADE_UP // 4, OTHER),
    ]
    if digits := _written(folder, "unipen_digits.strokes.json.gz"):
        learnt, held_out = strokes.split_by_writer(digits)
        training += [
            Pens("UNIPEN digits, nine of ten writers", learnt, times),
            MadeUp("several of UNIPEN's digits", others.several_written, (learnt,), MADE_UP, SEVERAL),
        ]
        validation += [
            Pens("UNIPEN digits, every tenth writer", held_out, 3),
            MadeUp("several of UNIPEN's digits", others.several_written, (held_out,), MADE_UP // 4, SEVERAL),
        ]
    if characters := _written(folder, "unipen_other.strokes.json.gz"):
        learnt, held_out = strokes.split_by_writer(others.letters(characters))
        training.append(Pens("UNIPEN letters and signs, nine of ten writers", learnt))
        validation.append(Pens("UNIPEN letters and signs, every tenth writer", held_out))
    if marked:
        training.append(repeated(marked, sum(len(source.labels) for source in training)))
    return training, validation


def repeated(marked: Digits, others: int) -> Scans:
    """Marked squares, (n, 28, 28), as often as they should be seen in a pass beside so many `others`."""
    times = max(1, min(MARKED_TIMES, int(MARKED_SHARE * others / len(marked))))
    squares, labels = np.tile(marked.pictures, (times, 1, 1)), np.tile(marked.labels, times)
    return Scans(f"pictures marked by hand ({len(marked)}, each {times} times)", Digits(squares, labels))


def _written(folder: Path | None, name: str) -> list[strokes.Written]:
    return strokes.load_written(folder / name) if folder and (folder / name).exists() else []
