"""Check sets, figures, report and corruptions."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import seeds
from digits import preprocess
from digits.model import recognizer as recognizers
from digits.model import store
from digits.training.evaluation import corruptions, measure, report, sets
from digits.training.evaluation.measure import Read
from tests.samples import DIGITS

ACCEPTED = recognizers.Reading("accepted", None, 1, 1.0, None, None, None)
UNCERTAIN = recognizers.Reading("uncertain", "low_confidence", 2, 0.5, None, None, None)
REJECTED = recognizers.Reading("rejected", "not_a_digit", None, None, None, None, None)
FILE = sets.png(DIGITS[0])


def reads(*labelled: tuple[int | None, recognizers.Reading]) -> list[Read]:
    return [Read(FILE, label, reading, 0.002) for label, reading in labelled]


def test_a_figure_counts_wrong_and_rejected_digits_as_errors() -> None:
    figure = measure.figure("four", reads((1, ACCEPTED), (2, UNCERTAIN), (3, ACCEPTED), (4, recognizers.BLANK)))
    assert figure["errors"] == 2
    assert figure["error_percent"] == 50
    assert (figure["rejected"], figure["uncertain"]) == (1, 1)
    assert figure["milliseconds"] == 2
    assert measure.aligned(measure.digits_table([figure])).splitlines()[1].startswith("| four ")


def test_only_accepting_a_negative_is_an_error() -> None:
    four = reads((None, ACCEPTED), (None, UNCERTAIN), (None, REJECTED), (None, recognizers.BLANK))
    figure = measure.refusal("four", four)
    assert (figure["accepted"], figure["uncertain"], figure["rejected"]) == (1, 1, 2)
    assert figure["accepted_percent"] == 25


def test_confusions_count_label_against_reading() -> None:
    counts = report.confusion(reads((1, ACCEPTED), (1, ACCEPTED), (3, ACCEPTED), (4, REJECTED), (None, ACCEPTED)))
    assert {place: int(counts[place]) for place in zip(*np.nonzero(counts), strict=True)} == {
        (1, 1): 2,
        (3, 1): 1,
        (4, report.NONE): 1,
    }


def test_the_report_contains_its_tables_and_pictures(tmp_path: Path, card: store.Card) -> None:
    digits = measure.Measured(sets.CheckSet("digits", [], 3), reads((1, ACCEPTED), (3, ACCEPTED), (4, REJECTED)))
    others = measure.Measured(sets.CheckSet("others", [], 1), reads((None, ACCEPTED)))
    report.write(tmp_path, card, [digits], [others])
    page = (tmp_path / "README.md").read_text("utf-8")
    for figure in (*card["figures"], *card["refusals"]):
        assert f"| {figure['data']} " in page
    named = re.findall(r"\]\((.+?)\)", page)
    assert len(named) >= 5
    for name in named:
        assert (tmp_path / name).stat().st_size > 1000


def test_the_report_shows_how_much_the_seeds_differ(tmp_path: Path, card: store.Card) -> None:
    first = card["figures"][0]
    (tmp_path / "seeds.json").write_text(json.dumps({first["data"]: [20, 30, 25]}), "utf-8")
    report.write(tmp_path, card, [measure.Measured(sets.CheckSet("one", [], 1), reads((1, ACCEPTED)))], [])
    rows = [line for line in (tmp_path / "README.md").read_text("utf-8").splitlines() if first["data"] in line]
    assert [cell.strip() for cell in rows[1].split("|")][2:5] == [
        f"{first['pictures']:,}",
        f"25.0 ({2500 / first['pictures']:.2f} %)",
        "20 to 30",
    ]


def test_errors_of_several_models_are_counted_apart() -> None:
    files = [(FILE, 7), (FILE, 1), (sets.png(np.full((40, 40), 255, np.uint8)), 1)]
    always = [lambda squares, digit=digit: [replace(ACCEPTED, digit=digit)] * len(squares) for digit in (7, 1)]
    assert seeds.errors(sets.CheckSet("three", files, 3), [*always, lambda squares: [REJECTED] * len(squares)]) == [
        2,
        2,
        3,
    ]


def test_a_squeezed_digit_fills_sixteen_pixels() -> None:
    for digit in DIGITS:
        squeezed = sets.squeezed(digit)
        assert squeezed.shape == (16, 16)
        assert squeezed.any(axis=1).all()


@pytest.mark.parametrize("name", corruptions.CORRUPTIONS)
def test_a_corrupted_square_is_still_a_square(name: str) -> None:
    corrupted = corruptions.CORRUPTIONS[name](DIGITS[0].copy(), np.random.default_rng(1))
    assert corrupted.shape == DIGITS[0].shape
    assert corrupted.dtype == np.uint8
    assert np.array_equal(corrupted, DIGITS[0]) == (name == "nothing")


@pytest.mark.parametrize("name", ["inversion", "translucence"])
def test_preprocessing_undoes_inversion_and_translucence(name: str) -> None:
    rng = np.random.default_rng(1)
    for digit in DIGITS[:10]:
        corrupted = corruptions.CORRUPTIONS[name](np.pad(digit, 4)[4:-4], rng)
        square = preprocess.normalize(preprocess.Page(corrupted, (1.0, 1.0))).square
        assert square is not None
        assert np.abs(square.astype(int) - digit).mean() < 12  # another digit is 42
