"""The figures as a page that a person can open: Markdown, with pictures of what was confused and what was hard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from matplotlib.figure import Figure as Plot
from numpy.typing import NDArray

from digits import images
from digits.card import Card
from digits.training import evaluate
from digits.training.calibrate import reliability
from digits.training.evaluate import Measured, Read

Bytes8 = NDArray[np.uint8]

ENOUGH = 1_000  # pictures from which on a reliability diagram means something
MISTAKES, HARD = 40, 24  # pictures shown
ACROSS = 8  # of them in a row
TILE = 112  # pixels of a shown picture, and of the square beside it
NONE = 10  # the column of what was refused

TITLE = """\
# How well it reads

The figures of model {name} {version} (SHA-256 {sha256:.12}...), measured by `make evaluate DATA=folder RELEASE=1` on
the very code that serves: a picture's bytes in, a reading out. Nothing was trained on any of these pictures. UNIPEN's
held-out writers also served to choose by, in other drawings; no other set chose anything.

- *read wrongly*: as another digit, or refused;
- *uncertain*: a digit was given with the advice not to rely on it;
- *ECE*: expected calibration error over 15 bins, the mean distance between confidence and accuracy;
- *ms*: median milliseconds for one picture, decoding included, on one core of the machine that measured.
"""

MARKED = """\
What a person marked is not known to be right, nor to be new to the model: it may have been trained on with `--marked`.
"""


def write(
    folder: Path,
    card: Card,
    digits: Sequence[Measured],
    others: Sequence[Measured],
) -> None:
    """Put README.md and its pictures into the folder; the tables are those of the card."""
    folder.mkdir(parents=True, exist_ok=True)
    pictured = [one for one in digits if one.check.shown]
    mistakes = list(_mistakes(pictured))
    _confusion(digits).savefig(folder / "confusion.png", dpi=110)
    _reliability(digits).savefig(folder / "reliability.png", dpi=110)
    _save(folder / "mistakes.png", _sheet(mistakes))
    _save(folder / "hard.png", _sheet(_hard(pictured)))
    _save(folder / "accepted.png", _sheet(_taken_for_digits(others)))
    (folder / "README.md").write_text(
        _page(card, len(mistakes), any(one.check.marked for one in (*digits, *others))), "utf-8"
    )


def _page(card: Card, mistakes: int, marked: bool) -> str:
    parts = [
        TITLE.format(**card),
        *([MARKED] if marked else []),
        evaluate.markdown(evaluate.digits_table(card["figures"])),
        "## What is not one digit",
        "Letters that look like digits, such as O, l, S, Z, B, b, q and g, are left out: nobody could tell.",
        evaluate.markdown(evaluate.refusals_table(card["refusals"])),
        "## Which digits are confused",
        "All sets of digits together. The last column is what was refused.",
        "![A table of what each digit was read as](confusion.png)",
        "## Whether the confidence is true",
        "Each point is a fifteenth of the range of confidence: how sure the reader was, and how often it was right.",
        "![Accuracy against confidence, near the diagonal](reliability.png)",
        "## The worst mistakes",
        f"The {mistakes} mistakes with the highest confidence: each picture beside the square that the network saw, "
        "with what it is and what it was read as. Pictures of `photos` and `drawn` are not shown: not all of their "
        "licences allow it.",
        "![Pairs of pictures and squares](mistakes.png)",
        "## Hard ones that were read rightly",
        "Read rightly and accepted, with the most doubt.",
        "![Pairs of pictures and squares](hard.png)",
        "## Letters and numbers taken for a digit",
        "![Pairs of pictures and squares](accepted.png)",
        *(_spoilt(card) if card["robustness"] else []),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _spoilt(card: Card) -> list[str]:
    return [
        "## Spoilt pictures",
        "The first of MNIST's test images under corruptions like those of MNIST-C (Mu and Gilmer 2019; the kinds are "
        "theirs, the strengths are not), with the preparation that every picture gets, and given to the network as "
        "they are.",
        evaluate.markdown(evaluate.robustness_table(card["robustness"])),
    ]


# --- plots ------------------------------------------------------------------------------------------------------------


def _confusion(measured: Iterable[Measured]) -> Plot:
    counts = confusion(read for one in measured for read in one.reads)
    plot = Plot(figsize=(6.2, 5.6), layout="constrained")
    axes = plot.add_subplot()
    shown = counts.astype(float)
    np.fill_diagonal(shown, 0)
    axes.imshow(shown, cmap="Oranges")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            axes.text(column, row, f"{count:,}", ha="center", va="center", fontsize=7)
    axes.set_xticks(range(11), [*map(str, range(10)), "none"])
    axes.set_yticks(range(10))
    axes.set_xlabel("read as")
    axes.set_ylabel("is")
    return plot


def confusion(reads: Iterable[Read]) -> NDArray[np.int64]:
    """(10, 11): how often a digit was read as each; the last column is what was refused."""
    counts = np.zeros((10, 11), np.int64)
    for one in reads:
        if one.label is not None:
            counts[one.label, NONE if one.reading.digit is None else one.reading.digit] += 1
    return counts


def _reliability(measured: Iterable[Measured]) -> Plot:
    plot = Plot(figsize=(6.2, 5.2), layout="constrained")
    axes = plot.add_subplot()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for one in measured:
        given = [(read.reading.confidence, read.reading.digit == read.label) for read in one.reads if _sureness(read)]
        if len(given) >= ENOUGH:
            confidence, correct = np.array(given).T
            bins = reliability(confidence, correct > 0)
            axes.plot([each.confidence for each in bins], [each.accuracy for each in bins], ".-", label=one.check.name)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share read rightly")
    if axes.lines[1:]:
        axes.legend(fontsize=7)
    return plot


# --- pictures ---------------------------------------------------------------------------------------------------------


def _mistakes(measured: Iterable[Measured]) -> list[Read]:
    """The surest first."""
    wrong = [read for one in measured for read in one.reads if read.reading.digit not in (None, read.label)]
    return sorted(wrong, key=_doubt)[:MISTAKES]


def _hard(measured: Iterable[Measured]) -> list[Read]:
    """Of every set some, the most doubtful first."""
    sets = [
        sorted((read for read in one.reads if _stands(read)), key=_doubt, reverse=True)[: HARD // 3] for one in measured
    ]
    return sorted((read for one in sets for read in one), key=_doubt, reverse=True)[:HARD]


def _taken_for_digits(measured: Iterable[Measured]) -> list[Read]:
    taken = [read for one in measured for read in one.reads if read.reading.status == "accepted"]
    return sorted(taken, key=_doubt)[:HARD]


def _stands(read: Read) -> bool:
    return read.reading.status == "accepted" and read.reading.digit == read.label


def _doubt(read: Read) -> float:
    return 1 - _sureness(read)


def _sureness(read: Read) -> float:
    return read.reading.confidence or 0.0


def _sheet(reads: Sequence[Read]) -> Bytes8:
    """Tiles in rows, on white."""
    tiles = [_tile(read) for read in reads]
    blank = np.full((TILE + 24, 2 * TILE + 12), 255, np.uint8)
    tiles += [blank] * (-len(tiles) % ACROSS or (ACROSS if not tiles else 0))
    return np.vstack([np.hstack(tiles[start : start + ACROSS]) for start in range(0, len(tiles), ACROSS)])


def _tile(read: Read) -> Bytes8:
    """The picture, the square and what they are: (TILE + 24, 2 TILE + 12)."""
    tile = np.full((TILE + 24, 2 * TILE + 12), 255, np.uint8)
    page = images.decode(read.picture)
    square = images.normalize(page).square
    tile[:TILE, :TILE] = _fitted(page.grey)
    tile[:TILE, TILE + 4 : 2 * TILE + 4] = _fitted(np.zeros((28, 28), np.uint8) if square is None else square)
    told = f"{'-' if read.label is None else read.label} read as {read.reading.digit} ({100 * _sureness(read):.1f} %)"
    cv2.putText(tile, told, (2, TILE + 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, 0, 1, cv2.LINE_AA)
    return tile


def _fitted(picture: Bytes8) -> Bytes8:
    """Into TILE x TILE, aspect kept."""
    height, width = picture.shape
    factor = TILE / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    fitted = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_NEAREST)
    tile = np.full((TILE, TILE), 235, np.uint8)
    top, left = (TILE - size[1]) // 2, (TILE - size[0]) // 2
    tile[top : top + size[1], left : left + size[0]] = fitted
    return tile


def _save(file: Path, sheet: Bytes8) -> None:
    reduced = sheet // 17 * 17  # sixteen greys: a third of the bytes
    cv2.imwrite(str(file), reduced, [cv2.IMWRITE_PNG_COMPRESSION, 9])
