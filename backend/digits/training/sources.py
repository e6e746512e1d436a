"""Where the digits of a pass come from: scans that are distorted, and pen strokes that are drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from digits.training import augment, strokes
from digits.training.augment import STILL
from digits.training.data import Digits, Labels, load_mnist

Bytes8 = NDArray[np.uint8]
Chunk = TypeVar("Chunk")

#: A part of a pass for a process of its own: called without arguments it gives (n, 28, 28) squares.
Task = Callable[[], Bytes8]

CHUNK = 1_000  # digits in a task


class Source(Protocol):
    """Digits that can be had in ever new forms."""

    @property
    def name(self) -> str:
        """What the digits are."""

    @property
    def labels(self) -> Labels:
        """(n,) of the squares of one pass."""

    def tasks(self, seed: int) -> list[Task]:
        """What makes the squares of one pass, in the order of the labels."""

    def still(self) -> Bytes8:
        """The squares without distortion, in the order of the labels."""


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
        return [_Call(augment.distorted_squares, chunk, one) for chunk, one in _with_seeds(chunks, seed)]

    def still(self) -> Bytes8:
        """As they are served."""
        return augment.prepared_squares(self.digits.pictures)


@dataclass(frozen=True)
class Pens:
    """Pen strokes, each drawn `times` in every pass, by other hands with other pens."""

    name: str
    written: Sequence[strokes.Written]
    times: int = 1

    @property
    def labels(self) -> Labels:
        """(n * times,)."""
        return np.tile(np.array([int(one.label) for one in self.written]), self.times)

    def tasks(self, seed: int) -> list[Task]:
        """One for each CHUNK of the drawings."""
        drawn = list(self.written) * self.times
        chunks = [drawn[start : start + CHUNK] for start in range(0, len(drawn), CHUNK)]
        return [_Call(strokes.written_squares, chunk, one) for chunk, one in _with_seeds(chunks, seed)]

    def still(self) -> Bytes8:
        """As they were written, with pens of every width."""
        return strokes.written_squares(list(self.written) * self.times, 0, STILL)


@dataclass(frozen=True)
class _Call:
    """A call that can be sent to another process."""

    function: Callable[[Any, int], Bytes8]
    given: Any
    seed: int

    def __call__(self) -> Bytes8:
        return self.function(self.given, self.seed)


def _with_seeds(chunks: list[Chunk], seed: int) -> list[tuple[Chunk, int]]:
    return list(zip(chunks, np.random.SeedSequence(seed).generate_state(len(chunks)).tolist(), strict=True))


def load(folder: Path | None, times: int) -> tuple[list[Source], list[Source]]:
    """What is learnt from and what is chosen by: MNIST, and UNIPEN's strokes where the folder holds them.

    `times` is how often a pass draws each of UNIPEN's digits. Raises FileNotFoundError as `load_mnist` does.
    """
    mnist = load_mnist(folder)
    training: list[Source] = [Scans("MNIST training images 0 to 54,999", mnist.training)]
    validation: list[Source] = [Scans("MNIST training images 55,000 to 59,999", mnist.validation)]
    file = folder / "unipen_digits.strokes.json.gz" if folder else None
    if file and file.exists():
        learnt, held_out = strokes.split_by_writer(strokes.load_written(file))
        training.append(Pens("UNIPEN digits, nine of ten writers", learnt, times))
        validation.append(Pens("UNIPEN digits, every tenth writer", held_out, 3))
    return training, validation
