"""`digits read`: files, folders and patterns in; a table, JSON lines or CSV out."""

from __future__ import annotations

import csv
import glob
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from digits import client, preprocess
from digits.errors import DigitsError
from digits.model import recognizer
from digits.model.recognizer import Reading, Recognizer

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif"}
)
STANDARD_INPUT = "-"
MANY = 20  # files from which on a progress bar is shown

COLUMNS = ("file", "digit", "confidence", "not_a_digit", "several_digits", "status", "reason", "error")  # of a CSV

EVERY_DIGIT, FAILED, NO_DIGIT = 0, 1, 3  # exit statuses; 2 is argparse's own


@dataclass(frozen=True)
class Read:
    """The result for one file: a reading or an error."""

    file: str
    reading: Reading | None
    error: str | None


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
    return lambda picture: recognizer.read(recognize, preprocess.prepare(picture).square)


def read_all(names: list[str], read: client.Reader) -> Iterator[Read]:
    """Read each file. A file that fails does not stop the others."""
    for name in tqdm(names, unit="picture", disable=None if len(names) >= MANY else True, leave=False):
        try:
            picture = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
            yield Read(name, read(picture), None)
        except DigitsError as error:
            yield Read(name, None, str(error))
        except OSError as error:
            yield Read(name, None, f"{error.strerror or error}.")


def status(reads: Iterable[Read]) -> int:
    """The exit status for the worst result."""
    worst = EVERY_DIGIT
    for one in reads:
        if one.reading is None:
            return FAILED
        if one.reading.digit is None:
            worst = NO_DIGIT
    return worst


# --- output -----------------------------------------------------------------------------------------------------------


def write_json(reads: Iterable[Read], to: TextIO) -> list[Read]:
    """Write a line of JSON for each file: `file` and the reading, or `file` and `error`."""
    written = []
    for one in reads:
        members = asdict(one.reading) if one.reading else {"error": one.error}
        print(json.dumps({"file": one.file} | members, ensure_ascii=False), file=to, flush=True)
        written.append(one)
    return written


def write_csv(reads: Iterable[Read], to: TextIO) -> list[Read]:
    """Write a header and a line for each file (RFC 4180)."""
    table = csv.writer(to)
    table.writerow(COLUMNS)
    written = []
    for one in reads:
        reading = asdict(one.reading) if one.reading else {}
        table.writerow([({"file": one.file, "error": one.error} | reading).get(column) for column in COLUMNS])
        written.append(one)
    return written


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


def _words(reading: Reading) -> str:
    if reading.digit is None:
        return f"-  no digit: {(reading.reason or '').replace('_', ' ')}"
    doubt = "" if reading.status == "accepted" else "  uncertain"
    return f"{reading.digit}  {percent(reading.confidence or 0.0):>6}{doubt}"


def percent(confidence: float) -> str:
    """As on the page: one decimal, and never 100 %, because nothing is certain."""
    return f"{min(confidence, 0.999):.1%}"
