"""From logits to numbers that can be trusted: a temperature, and the confidence from which an answer stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.training.data import DIGITS

Floats = NDArray[np.floating]
Labels = NDArray[np.int64]

#: Share of wrong readings among those that are answered without reserve. Less could not be asked of the validation
#: digits: about as many of UNIPEN's have a wrong label or none that a person would agree on.
TOLERATED = 0.003

REFUSED = 0.001  # share of the digits that may be refused
LET_THROUGH = 0.01  # share of what is no digit that may be answered without reserve ...
DOUBTED = 0.02  # ... unless more digits than this would be doubted for it


@dataclass(frozen=True)
class Calibration:
    """What is fitted on the validation pictures after training."""

    temperature: float  # the digits' logits are divided by it
    accept_from: float  # confidence below which a reading is only uncertain
    doubt_from: float  # probability of no single digit from which it is uncertain, too
    reject_from: float  # and from which there is no digit


def calibrate(logits: Floats, labels: Labels) -> Calibration:
    """(n, CLASSES) logits and (n,) labels, none of them trained on -> temperature and thresholds."""
    digit = labels < DIGITS
    temperature = fit_temperature(logits[digit, :DIGITS], labels[digit])
    probabilities = softmax(logits[digit, :DIGITS] / temperature)
    correct = probabilities.argmax(axis=1) == labels[digit]
    doubt = softmax(logits)[:, DIGITS:].sum(axis=1)
    of_others = float(np.quantile(doubt[~digit], LET_THROUGH)) if not digit.all() else 1.0
    return Calibration(
        temperature=round(temperature, 4),
        accept_from=round(fit_threshold(probabilities.max(axis=1), correct), 4),
        doubt_from=round(max(of_others, float(np.quantile(doubt[digit], 1 - DOUBTED))), 4),
        reject_from=round(float(np.quantile(doubt[digit], 1 - REFUSED)), 4),
    )


def softmax(logits: Floats) -> Floats:
    """(n, 10) -> (n, 10), each row adding up to 1."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def fit_temperature(logits: Floats, labels: Labels) -> float:
    """The temperature of least negative log-likelihood (Guo et al., On calibration of modern neural networks, 2017)."""
    rows = np.arange(len(labels))

    def loss(temperature: float) -> float:
        likelihoods = softmax(logits.astype(np.float64) / temperature)[rows, labels]
        return float(-np.log(np.maximum(likelihoods, 1e-300)).mean())

    return float(min(np.geomspace(0.2, 5, 400), key=loss))


def fit_threshold(confidence: Floats, correct: NDArray[np.bool_]) -> float:
    """The lowest confidence, 0.5 at least, from which on at most a share TOLERATED of the readings is wrong."""
    order = np.argsort(-confidence, kind="stable")
    descending = confidence[order]
    share_wrong = np.cumsum(~correct[order]) / np.arange(1, len(order) + 1)
    last_of_its_kind = np.append(descending[1:] < descending[:-1], True)  # equals are accepted together or not at all
    tolerable = np.flatnonzero((share_wrong <= TOLERATED) & last_of_its_kind)
    return max(0.5, float(descending[tolerable[-1]])) if tolerable.size else 1.0


class Bin(NamedTuple):
    """The readings of about one confidence."""

    readings: int
    confidence: float  # their mean
    accuracy: float


def reliability(confidence: Floats, correct: NDArray[np.bool_], bins: int = 15) -> list[Bin]:
    """The bins of equal width that have any reading (Guo et al. 2017)."""
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
