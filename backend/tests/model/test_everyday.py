"""Everyday pictures of each kind: a desk around the sheet, a box around the digit, rules, transparency, dirt."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from digits import preprocess
from digits.model.recognizer import Reading, Recognizer, read
from digits.training.evaluation import everyday
from tests.samples import WRITTEN

VARIANTS = 50
LEAST = {"a digit across a box": 0.6}  # where the digit runs along the box, neither can be told from the other


@pytest.fixture
def readings(recognizer: Recognizer) -> Callable[[everyday.Kind], list[tuple[int, Reading]]]:
    def make(kind: everyday.Kind) -> list[tuple[int, Reading]]:
        rng = np.random.default_rng(11)
        found = []
        for number in range(VARIANTS):
            written = WRITTEN[number % len(WRITTEN)]
            picture = kind([np.array(stroke, np.float32) for stroke in written["strokes"]], rng)
            found.append((written["label"], read(recognizer, preprocess.prepare(picture))))
        return found

    return make


@pytest.mark.parametrize("name", everyday.DIGIT_KINDS)
def test_the_digit_in_an_everyday_picture_is_read(
    name: str, readings: Callable[[everyday.Kind], list[tuple[int, Reading]]]
) -> None:
    found = readings(everyday.DIGIT_KINDS[name])
    right = [reading.digit == label for label, reading in found]
    sure_and_wrong = [reading.status == "accepted" and reading.digit != label for label, reading in found]
    assert np.mean(right) >= LEAST.get(name, 0.9)
    assert sum(sure_and_wrong) <= 2


def test_specks_are_blank(readings: Callable[[everyday.Kind], list[tuple[int, Reading]]]) -> None:
    assert np.mean([reading.reason == "blank" for _, reading in readings(everyday.specks)]) >= 0.9
