"""Temperature, thresholds and calibration error, against distributions whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from digits.training import calibrate
from digits.training.data import NOT_A_DIGIT


def sampled_at(temperature: float, n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels sampled from their softmax at the temperature."""
    rng = np.random.default_rng(4)
    logits = rng.normal(0, 3, (n, 10))
    gumbel = rng.gumbel(size=(n, 10))  # the argmax of logits plus Gumbel noise is a sample of their softmax
    return logits, (logits / temperature + gumbel).argmax(axis=1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_fit_recovers_the_temperature_of_sampled_labels(temperature: float) -> None:
    assert calibrate.fit_temperature(*sampled_at(temperature)) == pytest.approx(temperature, rel=0.05)


def test_softmax_matches_known_values_and_does_not_overflow() -> None:
    assert calibrate.softmax(np.log([[1.0, 2.0, 5.0]])) == pytest.approx(np.array([[0.125, 0.25, 0.625]]))
    assert calibrate.softmax(np.array([[1000.0, 0.0]])) == pytest.approx(np.array([[1.0, 0.0]]))


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    confidence, correct = np.full(100, 0.9), np.arange(100) < 70
    assert calibrate.expected_calibration_error(confidence, correct) == pytest.approx(0.2)
    halves = np.r_[np.full(50, 0.95), np.full(50, 0.55)]
    correct = np.r_[np.ones(50, bool), np.zeros(50, bool)]
    assert calibrate.expected_calibration_error(halves, correct) == pytest.approx((0.05 + 0.55) / 2)


def test_probabilities_are_calibrated_at_the_right_temperature_only() -> None:
    logits, labels = sampled_at(2.0)
    for temperature, low, high in ((2.0, 0.0, 0.02), (1.0, 0.05, 1.0)):
        probabilities = calibrate.softmax(logits / temperature)
        correct = probabilities.argmax(axis=1) == labels
        assert low <= calibrate.expected_calibration_error(probabilities.max(axis=1), correct) <= high


def test_reliability_gives_confidence_and_accuracy_of_each_bin() -> None:
    confidence, correct = np.r_[np.full(3, 0.95), 0.5, 0.52], np.array([1, 1, 0, 1, 0], bool)
    low, high = calibrate.reliability(confidence, correct, bins=10)
    assert low == pytest.approx((2, 0.51, 0.5))
    assert high == pytest.approx((3, 0.95, 2 / 3))


@pytest.mark.parametrize(("strength", "separable"), [(12.0, True), (-3.0, False)])
def test_thresholds_keep_to_their_shares_of_digits_and_negatives(strength: float, separable: bool) -> None:
    logits, labels = sampled_at(1.0)
    rng = np.random.default_rng(1)
    digits = np.hstack([logits, rng.normal(-5, 2, (len(labels), 2))])
    negatives = np.hstack([rng.normal(0, 1, (5000, 10)), rng.normal(strength, 2, (5000, 2))])
    classes = np.r_[labels, np.full(5000, NOT_A_DIGIT)]
    found = calibrate.calibrate(np.concatenate([digits, negatives]), classes)
    assert found.temperature == pytest.approx(1, rel=0.05)
    of_digits, of_negatives = (calibrate.doubt_of(part, found.digit_bias) for part in (digits, negatives))
    assert (of_digits >= found.reject_from).mean() == pytest.approx(calibrate.REJECTED_DIGITS, rel=0.1)
    accepted, doubted = (of_negatives < found.doubt_from).mean(), (of_digits >= found.doubt_from).mean()
    if separable:
        assert accepted == pytest.approx(calibrate.ACCEPTED_NEGATIVES, rel=0.2)
        assert doubted < calibrate.DOUBTED_DIGITS
    else:
        assert doubted == pytest.approx(calibrate.DOUBTED_DIGITS, rel=0.1)
        assert accepted > calibrate.ACCEPTED_NEGATIVES


def test_the_bias_makes_up_for_negatives_that_are_commoner_in_training() -> None:
    rng = np.random.default_rng(5)
    digit = rng.random(40_000) < 0.5
    log_odds = rng.normal(0, 2, 40_000) + np.where(digit, 2, -2)  # exact for equal shares: the log-likelihood ratio
    logits = np.zeros((40_000, 12)) - 50
    logits[:, 3], logits[:, NOT_A_DIGIT] = log_odds, 0
    share = calibrate.NEGATIVE_SHARE
    assert calibrate.fit_bias(logits, digit) == pytest.approx(np.log((1 - share) / share), abs=0.2)


def test_a_threshold_is_the_lowest_with_a_tolerable_share_of_errors() -> None:
    confidence = np.linspace(1, 0.5, 2001)
    correct = np.ones(2001, bool)
    correct[1000:] = False
    found = calibrate.fit_threshold(confidence, correct)
    accepted = confidence >= found
    assert (~correct[accepted]).mean() <= calibrate.ACCEPTED_ERRORS
    assert accepted.sum() == 1003  # three wrong ones in a thousand
