"""Scanned digits of several collections, cut from their paper by the server's own preprocessing."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from digits import preprocess
from digits.training.data import NOT_A_DIGIT, Bytes8, LabelledImages
from digits.training.data.negatives import centred

KENSANATA_VALIDATION = ("0013_CH3M", "0017_CH4M")  # one easy and one hard writer
BHMSDS_SIGNS = ("dot", "minus", "plus", "w", "x")  # a slash may be a 1, a z a 2, a y a 4 or 9
BHMSDS_EACH = 150  # of each label for validation, the last ones; its writers are not known
LECTAUREP_VALIDATION = 8  # every eighth page


@dataclass(frozen=True)
class Scan:
    """A digit or sign found on a scan."""

    ink: Bytes8  # (56, 56), bright on black, 40 pixels long
    square: Bytes8  # (SIDE, SIDE), what the server makes of the scan
    label: int
    held_out: bool
    writer: str = ""  # empty where it is not known


def as_ink(scans: Sequence[Scan]) -> LabelledImages:
    """(n, 56, 56), to be augmented."""
    return LabelledImages(np.stack([one.ink for one in scans]), np.array([one.label for one in scans], np.int64))


def as_served(scans: Sequence[Scan]) -> LabelledImages:
    """(n, SIDE, SIDE), to measure by."""
    return LabelledImages(np.stack([one.square for one in scans]), np.array([one.label for one in scans], np.int64))


def load_kensanata(file: Path) -> list[Scan]:
    """Ball-pen digits on forms by 14 Swiss writers; two of them are for validation."""
    with zipfile.ZipFile(file) as archive:
        found = (_kensanata(archive, name) for name in archive.namelist() if name.endswith(".jpg"))
        return [scan for scan in found if scan]


def _kensanata(archive: zipfile.ZipFile, name: str) -> Scan | None:
    writer, digit, _ = name.split("/")[-3:]
    scan = _scan(preprocess.decode(archive.read(name)).grey, int(digit), writer in KENSANATA_VALIDATION)
    return scan and replace(scan, writer=writer)


def load_bhmsds(file: Path) -> list[Scan]:
    """Digits, and signs that look like none, cut from photographed sheets."""
    with np.load(file) as arrays:
        pictures, labels = arrays["images"], arrays["labels"].tolist()
    return list(_bhmsds(pictures, labels))


def _bhmsds(pictures: Bytes8, labels: Sequence[str]) -> Iterator[Scan]:
    left = {label: labels.count(label) for label in set(labels)}
    for picture, label in zip(pictures, labels, strict=True):
        left[label] -= 1
        if label.isdigit() or label in BHMSDS_SIGNS:
            scan = _scan(picture, int(label) if label.isdigit() else NOT_A_DIGIT, left[label] < BHMSDS_EACH)
            if scan:
                yield scan


def load_lectaurep(file: Path) -> list[Scan]:
    """Single digits of notarial registers, without the ruling and ink around them; every eighth page is held out."""
    found = (
        _scan(preprocess.decode(one.picture).grey, int(one.label), one.held_out, alone=True)
        for one in lectaurep_crops(file)
        if one.label in set("0123456789")
    )
    return [scan for scan in found if scan]


@dataclass(frozen=True)
class Crop:
    """A number cut from a register."""

    picture: bytes  # JPEG
    label: str
    held_out: bool


def lectaurep_crops(file: Path) -> Iterator[Crop]:
    """All numbers, those of every eighth page held out."""
    with zipfile.ZipFile(file) as archive:
        rows = list(csv.DictReader(io.TextIOWrapper(archive.open("index.csv"), encoding="utf-8")))
        held_out = set(sorted({row["page"] for row in rows})[::LECTAUREP_VALIDATION])
        for row in rows:
            yield Crop(archive.read(row["file"]), row["label"], row["page"] in held_out)


def _scan(grey: Bytes8, label: int, held_out: bool, alone: bool = False) -> Scan | None:
    """A scan with what is found on it, or, `alone`, with its main component only; None where nothing is found."""
    ink = preprocess.find_ink(grey)
    density = None if ink is None else np.rint(255 * ink.density).astype(np.uint8)
    if density is not None and alone:
        density = _main_component(density)
    if density is None:
        return None
    return Scan(
        centred(density), preprocess.make_square((density / np.float32(255)).astype(np.float32)), label, held_out
    )


def _main_component(density: Bytes8) -> Bytes8 | None:
    """The component that is most likely the digit, with ink very close to it; None when there is no such component.

    Long thin components are ruling.
    """
    count, components, stats, _ = cv2.connectedComponentsWithStats((density > 60).astype(np.uint8), connectivity=8)
    width = stats[1:, cv2.CC_STAT_WIDTH]
    height = stats[1:, cv2.CC_STAT_HEIGHT]
    thin = np.minimum(width, height) < 0.12 * np.maximum(width, height)
    areas = np.where(thin & (np.maximum(width, height) > 0.7 * max(density.shape)), 0, stats[1:, cv2.CC_STAT_AREA])
    if count < 2 or areas.max() < 20:
        return None
    main = int(areas.argmax()) + 1
    x, y, w, h = stats[main, :4].tolist()
    grown = cv2.dilate((components == main).astype(np.uint8), np.ones((5, 5), np.uint8))
    return np.asarray((density * grown)[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1], np.uint8)
