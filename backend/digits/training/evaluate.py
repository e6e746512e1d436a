"""How well pictures are read by the very code that serves: picture bytes in, reading out."""

from __future__ import annotations

import csv
import io
import json
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from digits import images, recognizer
from digits.recognizer import Reading, Recognizer
from digits.training import strokes
from digits.training.calibrate import expected_calibration_error
from digits.training.data import Digits, load_mnist

CHECK_PENS = 0.04, 0.09, 0.16  # in lengths of the digit

Reader = Callable[[bytes], Reading]
Labelled = tuple[bytes, int]  # a picture's file and the digit in it


@dataclass(frozen=True)
class CheckSet:
    """Pictures that nothing was trained on."""

    name: str
    pictures: Iterable[Labelled]
    count: int


# --- what is read -----------------------------------------------------------------------------------------------------


def check_sets(folder: Path | None, first: int | None = None) -> Iterator[CheckSet]:
    """MNIST's test images, and what else the data folder holds; of each at most the `first` pictures."""
    test = load_mnist(folder).test[:first]
    yield CheckSet("MNIST test, 280 px, pixels repeated", _drawn(test, Image.Resampling.NEAREST), len(test))
    yield CheckSet("MNIST test, 280 px, bicubic", _drawn(test, Image.Resampling.BICUBIC), len(test))
    if folder is None:
        return
    for name, file in (("optdigits, scans of 32 px", "optdigits_orig.npz"), ("hwd1000", "hwd1000.npz")):
        if (folder / file).exists():
            with np.load(folder / file) as arrays:
                digits = Digits(arrays["images"].astype(np.uint8), arrays["labels"])[:first]
            yield CheckSet(name, _drawn(digits, Image.Resampling.NEAREST, enlarged=1), len(digits))
    if (pad := folder / "numberpad.strokes.json.gz").exists():
        written = strokes.load_written(pad)[:first]
        yield CheckSet("numberpad, drawn with three pens", _penned(written), len(written) * len(CHECK_PENS))
    for name in ("photos", "drawn"):
        if (folder / f"{name}.csv").exists():
            with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file_list:
                rows = list(csv.DictReader(file_list))[:first]
            yield CheckSet(name, [((folder / row["file"]).read_bytes(), int(row["label"])) for row in rows], len(rows))


def _drawn(digits: Digits, resampling: Image.Resampling, enlarged: int = 10) -> Iterator[Labelled]:
    height, width = digits.pictures.shape[1:]
    for picture, label in zip(digits.pictures, digits.labels, strict=True):
        yield _png(Image.fromarray(picture).resize((width * enlarged, height * enlarged), resampling)), int(label)


def _penned(written: list[strokes.Written]) -> Iterator[Labelled]:
    for pen in CHECK_PENS:
        for one in written:
            yield _png(Image.fromarray(255 - strokes.draw(one.strokes, pen))), int(one.label)


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


# --- by whom ----------------------------------------------------------------------------------------------------------


def local_reader(model: Recognizer) -> Reader:
    """Reads in this process."""
    return lambda picture: recognizer.read(model, images.prepare(picture).square)


def remote_reader(url: str) -> Reader:
    """Asks a running server, such as http://127.0.0.1:8000."""
    address = f"{url.rstrip('/')}/api/v1/digits"
    headers = {"Content-Type": "application/octet-stream"}

    def read(picture: bytes) -> Reading:
        with urllib.request.urlopen(urllib.request.Request(address, picture, headers), timeout=60) as response:
            answer = json.load(response)
        probabilities = answer["probabilities"]
        return Reading(
            answer["status"],
            answer["reason"],
            answer["digit"],
            answer["confidence"],
            None if probabilities is None else tuple(probabilities),
        )

    return read


# --- how well ---------------------------------------------------------------------------------------------------------


def evaluate(check: CheckSet, read: Reader) -> dict[str, Any]:
    """One figure as FigureSchema has it; a digit that is not read counts as an error."""
    labels, readings, seconds = [], [], []
    for picture, label in tqdm(check.pictures, check.name, check.count, unit="picture", mininterval=5):
        started = time.perf_counter()
        readings.append(read(picture))
        seconds.append(time.perf_counter() - started)
        labels.append(label)
    return figure(check.name, np.array(labels), readings, np.array(seconds))


def figure(name: str, labels: NDArray[Any], readings: list[Reading], seconds: NDArray[Any]) -> dict[str, Any]:
    """What is told of a set: (n,) labels, their readings and how long each took."""
    correct = np.array([reading.digit == label for reading, label in zip(readings, labels, strict=True)])
    confidence = np.array([reading.confidence or 0.0 for reading in readings])
    statuses = [reading.status for reading in readings]
    return {
        "data": name,
        "pictures": len(readings),
        "errors": int((~correct).sum()),
        "error_percent": round(100 * float((~correct).mean()), 3),
        "rejected": statuses.count("rejected"),
        "uncertain": statuses.count("uncertain"),
        "expected_calibration_error": round(expected_calibration_error(confidence, correct), 5),
        "milliseconds": round(1000 * float(np.median(seconds)), 2),
    }


def table(figures: list[dict[str, Any]]) -> str:
    """The figures for a person."""
    heads = ("data", "pictures", "errors", "error %", "rejected", "uncertain", "ECE %", "ms")
    rows = [
        (
            f["data"],
            f"{f['pictures']:,}",
            str(f["errors"]),
            f"{f['error_percent']:.2f}",
            str(f["rejected"]),
            str(f["uncertain"]),
            f"{100 * f['expected_calibration_error']:.2f}",
            f"{f['milliseconds']:.2f}",
        )
        for f in figures
    ]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    return "\n".join(
        " | ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (heads, *rows)
    )
