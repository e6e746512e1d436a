"""The confidence of numbers is fitted on validation writers, and on nothing that is tested on."""

from __future__ import annotations

import numpy as np

from digits.model.confidence import Calibration, Evidence
from digits.training.number_calibration import Alternative, fit, logistic_regression


def test_logistic_regression_finds_the_weights_that_made_the_labels() -> None:
    rng = np.random.default_rng(1)
    features = np.hstack([rng.normal(size=(20_000, 2)), np.ones((20_000, 1))])
    weights = np.array([1.5, -0.7, 0.4])
    labels = rng.random(len(features)) < 1 / (1 + np.exp(-features @ weights))
    assert np.abs(logistic_regression(features, labels) - weights).max() < 0.06


def numbers_of(count: int) -> list[list[Alternative]]:
    """Numbers whose right text follows a known law: the lattice knows nothing where ink is cut, the line does."""
    rng = np.random.default_rng(2)
    found = []
    for _ in range(count):
        by_lattice, by_line = rng.normal(2, 3, 2)
        cut, agreed = bool(rng.random() < 0.4), bool(rng.random() < 0.7)
        odds = (0.0 if cut else 0.5 * by_lattice) + 0.8 * by_line + agreed
        right = bool(rng.random() < 1 / (1 + np.exp(-odds)))
        found.append([Alternative("12", Evidence(by_lattice, by_line, cut, agreed), right)])
    return found


def test_the_fitted_confidence_is_how_often_the_text_is_right() -> None:
    calibration = fit(numbers_of(20_000))
    fresh = [one for (one,) in numbers_of(20_000)]
    confidence = np.array([calibration.confidence(one.evidence) for one in fresh])
    right = np.array([one.right for one in fresh])
    for low in np.arange(0, 1, 0.1):
        chosen = (confidence >= low) & (confidence < low + 0.1)
        assert abs(confidence[chosen].mean() - right[chosen].mean()) < 0.05
    assert abs(calibration.cut[0]) < 0.05 < calibration.apart[0]
    assert (~right[confidence >= calibration.accept_from]).mean() < 0.02


def test_of_two_texts_the_more_likely_one_counts() -> None:
    pairs = []
    for (one,) in numbers_of(4_000):
        worse = Evidence(one.evidence.by_lattice - 9, one.evidence.by_line - 9, cut=True, agreed=False)
        pairs.append([one, Alternative("13", worse, False)])
    alone, beside = fit(numbers_of(4_000)), fit(pairs)
    assert beside.accept_from == alone.accept_from
    assert isinstance(alone, Calibration)
