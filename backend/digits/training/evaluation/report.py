"""The report: the figures in Markdown, with pictures of the worst mistakes and the hardest correct readings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from matplotlib.figure import Figure as Plot
from numpy.typing import NDArray

from digits import preprocess
from digits.geometry import SIDE
from digits.model.store import Card
from digits.training.calibrate import reliability
from digits.training.data import Bytes8
from digits.training.evaluation import measure, numbers
from digits.training.evaluation.measure import Measured, Read

ENOUGH = 1_000  # pictures that a reliability diagram needs
MISTAKES, HARD = 40, 24  # pictures shown
ACROSS = 8  # of them in a row
TILE = 112  # pixels of a shown picture, and of the square beside it
NONE = 10  # the column of rejected digits

TITLE = """\
# Evaluation

The figures of model {name} {version} (SHA-256 {sha256:.12}...), measured by `make evaluate DATA=folder RELEASE=1`
through the code that serves: picture bytes in, reading out. The model was trained on none of these pictures. What
its card lists under `chosen_on`, such as UNIPEN's held-out writers, also served as validation sets, so thresholds and
epochs were chosen on them; nothing was chosen on any other set.

- *errors*: read as another digit, or rejected;
- *uncertain*: a digit was given with the advice not to rely on it;
- *ECE*: expected calibration error over 15 bins, the mean distance between confidence and accuracy;
- *ms*: median milliseconds for one picture, decoding included, on one core of the machine that measured.
"""

CORRECTIONS = """\
Nobody has checked the labels of corrections, and the model may have been trained on them with `--corrections`.
"""


#: The figures of a document stand between these lines.
BEGIN, END = "<!-- figures: written by make evaluate RELEASE=1 -->\n", "<!-- end of figures -->\n"


def renew_figures(document: Path, card: Card) -> None:
    """Replace the tables between BEGIN and END in a document by those of the card."""
    before, _, rest = document.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    document.write_text(f"{before}{BEGIN}{tables(card)}{END}{after}", "utf-8")


def tables(card: Card) -> str:
    """The tables of digits and of what is not one digit, in Markdown."""
    found = [measure.digits_table(card["figures"]), measure.refusals_table(card["refusals"])]
    if card.get("numbers"):
        found.append(numbers.numbers_table(card["numbers"]))
    return "\n" + "".join(f"{measure.markdown(table)}\n\n" for table in found)


def write(
    folder: Path,
    card: Card,
    digits: Sequence[Measured],
    others: Sequence[Measured],
) -> None:
    """Write README.md and its pictures to the folder. The tables show the card's figures."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = [one for one in digits if one.check.shown]
    mistakes = list(_mistakes(shown))
    _confusion(digits).savefig(folder / "confusion.png", dpi=110)
    _reliability(digits).savefig(folder / "reliability.png", dpi=110)
    _save(folder / "mistakes.png", _sheet(mistakes))
    _save(folder / "hard.png", _sheet(_hard(shown)))
    _save(folder / "accepted.png", _sheet(_accepted(others)))
    corrections = any(one.check.corrections for one in (*digits, *others))
    (folder / "README.md").write_text(_page(card, len(mistakes), corrections, folder), "utf-8")


