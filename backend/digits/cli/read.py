"""`digits read`: files, folders and patterns in; a table, JSON lines or CSV out."""

from __future__ import annotations

import csv
import glob
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

from tqdm import tqdm

from digits import client, preprocess
from digits.errors import DigitsError
from digits.model import recognizer
from digits.model.numbers import PageReading, read_numbers
from digits.model.recognizer import Model, Reading, Recognizer

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif"}
)
STANDARD_INPUT = "-"
MANY = 20  # files from which on a progress bar is shown, and several are read together
TOGETHER = 16  # files
MOST_THREADS = 8  # each may hold a large picture

NUMBER_COLUMNS = ("file", "numbers", "confidences", "status", "reason", "error")
COLUMNS = ("file", "digit", "confidence", "not_a_digit", "several_digits", "status", "reason", "error")  # of a CSV

DIGIT_MEMBERS = ("digit", "confidence", "probabilities", "box")  # of a number's digit in JSON

EVERY_DIGIT, FAILED, NO_DIGIT = 0, 1, 3  # exit statuses; 2 is argparse's own


@dataclass(frozen=True)
class Read:
    """The result for one file: a reading of one digit or of all numbers, or an error."""

    file: str
    reading: Reading | PageReading | None
    error: str | None


FilesReader = Callable[[list[str]], list[Read]]  # names -> a result for each of them
Result = TypeVar("Result")


def files(paths: Iterable[str]) -> Iterator[str]:
    """Expand folders and patterns to files, each in alphabetical order."""
    for one in paths:
        path = Path(one)
        if one == STANDARD_INPUT or path.is_file():
            yield one
        elif path.is_dir():
            yield from sorted(str(file) for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
        elif found := sorted(glob.glob(one, recursive=True)):  # noqa: PTH207 (relative or not)
            yield from found
        else:
            yield one  # reading it will report that it does not exist


def local_reader(recognize: Recognizer) -> client.Reader:
    """A reader in this process."""
    return lambda picture: recognizer.read(recognize, preprocess.prepare(picture))


def local_number_reader(model: Model) -> client.NumberReader:
    """A reader of numbers in this process."""
    return lambda picture: read_numbers(
        preprocess.find_numbers(preprocess.decode(picture)), model.read, model.read_line, model.numbers
    )


def one_by_one(read: client.Reader | client.NumberReader) -> FilesReader:
    """A reader of files from one of single pictures."""
    attempt: Callable[[bytes], Reading | PageReading] = read
    return lambda names: [Read(name, *_attempted(name, attempt)) for name in names]


def together(recognize: Recognizer) -> FilesReader:
    """A reader of files in this process. The network takes half as long for each of several squares as for one."""

    def read(names: list[str]) -> list[Read]:
        found = [_attempted(name, preprocess.prepare) for name in names]
        readings = iter(recognizer.read_all(recognize, [page for page, _ in found if page]))
        return [
            Read(name, next(readings) if page else None, error)
            for name, (page, error) in zip(names, found, strict=True)
        ]

    return read


def read_all(names: list[str], read: FilesReader, threads: int = 1) -> Iterator[Read]:
    """Read the files, in the same order. A file that fails does not stop the others."""
    size = TOGETHER if threads > 1 else 1
    chunks = [names[start : start + size] for start in range(0, len(names), size)]
    with (
        tqdm(total=len(names), unit="picture", disable=None if len(names) >= MANY else True, leave=False) as bar,
        _mapped(read, chunks, threads) as results,
    ):
        for found in results:
            yield from found
            bar.update(len(found))


def threads_for(names: list[str]) -> int:
    """How many threads should read these files in this process.

    Decoders, OpenCV and TensorFlow release Python's lock. Standard input is read by the main thread, which can be
    interrupted.
    """
    if len(names) < MANY or STANDARD_INPUT in names:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_THREADS)


