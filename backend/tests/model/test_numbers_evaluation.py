"""Composed numbers, and the figures of reading them."""

from __future__ import annotations

import numpy as np
import pytest

from digits import preprocess
from digits.candidates import Group
from digits.model.recognizer import Model, Reading, Squares, no_evidence
from digits.preprocess.strokes import bounds
from digits.training.data import strings
from digits.training.data.strings import Written
from digits.training.evaluation import numbers
from digits.training.evaluation.numbers import NumberSet, Page, edit_distance
from tests.model.test_training_data import CHARACTERS
from tests.samples import sure_of

DIGITS = [one for one in CHARACTERS if one.label.isdigit()]


def written(seed: int, touching: bool) -> Written:
    return strings.number(DIGITS, np.random.default_rng(seed), touching)


@pytest.mark.parametrize("touching", [False, True])
def test_a_composed_number_has_the_digits_of_its_text_from_left_to_right(touching: bool) -> None:
    strokes_of = {one.label: len(one.strokes) for one in DIGITS}
    for seed in range(20):
        number = written(seed, touching)
        (text,) = number.texts
        assert 2 <= len(text) <= 5
        if all(len({len(one.strokes) for one in DIGITS if one.label == digit}) == 1 for digit in text):
            assert len(number.strokes) == sum(strokes_of[digit] for digit in text)
        assert number.touching is touching


def test_digits_that_do_not_touch_lie_apart() -> None:
    """The gap between a digit's right end and the next one's left end, seen in the columns of the drawn page."""
    for seed in range(10):
        number = written(seed, touching=False)
        inked = (strings.page_of(number.strokes, 0.02) < 128).any(axis=0)
        starts = int((np.diff(inked.astype(int), prepend=0) == 1).sum())
        assert starts >= len(number.texts[0])


def test_a_column_has_its_numbers_below_each_other() -> None:
    column = strings.column(DIGITS, np.random.default_rng(1))
    assert 3 <= len(column.texts) <= 5
    assert bounds(column.strokes)[3] > len(column.texts)


def test_a_page_has_the_pen_that_was_asked_for() -> None:
    number = written(3, touching=False)
    thin, thick = ((strings.page_of(number.strokes, pen) < 128).sum() for pen in (0.04, 0.12))
    assert 2 < thick / thin < 4


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("", "", 0), ("12", "12", 0), ("12", "", 2), ("kitten", "sitting", 3), ("1234", "134", 1), ("71 63", "71", 3)],
)
def test_the_edit_distance_is_levenshteins(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other) == edit_distance(other, one) == distance


def test_the_figures_count_what_is_right_accepted_and_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def sevens(squares: Squares) -> list[Reading]:
        return [sure_of(7)] * len(squares)

    def one_piece(content: object) -> list[Group]:
        (group,) = preprocess.find_numbers_in_strokes([np.array([[0.0, 0], [0, 10]])])
        return [group]

    monkeypatch.setattr(numbers, "groups_of", one_piece)
    pages = [Page((), ("7",)), Page((), ("7",), touching=True), Page((), ("1",), touching=True), Page((), ("77",))]
    figure = numbers.measure(NumberSet("sevens", pages, 4), Model(sevens, no_evidence, None))
    assert figure["pages"] == 4
    assert figure["right_percent"] == 50
    assert figure["right_percent_touching"] == 50
    assert figure["digit_error_percent"] == 40  # one replaced and one missing of five
    assert (figure["accepted_percent"], figure["accepted_wrong_percent"]) == (100, 50)
