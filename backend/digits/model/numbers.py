"""Candidates for digits -> the number that they are most likely: the best path through a lattice.

Each candidate covers a run of pieces, and each path from the first piece to the last takes one candidate after the
other. The likelihood of a path is the product of the probabilities that its candidates are digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digits.candidates import Box, Candidate, Group
from digits.model.recognizer import Reading, Recognizer

LEAST = 1e-4  # probability of the worst candidate: no piece makes all paths impossible
READABLE = 0.2  # probability from which a candidate counts as a digit; ink with fewer digits than others is no number

#: The confidence is a logistic function of the best path's log-odds (Platt scaling). Fitted with version 1 on 1,400
#: readings of numbers of two to five digits, composed of validation writers' strokes, as strokes and as pictures.
SLOPE, INTERCEPT = 0.66, 2.38
ACCEPT_FROM = 0.95  # confidence of the whole number

THROUGH_INK = -0.4  # logarithm of the likelihood that two digits touch where their ink was cut


@dataclass(frozen=True)
class DigitOfNumber:
    """One digit of a number."""

    digit: int
    confidence: float  # probability that this digit is right
    probabilities: tuple[float, ...]
    box: Box
    strokes: tuple[int, ...] = ()  # indices; empty for a picture
    square: NDArray[np.uint8] | None = None  # (SIDE, SIDE); None if another server read the number


@dataclass(frozen=True)
class NumberReading:
    """One number of a page."""

    status: str  # accepted or uncertain
    text: str
    confidence: float  # probability that the whole text is right
    box: Box
    digits: tuple[DigitOfNumber, ...]


@dataclass(frozen=True)
class PageReading:
    """All numbers of a page."""

    status: str  # accepted, uncertain or rejected
    reason: str | None
    numbers: tuple[NumberReading, ...]


def read_numbers(groups: Sequence[Group], recognizer: Recognizer) -> PageReading:
    """The numbers in reading order. The recognizer is called once at most."""
    if not groups:
        return PageReading("rejected", "blank", ())
    squares = [candidate.square for group in groups for candidate in group.candidates]
    if not squares:
        return PageReading("rejected", "no_number", ())
    readings = recognizer(np.stack(squares))
    numbers = []
    for group in groups:
        own, readings = readings[: len(group.candidates)], readings[len(group.candidates) :]
        number = read_number(group, own)
        if number:
            numbers.append(number)
    if not numbers:
        return PageReading("rejected", "no_number", ())
    if all(number.status == "accepted" for number in numbers):
        return PageReading("accepted", None, tuple(numbers))
    return PageReading("uncertain", "low_confidence", tuple(numbers))


def read_number(group: Group, readings: Sequence[Reading]) -> NumberReading | None:
    """The most likely number, or None where the ink is not a number."""
    likelihoods = [
        math.log(max(LEAST, _probability(reading))) + THROUGH_INK * any(group.cuts[candidate.stop - 1 : candidate.stop])
        for candidate, reading in zip(group.candidates, readings, strict=True)
    ]
    path, best, total = best_path(group, likelihoods)
    digits = tuple(_digit(group.candidates[place], readings[place]) for place in path)
    if 2 * sum(digit.confidence >= READABLE for digit in digits) < max(1, len(digits)):
        return None
    confidence = round(calibrated(math.exp(best) * math.exp(best - total)), 6)
    text = "".join(str(digit.digit) for digit in digits)
    return NumberReading("accepted" if confidence >= ACCEPT_FROM else "uncertain", text, confidence, group.box, digits)


def calibrated(probability: float) -> float:
    """What the best path's share of all paths, times its likelihood, says about the chance that its text is right."""
    likely = min(1 - 1e-6, max(1e-6, probability))
    return 1 / (1 + math.exp(-SLOPE * math.log(likely / (1 - likely)) - INTERCEPT))


def best_path(group: Group, likelihoods: Sequence[float]) -> tuple[list[int], float, float]:
    """Candidates of the best path, its log-likelihood, and the logarithm of the sum over all paths."""
    best = [0.0] + [-math.inf] * group.pieces
    total = [0.0] + [-math.inf] * group.pieces
    came_by: list[int] = [-1] * (group.pieces + 1)
    for place in sorted(range(len(group.candidates)), key=lambda place: group.candidates[place].start):
        candidate, likelihood = group.candidates[place], likelihoods[place]
        reached = best[candidate.start] + likelihood
        if reached > best[candidate.stop]:
            best[candidate.stop], came_by[candidate.stop] = reached, place
        total[candidate.stop] = float(np.logaddexp(total[candidate.stop], total[candidate.start] + likelihood))
    path = []
    end = group.pieces
    while end > 0 and came_by[end] >= 0:
        path.append(came_by[end])
        end = group.candidates[came_by[end]].start
    return path[::-1], best[-1], total[-1]


def _probability(reading: Reading) -> float:
    """That the square is the digit as which it is read."""
    if reading.probabilities is None:
        return 0.0
    doubt = (reading.not_a_digit or 0.0) + (reading.several_digits or 0.0)
    return max(reading.probabilities) * (1 - min(1.0, doubt))


def _digit(candidate: Candidate, reading: Reading) -> DigitOfNumber:
    probabilities = reading.probabilities or ()
    digit = int(np.argmax(probabilities))
    confidence = round(_probability(reading), 6)
    return DigitOfNumber(digit, confidence, probabilities, candidate.box, candidate.strokes, candidate.square)
