"""What the line network's outputs spell, compared with all paths, the slow way."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from digits.model import ctc
from digits.model.ctc import Steps

STEPS = 5
FEW = (0, 1, 2, 11)  # blank, digit 0, digit 1, another character


def random_steps(seed: int) -> Steps:
    """(STEPS, CLASSES) in which only a few classes are possible."""
    logits = np.full((STEPS, ctc.CLASSES), -np.inf)
    logits[:, FEW] = np.random.default_rng(seed).normal(0, 2, (STEPS, len(FEW)))
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)


def spelled(path: tuple[int, ...]) -> str:
    """Merge repetitions, then drop blanks."""
    signs = {1: "0", 2: "1", 11: ctc.OTHER_SIGN}
    return "".join(signs[one] for one, _ in itertools.groupby(path) if one)


def all_paths(steps: Steps) -> dict[tuple[int, ...], float]:
    return {
        path: sum(float(steps[at, one]) for at, one in enumerate(path)) for path in itertools.product(FEW, repeat=STEPS)
    }


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("text", ["0", "1", "00", "01", "110", "010"])
def test_the_likelihood_of_a_text_is_the_sum_over_all_paths_that_spell_it(seed: int, text: str) -> None:
    steps = random_steps(seed)
    chances = [math.exp(score) for path, score in all_paths(steps).items() if spelled(path) == text]
    assert math.exp(ctc.log_likelihood(steps, text)) == pytest.approx(sum(chances))


@pytest.mark.parametrize("seed", range(5))
def test_the_best_text_is_spelled_by_the_most_likely_path(seed: int) -> None:
    steps = random_steps(seed)
    paths = all_paths(steps)
    assert ctc.best_text(steps) == spelled(max(paths, key=lambda path: paths[path]))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("text", ["0", "01", "11", "010"])
def test_digits_are_where_the_most_likely_path_has_them(seed: int, text: str) -> None:
    steps = random_steps(seed)
    paths = {path: score for path, score in all_paths(steps).items() if spelled(path) == text}
    best = max(paths, key=lambda path: paths[path])
    runs = [(one, len(list(run))) for one, run in itertools.groupby(best)]
    ends = list(itertools.accumulate(length for _, length in runs))
    expected = [(end - length, end) for (one, length), end in zip(runs, ends, strict=True) if one]
    assert ctc.places(steps, text) == expected


def test_a_text_that_needs_more_steps_has_no_places() -> None:
    assert ctc.places(random_steps(0), "000") != []
    assert ctc.places(random_steps(0), "0000") == []


def test_the_probabilities_of_a_digit_add_up_to_one() -> None:
    steps = random_steps(3)
    ((place),) = ctc.places(steps, "1")
    shares = ctc.digit_probabilities(steps, place, 1)
    assert shares.shape == (10,)
    assert shares.sum() == pytest.approx(1)
