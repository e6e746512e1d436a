"""From logits to numbers that can be trusted: a temperature, and the confidence from which an answer stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Labels = NDArray[np.int64]

#: Share of wrong readings among those that are answered without reserve. Less could not be asked of the validation
#: digits: about as many of UNIPEN's have a wrong label or none that a person would agree on.
TOLERATED = 0.003


@dataclass(frozen=True)
class Calibration:
    """What is fitted on the validation digits after training."""

    temperature: float  # logits are divided by it
    accept_from: float  # confidence below which a reading is only uncertain


def calibrate(logits: Floats, labels: Labels) -> Calibration:
    """(n, 10) logits and (n,) labels, none of them trained on -> temperature and threshold."""
    temperature = fit_temperature(logits, labels)
    probabilities = softmax(logits / temperature)
    correct = probabilities.argmax(axis=1) == labels
    return Calibration(round(temperature, 4), round(fit_threshold(probabilities.max(axis=1), correct), 4))


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


def fit_threshold(confidence: Floats, correct: NDArray[np.bool_], tolerated: float = TOLERATED) -> float:
    """The lowest confidence, 0.5 at least, from which on at most a share `tolerated` of the readings is wrong."""
    order = np.argsort(-confidence, kind="stable")
    descending = confidence[order]
    share_wrong = np.cumsum(~correct[order]) / np.arange(1, len(order) + 1)
    last_of_its_kind = np.append(descending[1:] < descending[:-1], True)  # equals are accepted together or not at all
    tolerable = np.flatnonzero((share_wrong <= tolerated) & last_of_its_kind)
    return max(0.5, float(descending[tolerable[-1]])) if tolerable.size else 1.0


def expected_calibration_error(confidence: Floats, correct: NDArray[np.bool_], bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over bins of equal width (Guo et al. 2017)."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(sum(abs((confidence - correct)[which == one].sum()) for one in range(bins)) / len(confidence))
