"""Measure the reading of numbers: composed strings and columns by held-out writers, and held-out register pages."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from digits import preprocess
from digits.candidates import Group
from digits.model.numbers import PageReading, read_numbers
from digits.model.recognizer import Model
from digits.preprocess import Strokes
from digits.training import calibrate
from digits.training.data import lines, scans, strings
from digits.training.data.mnist import load_mnist, mnist_writers
from digits.training.data.strings import Written
from digits.training.evaluation.sets import SEED, characters, png

Figure = dict[str, Any]

COMPOSED = 400  # pages of each composed set
COLUMNS = 100
SCANNED_LENGTHS = 2, 6  # digits of a number of scanned digits
PENS = 0.04, 0.08, 0.12  # in heights of a digit, in turn


@dataclass(frozen=True)
class Page:
    """A picture or strokes with the numbers that they show."""

    content: bytes | Strokes
    texts: tuple[str, ...]
    touching: bool = False


@dataclass(frozen=True)
class NumberSet:
    """Pages to measure by."""

    name: str
    pages: Iterable[Page]
    count: int
    validation: bool = True  # whether something may be chosen on its writers; not on a test set


def number_sets(folder: Path | None, first: int | None = None, seed: int = SEED) -> Iterator[NumberSet]:
    """What the data folder allows; at most the `first` pages of each set. `seed` decides how numbers are composed."""
    if folder is None:
        return
    writers = strings.by_writer(characters(folder, "unipen_digits", None, held_out=True))
    if writers:
        count = min(COMPOSED, first or COMPOSED)
        composed = [_composed(strings.number, writers, (seed, place)) for place in range(count)]
        columns = [_composed(strings.column, writers, (seed, place)) for place in range(min(COLUMNS, first or COLUMNS))]
        for name, written in (("numbers of 2 to 5 digits", composed), ("columns of 3 to 5 numbers", columns)):
            who = f"UNIPEN's held-out writers, {name}"
            yield NumberSet(f"{who}, strokes", map(_as_strokes, written), len(written))
            yield NumberSet(f"{who}, pictures", map(_as_picture, written, range(len(written))), len(written))
    yield from _scanned_sets(folder, first, seed)
    if (folder / "lectaurep.zip").exists():
        pages = list(register_pages(folder / "lectaurep.zip"))[:first]
        yield NumberSet("lectaurep, held-out pages, integers", pages, len(pages))


def _scanned_sets(folder: Path, first: int | None, seed: int) -> Iterator[NumberSet]:
    """Numbers of scanned digits by writers whom no network has seen."""
    writers: dict[str, list[list[lines.Glyph]]] = {}
    tested = "MNIST's test writers"
    if (folder / "mnist_writers.npz").exists():
        writers[tested] = lines.mnist_portions(load_mnist(folder).test, mnist_writers(folder)[2])
    if (folder / "kensanata.zip").exists():
        writers["kensanata's held-out writers"] = lines.glyphs_of(scans.load_kensanata(folder / "kensanata.zip"))[1]
    count = min(COMPOSED, first or COMPOSED)
    for who, portions in writers.items():
        pages = [_scanned(portions, (seed, place)) for place in range(count)]
        yield NumberSet(f"{who}, numbers of 2 to 6 digits", pages, count, validation=who != tested)


def _scanned(portions: Sequence[Sequence[lines.Glyph]], seed: tuple[int, int]) -> Page:
    rng = np.random.default_rng(seed)
    touching = bool(rng.random() < strings.TOUCHING)
    glyphs = portions[int(rng.integers(len(portions)))]
    page, text = lines.number_of_scans(glyphs, rng, touching, SCANNED_LENGTHS)
    return Page(png(255 - np.pad(page, 20)), (text,), touching)


def _composed(compose: Any, writers: Sequence[Any], seed: tuple[int, int]) -> Written:
    rng = np.random.default_rng(seed)
    written: Written = compose(writers[int(rng.integers(len(writers)))], rng)
    return written


def _as_strokes(written: Written) -> Page:
    return Page(written.strokes, written.texts, written.touching)


def _as_picture(written: Written, place: int) -> Page:
    return Page(png(strings.page_of(written.strokes, PENS[place % len(PENS)])), written.texts, written.touching)


def register_pages(file: Path) -> Iterator[Page]:
    """The integers of the held-out pages, as they were cut from the registers."""
    for crop in scans.lectaurep_crops(file):
        if crop.held_out and crop.label.isdigit():
            yield Page(crop.picture, (crop.label,))


# --- figures ----------------------------------------------------------------------------------------------------------


def measure(check: NumberSet, model: Model) -> Figure:
    """Read every page and compare, as in NumbersFigureSchema."""
    reads = []
    for page in tqdm(check.pages, check.name, check.count, unit="page", mininterval=5):
        started = time.perf_counter()
        reads.append(
            (
                page,
                read_numbers(groups_of(page.content), model.read, model.read_line, model.numbers),
                time.perf_counter() - started,
            )
        )
    right = np.array([_texts(reading) == page.texts for page, reading, _ in reads])
    touching = np.array([page.touching for page, *_ in reads])
    accepted = np.array([reading.status == "accepted" for _, reading, _ in reads])
    wrong_digits = sum(edit_distance(" ".join(page.texts), " ".join(_texts(reading))) for page, reading, _ in reads)
    digits = sum(len("".join(page.texts)) for page, *_ in reads)
    return {
        "data": check.name,
        "pages": len(reads),
        "right_percent": _percent(right),
        "right_percent_touching": _percent(right[touching]) if touching.any() else None,
        "digit_error_percent": round(100 * wrong_digits / digits, 2),
        "accepted_percent": _percent(accepted),
        "accepted_wrong_percent": _percent(~right[accepted]) if accepted.any() else 0.0,
        "calibration_error_percent": _calibration_error(reads),
        "milliseconds": round(1000 * float(np.median([seconds for *_, seconds in reads])), 1),
    }


def _calibration_error(reads: Sequence[tuple[Page, PageReading, float]]) -> float | None:
    """The mean gap between confidence and accuracy, of pages with one number that was found; None if there are none."""
    alone = [(page, *reading.numbers) for page, reading, _ in reads if len(page.texts) == len(reading.numbers) == 1]
    if not alone:
        return None
    confidence = np.array([number.confidence for _, number in alone])
    right = np.array([number.text == page.texts[0] for page, number in alone])
    return round(100 * calibrate.expected_calibration_error(confidence, right), 2)


def groups_of(content: bytes | Strokes) -> list[Group]:
    """What may be numbers."""
    if isinstance(content, bytes):
        return preprocess.find_numbers(preprocess.decode(content))
    return preprocess.find_numbers_in_strokes(content)


def _texts(reading: PageReading) -> tuple[str, ...]:
    return tuple(number.text for number in reading.numbers)


def _percent(chosen: Any) -> float:
    return round(100 * float(np.mean(chosen)), 2)


def edit_distance(one: str, other: str) -> int:
    """The fewest insertions, deletions and replacements between two texts (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        last, row[0] = row[0], at
        for place, there in enumerate(other, 1):
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, last + (letter != there))
    return row[-1]


def numbers_table(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """The figures as text: a header and a row for each set."""
    header = ("numbers", "pages", "right", "touching digits", "digit errors", "accepted", "wrong of these", "ECE", "ms")
    return [
        header,
        *(
            (
                f["data"],
                f"{f['pages']:,}",
                f"{f['right_percent']:.1f} %",
                "" if f["right_percent_touching"] is None else f"{f['right_percent_touching']:.1f} %",
                f"{f['digit_error_percent']:.1f} %",
                f"{f['accepted_percent']:.0f} %",
                f"{f['accepted_wrong_percent']:.1f} %",
                "" if f.get("calibration_error_percent") is None else f"{f['calibration_error_percent']:.1f} %",
                f"{f['milliseconds']:.0f}",
            )
            for f in figures
        ),
    ]
