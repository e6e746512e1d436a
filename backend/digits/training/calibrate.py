"""Calibration on the validation sets: temperature and bias of the probabilities, and the thresholds of the statuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.training.data import DIGITS, Labels

Floats = NDArray[np.floating]

#: Share of errors among the accepted digits of validation. About as many UNIPEN digits are mislabelled or ambiguous, so
#: a lower share could not be measured.
ACCEPTED_ERRORS = 0.003

REJECTED_DIGITS = 0.001  # share of the validation digits that may be rejected
ACCEPTED_NEGATIVES = 0.01  # share of the negatives that may be accepted ...
DOUBTED_DIGITS = 0.04  # ... unless more digits than this would become uncertain for it

#: Share of served pictures that are not one digit, as the probabilities assume it. Training has far more of them and
#: would make the network doubt too many digits.
NEGATIVE_SHARE = 0.03


@dataclass(frozen=True)
class Calibration:
    """What is fitted on the validation sets after training."""

    temperature: float  # divides the logits of the ten digits
    digit_bias: float  # is added to the logits of the ten digits before they are compared with the other classes
    accept_from: float  # largest of the ten probabilities below which a reading is uncertain
    doubt_from: float  # probability of not being a single digit from which a reading is uncertain
    reject_from: float  # and from which it is rejected


def calibrate(logits: Floats, labels: Labels) -> Calibration:
    """Fit temperature and thresholds to (n, CLASSES) logits and (n,) labels of the validation sets."""
    digit = labels < DIGITS
    temperature = fit_temperature(logits[digit, :DIGITS], labels[digit])
    probabilities = softmax(logits[digit, :DIGITS] / temperature)
    correct = probabilities.argmax(axis=1) == labels[digit]
    bias = fit_bias(logits, digit)
    doubt = doubt_of(logits, bias)
    of_negatives = float(np.quantile(doubt[~digit], ACCEPTED_NEGATIVES)) if not digit.all() else 1.0
    return Calibration(
        temperature=round(temperature, 4),
        digit_bias=round(bias, 4),
        accept_from=round(fit_threshold(probabilities.max(axis=1), correct), 4),
        doubt_from=round(max(of_negatives, float(np.quantile(doubt[digit], 1 - DOUBTED_DIGITS))), 4),
        reject_from=round(float(np.quantile(doubt[digit], 1 - REJECTED_DIGITS)), 4),
    )


def softmax(logits: Floats) -> Floats:
    """(n, 10) -> (n, 10), each row adding up to 1."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def doubt_of(logits: Floats, digit_bias: float) -> Floats:
    """(n, CLASSES) logits -> (n,) probability that the square is not one digit."""
    return np.asarray(softmax(biased(logits, digit_bias))[:, DIGITS:].sum(axis=1))


def biased(logits: Floats, digit_bias: float) -> Floats:
    """(n, CLASSES) logits with the bias of the ten digits."""
    return np.hstack([logits[:, :DIGITS] + digit_bias, logits[:, DIGITS:]])


def fit_bias(logits: Floats, digit: NDArray[np.bool_]) -> float:
    """The bias with the least negative log-likelihood of (n,) `digit`, for a share of NEGATIVE_SHARE negatives."""
    if digit.all():
        return 0.0
    weights = np.where(digit, (1 - NEGATIVE_SHARE) / digit.sum(), NEGATIVE_SHARE / (~digit).sum())

    def loss(bias: float) -> float:
        doubt = doubt_of(logits.astype(np.float64), bias)
        return float(-(weights * np.log(np.maximum(np.where(digit, 1 - doubt, doubt), 1e-12))).sum())

    return float(min(np.linspace(-2, 8, 101), key=loss))


def fit_temperature(logits: Floats, labels: Labels) -> float:
    """The temperature of least negative log-likelihood (Guo et al., On calibration of modern neural networks, 2017)."""
    rows = np.arange(len(labels))

    def loss(temperature: float) -> float:
        likelihoods = softmax(logits.astype(np.float64) / temperature)[rows, labels]
        return float(-np.log(np.maximum(likelihoods, 1e-300)).mean())

    return float(min(np.geomspace(0.2, 5, 400), key=loss))


def fit_threshold(confidence: Floats, correct: NDArray[np.bool_], most_wrong: float = ACCEPTED_ERRORS) -> float:
    """The lowest confidence, 0.5 at least, from which at most the share `most_wrong` is wrong."""
    order = np.argsort(-confidence, kind="stable")
    descending = confidence[order]
    share_wrong = np.cumsum(~correct[order]) / np.arange(1, len(order) + 1)
    last_of_equals = np.append(descending[1:] < descending[:-1], True)  # equals are accepted together or not at all
    tolerable = np.flatnonzero((share_wrong <= most_wrong) & last_of_equals)
    return max(0.5, float(descending[tolerable[-1]])) if tolerable.size else 1.0


class Bin(NamedTuple):
    """The readings in one range of confidence."""

    readings: int
    confidence: float  # their mean
    accuracy: float


def reliability(confidence: Floats, correct: NDArray[np.bool_], bins: int = 15) -> list[Bin]:
    """The bins of equal width that hold any reading (Guo et al. 2017)."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        Bin(int(chosen.sum()), float(confidence[chosen].mean()), float(correct[chosen].mean()))
        for one in range(bins)
        if (chosen := which == one).any()
    ]


def expected_calibration_error(confidence: Floats, correct: NDArray[np.bool_]) -> float:
    """Mean gap between confidence and accuracy over bins of equal width (Guo et al. 2017)."""
    gaps = (one.readings * abs(one.confidence - one.accuracy) for one in reliability(confidence, correct))
    return sum(gaps) / len(confidence)
