"""How well pictures are read by the very code that serves: picture bytes in, reading out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digits import images
from digits.client import Reader
from digits.recognizer import Reading, Recognizer
from digits.training import checks, corruptions
from digits.training.calibrate import expected_calibration_error
from digits.training.checks import CheckSet
from digits.training.data import Digits, load_mnist

Figure = dict[str, Any]

BATCH = 500  # squares read at once where no picture is timed
SPOILT = 2_000  # pictures spoilt in each way


@dataclass(frozen=True)
class Read:
    """A picture, what is in it and what was read."""

    picture: bytes
    label: int | None
    reading: Reading
    seconds: float


@dataclass(frozen=True)
class Measured:
    """A check set, read through."""

    check: CheckSet
    reads: list[Read]


# --- how well ---------------------------------------------------------------------------------------------------------


def measure(check: CheckSet, read: Reader) -> Measured:
    """Every picture of the set read, one after the other."""
    reads = []
    for picture, label in tqdm(check.pictures, check.name, check.count, unit="picture", mininterval=5):
        started = time.perf_counter()
        reading = read(picture)
        reads.append(Read(picture, label, reading, time.perf_counter() - started))
    return Measured(check, reads)


def figure(name: str, reads: Sequence[Read]) -> Figure:
    """What is told of a set of digits, as FigureSchema has it; a digit that is not read counts as an error."""
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
    """What is told of a set without digits, as RefusalSchema has it."""
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
    """The share that is true."""
    return round(100 * float(which.mean()), 3)


def robustness(folder: Path | None, read: Recognizer, first: int | None = None) -> list[Figure]:
    """The first of MNIST's test images spoilt in every way, prepared and not, as RobustnessSchema has it."""
    test = load_mnist(folder).test[: min(SPOILT, first or SPOILT)]
    return [_robustness(name, spoil, test, read) for name, spoil in tqdm(corruptions.CORRUPTIONS.items(), "spoilt")]


def _robustness(name: str, spoil: corruptions.Corruption, test: Digits, read: Recognizer) -> Figure:
    rng = np.random.default_rng(checks.SEED)
    spoilt = np.stack([spoil(picture, rng) for picture in test.pictures])  # (n, 28, 28)
    prepared = [images.normalize(images.Page(one, (1.0, 1.0))).square for one in spoilt]
    found = np.array([square is not None for square in prepared])
    digits = np.full(len(test), -1)
    digits[found] = _digits(np.stack([square for square in prepared if square is not None]), read)
    return {
        "corruption": name,
        "pictures": len(test),
        "error_percent": percent(digits != test.labels),
        "error_percent_unprepared": percent(_digits(spoilt, read) != test.labels),
    }


def _digits(squares: NDArray[np.uint8], read: Recognizer) -> NDArray[np.int64]:
    """What each is read as, -1 where it is refused."""
    readings = [reading for start in range(0, len(squares), BATCH) for reading in read(squares[start : start + BATCH])]
    return np.array([-1 if reading.digit is None else reading.digit for reading in readings])


# --- told -------------------------------------------------------------------------------------------------------------


def digits_table(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """The figures of digits for a person: a head and a row for each."""
    head = ("pictures of one digit", "n", "read wrongly", "refused", "uncertain", "ECE", "ms")
    return [
        head,
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
    """The figures of what is no digit."""
    head = ("not one digit", "n", "read as a sure digit", "uncertain", "refused")
    return [
        head,
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
    """The figures of spoilt digits."""
    head = ("MNIST test, spoilt by", "n", "read wrongly", "without the preparation")
    return [
        head,
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
    """A table for a terminal; its rows read as Markdown, too."""
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
    """The same for a page."""
    head, *rows = aligned(table).splitlines()
    ruled = "|".join("---" if not place else "---:" for place in range(len(table[0])))
    return "\n".join([head, f"|{ruled}|", *rows])