@contextmanager
def _mapped(read: FilesReader, chunks: list[list[str]], threads: int) -> Iterator[Iterator[list[Read]]]:
    if threads == 1:
        yield map(read, chunks)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        yield pool.map(read, chunks)
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl+C, or when the output is closed


def _attempted(name: str, read: Callable[[bytes], Result]) -> tuple[Result | None, str | None]:
    """What a function makes of the file, or why it failed."""
    try:
        return read(sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()), None
    except DigitsError as error:
        return None, str(error)
    except OSError as error:
        return None, f"{error.strerror or error}."


def status(reads: Iterable[Read]) -> int:
    """The exit status for the worst result."""
    worst = EVERY_DIGIT
    for one in reads:
        if one.reading is None:
            return FAILED
        if one.reading.status == "rejected":
            worst = NO_DIGIT
    return worst


# --- output -----------------------------------------------------------------------------------------------------------


def write_json(reads: Iterable[Read], to: TextIO) -> list[Read]:
    """Write a line of JSON for each file: `file` and the reading, or `file` and `error`."""
    written = []
    for one in reads:
        members = _members(one.reading) if one.reading else {"error": one.error}
        print(json.dumps({"file": one.file} | members, ensure_ascii=False), file=to, flush=True)
        written.append(one)
    return written


def _members(reading: Reading | PageReading) -> dict[str, Any]:
    """The reading as the API returns it."""
    if isinstance(reading, Reading):
        return asdict(reading)
    numbers = []
    for number in reading.numbers:
        digits = [{name: value for name, value in vars(one).items() if name in DIGIT_MEMBERS} for one in number.digits]
        numbers.append(vars(number) | {"digits": digits})
    return vars(reading) | {"numbers": numbers}


def write_csv(reads: Iterable[Read], to: TextIO, numbers: bool = False) -> list[Read]:
    """Write a header and a line for each file (RFC 4180). Several numbers of a file are separated by spaces."""
    table = csv.writer(to)
    columns = NUMBER_COLUMNS if numbers else COLUMNS
    table.writerow(columns)
    written = []
    for one in reads:
        cells = {"file": one.file, "error": one.error} | (_cells(one.reading) if one.reading else {})
        table.writerow([cells.get(column) for column in columns])
        written.append(one)
    return written


def _cells(reading: Reading | PageReading) -> dict[str, Any]:
    if isinstance(reading, Reading):
        return asdict(reading)
    texts, confidences = ([getattr(one, name) for one in reading.numbers] for name in ("text", "confidence"))
    joined = {"numbers": " ".join(texts), "confidences": " ".join(map(str, confidences))}
    return joined | {"status": reading.status, "reason": reading.reason}


def write_table(reads: Iterable[Read], to: TextIO) -> list[Read]:
    """Write an aligned table when all files are read. Errors go to standard error."""
    written = list(reads)
    width = max((len(one.file) for one in written if one.reading), default=0)
    for one in written:
        if one.reading:
            print(f"{one.file:{width}}  {_words(one.reading)}", file=to)
        else:
            print(f"{one.file}: {one.error}", file=sys.stderr)
    return written


def _words(reading: Reading | PageReading) -> str:
    if isinstance(reading, PageReading):
        return _words_for_numbers(reading)
    if reading.digit is None:
        return f"-  no digit: {(reading.reason or '').replace('_', ' ')}"
    doubt = "" if reading.status == "accepted" else "  uncertain"
    return f"{reading.digit}  {percent(reading.confidence or 0.0):>6}{doubt}"


def _words_for_numbers(reading: PageReading) -> str:
    if not reading.numbers:
        return f"-  no number: {(reading.reason or '').replace('_', ' ')}"
    return "  ".join(
        f"{one.text} {percent(one.confidence)}{'' if one.status == 'accepted' else ' uncertain'}"
        for one in reading.numbers
    )


def percent(confidence: float) -> str:
    """As on the page: one decimal, and never 100 %, because nothing is certain."""
    return f"{min(confidence, 0.999):.1%}"
