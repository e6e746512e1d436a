"""Calibrate the confidence of numbers on the validation writers, through the code that serves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digits.model import recognizer, store
from digits.model.confidence import Calibration, Evidence
from digits.model.numbers import alternatives
from digits.model.recognizer import Model
from digits.training.calibrate import fit_threshold
from digits.training.evaluation.numbers import NumberSet, groups_of, number_sets

SEED = 21  # of the composed numbers; those of the evaluation are others by the same writers
ACCEPTED_ERRORS = 0.01  # share of errors among the accepted numbers of validation
RIDGE = 1.0  # keeps weights that the data says little about close to 0
STEPS = 30  # of Newton's method; it converges in about ten

Floats = NDArray[np.float64]


class Alternative(NamedTuple):
    """A text that a number may have."""

    text: str
    evidence: Evidence
    right: bool


def calibrate(folder: Path, data: Path | None) -> Calibration | None:
    """Fit to the model in `folder` and write the result to its card. None if it or the data has no numbers."""
    model = recognizer.load(folder)
    numbers = list(read(model, [one for one in number_sets(data, seed=SEED) if one.validation]))
    if not numbers:
        return None
    calibration = fit(numbers)
    card = store.verified_card(folder)
    card["calibration"]["numbers"] = asdict(calibration)
    store.write_card(folder, card)
    return calibration


def read(model: Model, sets: Iterable[NumberSet]) -> Iterator[list[Alternative]]:
    """The alternatives of each page with a single number."""
    line_reader = model.read_line
    if line_reader is None:
        return
    for one in sets:
        for page in tqdm(one.pages, one.name, one.count, unit="page", mininterval=5):
            groups = groups_of(page.content)
            if len(page.texts) > 1 or len(groups) != 1:
                continue
            (group,) = groups
            if group.line is None or not group.candidates:
                continue
            readings = model.read(np.stack([candidate.square for candidate in group.candidates]))
            texts = alternatives(group, readings, line_reader(group.line))
            if texts:
                yield [Alternative(text, evidence, text == page.texts[0]) for text, (_, evidence) in texts.items()]


def fit(numbers: Sequence[Sequence[Alternative]]) -> Calibration:
    """Logistic regression on the alternatives, and again on those that it prefers: only these are served."""
    first = _fitted([one for alternatives in numbers for one in alternatives])
    preferred = [_preferred(first, alternatives) for alternatives in numbers]
    second = _fitted(preferred)
    served = [_preferred(second, alternatives) for alternatives in numbers]
    confidence = np.array([second.confidence(one.evidence) for one in served])
    right = np.array([one.right for one in served])
    accept_from = round(fit_threshold(confidence, right, ACCEPTED_ERRORS), 4)
    return Calibration(second.apart, second.cut, second.agree, second.intercept, accept_from)


def _preferred(calibration: Calibration, alternatives: Sequence[Alternative]) -> Alternative:
    return max(alternatives, key=lambda one: (calibration.confidence(one.evidence), one.text))


def _fitted(examples: Sequence[Alternative]) -> Calibration:
    weights = logistic_regression(
        np.array([_features(one.evidence) for one in examples]), np.array([one.right for one in examples])
    )
    first, second, third, fourth, agree, intercept = (round(float(one), 4) for one in weights)
    return Calibration((first, second), (third, fourth), agree, intercept)


def _features(evidence: Evidence) -> tuple[float, ...]:
    """Six numbers, of which the weighted sum is the log-odds."""
    odds = evidence.by_lattice, evidence.by_line
    none = 0.0, 0.0
    return (*(none if evidence.cut else odds), *(odds if evidence.cut else none), float(evidence.agreed), 1.0)


def logistic_regression(features: Floats, labels: NDArray[np.bool_]) -> Floats:
    """(n, k) features and (n,) labels -> (k,) weights of the largest penalized likelihood, by Newton's method."""
    weights = np.zeros(features.shape[1])
    penalty = RIDGE * np.eye(len(weights))
    for _ in range(STEPS):
        probabilities = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        gradient = features.T @ (labels - probabilities) - penalty @ weights
        curvature = (features.T * (probabilities * (1 - probabilities))) @ features + penalty
        weights += np.linalg.solve(curvature, gradient)
    return weights


def main() -> None:
    """Calibrate a model that was exported before."""
    import argparse

    parser = argparse.ArgumentParser("number_calibration", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    calibration = calibrate(arguments.model, arguments.data)
    print(json.dumps(calibration and asdict(calibration), indent=2))


if __name__ == "__main__":
    main()
