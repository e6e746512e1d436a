"""Measure check sets through the code that serves: picture bytes in, reading out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digits import preprocess
from digits.client import Reader
from digits.model.recognizer import Reading, Recognizer
from digits.training.calibrate import expected_calibration_error
from digits.training.data import LabelledImages
from digits.training.data.mnist import load_mnist
from digits.training.evaluation import corruptions
from digits.training.evaluation.sets import SEED, CheckSet

Figure = dict[str, Any]

BATCH = 500  # squares in a call where nothing is timed
CORRUPTED = 2_000  # MNIST test images under each corruption


@dataclass(frozen=True)
class Read:
    """A picture with its label and its reading."""

    picture: bytes
    label: int | None
    reading: Reading
    seconds: float


@dataclass(frozen=True)
class Measured:
    """A check set with its readings."""

    check: CheckSet
    reads: list[Read]


# --- figures ----------------------------------------------------------------------------------------------------------


def measure(check: CheckSet, read: Reader) -> Measured:
    """Read every picture of the set, one after the other."""
    reads = []
    for picture, label in tqdm(check.pictures, check.name, check.count, unit="picture", mininterval=5):
        started = time.perf_counter()
        reading = read(picture)
        reads.append(Read(picture, label, reading, time.perf_counter() - started))
    return Measured(check, reads)


def figure(name: str, reads: Sequence[Read]) -> Figure:
    """The figures of a set of digits, as in FigureSchema. A rejected digit counts as an error."""
    correct = np.array([one.reading.digit == one.label for one in reads])
    confidence = np.array([one.reading.confidence or 0.0 for one in reads])
    statuses = [one.reading.status for one in reads]
    return {
        "data": name,
        "pictures": len(reads),
        "errors": int((~correct).sum()),
        "error_percent": percent(~correct),
        "rejected": statuses.count("rejected"),
        "uncertain": statuses.count("uncertain"),
        "expected_calibration_error": round(expected_calibration_error(confidence, correct), 5),
        "milliseconds": round(1000 * float(np.median([one.seconds for one in reads])), 2),
    }


def refusal(name: str, reads: Sequence[Read]) -> Figure:
    """The figures of a set without single digits, as in RefusalSchema."""
    statuses = np.array([one.reading.status for one in reads])
    return {
        "data": name,
        "pictures": len(reads),
        "accepted": int((statuses == "accepted").sum()),
        "accepted_percent": percent(statuses == "accepted"),
        "uncertain": int((statuses == "uncertain").sum()),
        "rejected": int((statuses == "rejected").sum()),
    }


def percent(which: NDArray[np.bool_]) -> float:
    """The share that is true, in per cent."""
    return round(100 * float(which.mean()), 3)


def robustness(folder: Path | None, read: Recognizer, first: int | None = None) -> list[Figure]:
    """MNIST's first test images under every corruption, with and without preprocessing, as in RobustnessSchema."""
    test = load_mnist(folder).test[: min(CORRUPTED, first or CORRUPTED)]
    return [
        _robustness(name, corrupt, test, read) for name, corrupt in tqdm(corruptions.CORRUPTIONS.items(), "corrupted")
    ]


def _robustness(name: str, corrupt: corruptions.Corruption, test: LabelledImages, read: Recognizer) -> Figure:
    rng = np.random.default_rng(SEED)
    corrupted = np.stack([corrupt(image, rng) for image in test.images])  # (n, SIDE, SIDE)
    preprocessed = [preprocess.normalize(preprocess.Page(one, (1.0, 1.0))).square for one in corrupted]
    found = np.array([square is not None for square in preprocessed])
    digits = np.full(len(test), -1)
    digits[found] = _digits(np.stack([square for square in preprocessed if square is not None]), read)
    return {
        "corruption": name,
        "pictures": len(test),
        "error_percent": percent(digits != test.labels),
        "error_percent_unprepared": percent(_digits(corrupted, read) != test.labels),
    }


def _digits(squares: NDArray[np.uint8], read: Recognizer) -> NDArray[np.int64]:
    """(n, SIDE, SIDE) -> (n,) digits, -1 where rejected."""
    readings = [reading for start in range(0, len(squares), BATCH) for reading in read(squares[start : start + BATCH])]
    return np.array([-1 if reading.digit is None else reading.digit for reading in readings])


# --- tables -----------------------------------------------------------------------------------------------------------


def digits_table(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """The figures of digits as text: a header and a row for each set."""
    header = ("pictures of one digit", "n", "errors", "rejected", "uncertain", "ECE", "ms")
    return [
        header,
        *(
            (
                f["data"],
                f"{f['pictures']:,}",
                f"{f['errors']} ({f['error_percent']:.2f} %)",
                str(f["rejected"]),
                str(f["uncertain"]),
                f"{100 * f['expected_calibration_error']:.2f} %",
                f"{f['milliseconds']:.1f}",
            )
            for f in figures
        ),
    ]


def refusals_table(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """The figures of what is not one digit, as text."""
    header = ("not one digit", "n", "accepted", "uncertain", "rejected")
    return [
        header,
        *(
            (
                f["data"],
                f"{f['pictures']:,}",
                f"{f['accepted']} ({f['accepted_percent']:.2f} %)",
                str(f["uncertain"]),
                str(f["rejected"]),
            )
            for f in figures
        ),
    ]


def robustness_table(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """The figures of corrupted digits, as text."""
    header = ("MNIST test, corrupted by", "n", "errors", "without preprocessing")
    return [
        header,
        *(
            (
                f["corruption"],
                f"{f['pictures']:,}",
                f"{f['error_percent']:.2f} %",
                f"{f['error_percent_unprepared']:.2f} %",
            )
            for f in figures
        ),
    ]


def aligned(table: Sequence[tuple[str, ...]]) -> str:
    """A table for a terminal. Its rows are valid Markdown, too."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    rows = [
        " | ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in table
    ]
    return "\n".join(f"| {row} |" for row in rows)


def markdown(table: Sequence[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    header, *rows = aligned(table).splitlines()
    ruled = "|".join("---" if not place else "---:" for place in range(len(table[0])))
    return "\n".join([header, f"|{ruled}|", *rows])