def _page(card: Card, mistakes: int, corrections: bool, folder: Path) -> str:
    parts = [
        TITLE.format(**card),
        *([CORRECTIONS] if corrections else []),
        measure.markdown(measure.digits_table(card["figures"])),
        *_seeds(card, measured_beside(folder, "seeds")),
        "## Pictures that are not one digit",
        "Letters that look like digits, such as O, l, S, Z, B, b, q and g, are left out: people could not tell either.",
        measure.markdown(measure.refusals_table(card["refusals"])),
        "## Confusions",
        "All sets of digits together. The last column counts rejected digits.",
        "![A table: the digit against the reading](confusion.png)",
        "## Calibration",
        "Each point is one of 15 ranges of confidence: mean confidence against the share of correct readings.",
        "![Accuracy against confidence](reliability.png)",
        *_misses(folder),
        "## The worst mistakes",
        f"The {mistakes} mistakes with the highest confidence: each picture beside the network's input, with its label "
        "and its reading. Pictures of `photos` and `drawn` are not shown, because not all of their licences allow it.",
        "![Pairs of pictures and squares](mistakes.png)",
        "## Hard digits",
        "Correct and accepted, with the lowest confidence.",
        "![Pairs of pictures and squares](hard.png)",
        "## Letters and numbers accepted as a digit",
        "![Pairs of pictures and squares](accepted.png)",
        *(_corrupted(card) if card["robustness"] else []),
        *(_numbers(card, measured_beside(folder, "peer")) if card.get("numbers") else []),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _corrupted(card: Card) -> list[str]:
    return [
        "## Corrupted pictures",
        "MNIST's first test images under corruptions like those of MNIST-C (Mu and Gilmer 2019; their kinds, our "
        "strengths), with the preprocessing that every picture gets, and without it.",
        measure.markdown(measure.robustness_table(card["robustness"])),
    ]


def _numbers(card: Card, peer: Mapping[str, Any]) -> list[str]:
    return [
        "## Numbers",
        "A page is right if every number on it is read correctly. Composed numbers have digits of one writer each; "
        "in a fifth of them, neighbouring digits touch or overlap.",
        measure.markdown(numbers.numbers_table(card["numbers"])),
        *(_beside_peer(card["numbers"], peer) if peer else []),
    ]


def _misses(folder: Path) -> list[str]:
    """Where the model falls short and why, written by hand beside the report."""
    file = folder / "misses.md"
    return ["## Where it falls short", file.read_text("utf-8")] if file.exists() else []


def measured_beside(folder: Path, name: str) -> Mapping[str, Any]:
    """What `benchmarks/peer.py` or `benchmarks/seeds.py` wrote beside the report; empty if it was not run."""
    file = folder / f"{name}.json"
    return dict(json.loads(file.read_text("utf-8"))) if file.exists() else {}


def _seeds(card: Card, errors: Mapping[str, Sequence[int]]) -> list[str]:
    """Mean and range of the errors of models that were trained with different seeds."""
    rows = []
    for one in card["figures"]:
        if of_set := errors.get(one["data"]):
            mean = sum(of_set) / len(of_set)
            share = f"{mean:.1f} ({100 * mean / one['pictures']:.2f} %)"
            rows.append((one["data"], f"{one['pictures']:,}", share, f"{min(of_set)} to {max(of_set)}"))
    if not rows:
        return []
    count = max(len(of_set) for of_set in errors.values())
    return [
        f"The same recipe with {count} seeds of the two served networks; teachers and training squares are the same. "
        "The released model has the first seed (`python -m benchmarks.seeds`):",
        measure.markdown([("pictures of one digit", "n", "mean errors", "range"), *rows]),
    ]


def _beside_peer(figures: Sequence[numbers.Figure], measured: Mapping[str, Any]) -> list[str]:
    """The same pages, read by another program."""
    peer = {name: f"{figure['right_percent']:.1f} %" for name, figure in measured["sets"].items()}
    rows = [
        (one["data"], f"{one['pages']:,}", f"{one['right_percent']:.1f} %", peer[one["data"]])
        for one in figures
        if one["data"] in peer
    ]
    return [
        f"The same pages, read by {measured['peer']} (`python -m benchmarks.peer`). Only the digits in its texts are "
        "compared:",
        measure.markdown([("numbers", "pages", "Digits, right", "peer, right"), *rows]),
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
    axes.set_xlabel("reading")
    axes.set_ylabel("label")
    return plot


def confusion(reads: Iterable[Read]) -> NDArray[np.int64]:
    """(10, 11) counts: label against reading; the last column counts rejected digits."""
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
        given = [(read.reading.confidence, read.reading.digit == read.label) for read in one.reads if _confidence(read)]
        if len(given) >= ENOUGH:
            confidence, correct = np.array(given).T
            bins = reliability(confidence, correct > 0)
            axes.plot([each.confidence for each in bins], [each.accuracy for each in bins], ".-", label=one.check.name)
    axes.set_xlabel("confidence")
    axes.set_ylabel("accuracy")
    if axes.lines[1:]:
        axes.legend(fontsize=7)
    return plot


# --- pictures ---------------------------------------------------------------------------------------------------------


def _mistakes(measured: Iterable[Measured]) -> list[Read]:
    """The most confident first."""
    wrong = [read for one in measured for read in one.reads if read.reading.digit not in (None, read.label)]
    return sorted(wrong, key=_doubt)[:MISTAKES]


def _hard(measured: Iterable[Measured]) -> list[Read]:
    """Some of every set, the least confident first."""
    sets = [
        sorted((read for read in one.reads if _correct(read)), key=_doubt, reverse=True)[: HARD // 3]
        for one in measured
    ]
    return sorted((read for one in sets for read in one), key=_doubt, reverse=True)[:HARD]


def _accepted(measured: Iterable[Measured]) -> list[Read]:
    accepted = [read for one in measured for read in one.reads if read.reading.status == "accepted"]
    return sorted(accepted, key=_doubt)[:HARD]


def _correct(read: Read) -> bool:
    return read.reading.status == "accepted" and read.reading.digit == read.label


def _doubt(read: Read) -> float:
    return 1 - _confidence(read)


def _confidence(read: Read) -> float:
    return read.reading.confidence or 0.0


def _sheet(reads: Sequence[Read]) -> Bytes8:
    """Tiles in rows, on white."""
    tiles = [_tile(read) for read in reads]
    blank = np.full((TILE + 24, 2 * TILE + 12), 255, np.uint8)
    tiles += [blank] * (-len(tiles) % ACROSS or (ACROSS if not tiles else 0))
    return np.vstack([np.hstack(tiles[start : start + ACROSS]) for start in range(0, len(tiles), ACROSS)])


def _tile(read: Read) -> Bytes8:
    """Picture, square, label and reading: (TILE + 24, 2 TILE + 12)."""
    tile = np.full((TILE + 24, 2 * TILE + 12), 255, np.uint8)
    page = preprocess.decode(read.picture)
    square = preprocess.normalize(page).square
    tile[:TILE, :TILE] = _fitted(page.grey)
    tile[:TILE, TILE + 4 : 2 * TILE + 4] = _fitted(np.zeros((SIDE, SIDE), np.uint8) if square is None else square)
    caption = (
        f"{'-' if read.label is None else read.label} read as {read.reading.digit} ({100 * _confidence(read):.1f} %)"
    )
    cv2.putText(tile, caption, (2, TILE + 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, 0, 1, cv2.LINE_AA)
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
