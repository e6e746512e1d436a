"""A number is read twice: as a line, and digit by digit. The more likely of the two texts wins.

The line network reads the whole ink and needs no cuts, so digits may touch. The lattice looks at every candidate for a
digit with the recognizer: each candidate covers a run of pieces, and each path from the first piece to the last takes
one candidate after the other. The likelihood of a path is the product of the probabilities of its digits. The lattice
also says where the digits are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digits.candidates import Box, Candidate, Group
from digits.model import ctc
from digits.model.confidence import Calibration, Evidence, log_odds, logistic
from digits.model.ctc import Steps
from digits.model.lattice import Lattice, Path
from digits.model.recognizer import LineReader, Reading, Recognizer

LEAST = 1e-4  # least probability of a candidate, so that one unreadable piece does not rule out every path
READABLE = 0.2  # probability from which a candidate counts as a digit; half of the candidates must, to be a number
SURE_LINE = 0.5  # probability of the line's text from which it is a number although its parts do not look like digits
THROUGH_INK = -0.4  # logarithm of the likelihood that two digits touch where their ink was cut
IMPOSSIBLE = -12.0  # logarithm of the likelihood of a text that the lattice cannot spell

ALONE, ALONE_INTERCEPT = 0.66, 2.38  # of the logistic function for the lattice of a model without a line network


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


def read_numbers(
    groups: Sequence[Group],
    recognizer: Recognizer,
    line_reader: LineReader | None = None,
    calibration: Calibration | None = None,
) -> PageReading:
    """The numbers in reading order. The recognizer is called once at most."""
    if not groups:
        return PageReading("rejected", "blank", ())
    squares = [candidate.square for group in groups for candidate in group.candidates]
    if not squares:
        return PageReading("rejected", "no_number", ())
    readings = recognizer(np.stack(squares))
    found = []
    for group in groups:
        own, readings = readings[: len(group.candidates)], readings[len(group.candidates) :]
        steps = line_reader(group.line) if line_reader and group.line is not None else None
        found.append(read_number(group, own, steps, calibration))
    numbers = [number for number in found if number]
    if not numbers:
        return PageReading("rejected", "no_number", ())
    if all(number.status == "accepted" for number in numbers):
        return PageReading("accepted", None, tuple(numbers))
    return PageReading("uncertain", "low_confidence", tuple(numbers))


def read_number(
    group: Group, readings: Sequence[Reading], steps: Steps | None = None, calibration: Calibration | None = None
) -> NumberReading | None:
    """The most likely number, or None where the ink is not a number. Without `steps`, the lattice decides alone."""
    calibration = calibration or Calibration()
    if steps is None:
        lattice = _lattice(group, readings)
        path, text = lattice.best()
        if not _is_readable(path, text, readings):
            return None
        confidence = calibrated(log_odds(2 * path.log_likelihood - lattice.total()))
    else:
        texts = alternatives(group, readings, steps)
        if not texts:
            return None
        confidence, text = max((calibration.confidence(evidence), one) for one, (_, evidence) in texts.items())
        path, _ = texts[text]
    confidence = round(confidence, 6)
    status = "accepted" if confidence >= calibration.accept_from and not group.marked else "uncertain"
    return NumberReading(status, text, confidence, group.box, _digits(group, text, path, readings, steps))


def alternatives(group: Group, readings: Sequence[Reading], steps: Steps) -> dict[str, tuple[Path, Evidence]]:
    """The texts of the lattice and of the line, which may be the same. Empty where the ink is not a number."""
    lattice = _lattice(group, readings)
    path, text = lattice.best()
    line_text = ctc.best_text(steps)
    if not _is_number(line_text, steps, _is_readable(path, text, readings)):
        return {}
    texts = {text} if not line_text or ctc.OTHER_SIGN in line_text else {text, line_text}
    paths = {one: lattice.spelling(one) or Path((), IMPOSSIBLE) for one in sorted(texts)}
    return {one: (path, _evidence(one, path, text == line_text, lattice, steps)) for one, path in paths.items()}


def _lattice(group: Group, readings: Sequence[Reading]) -> Lattice:
    likelihoods = [_likelihoods(group, *pair) for pair in zip(group.candidates, readings, strict=True)]
    return Lattice(group, np.stack(likelihoods))


def _is_readable(path: Path, text: str, readings: Sequence[Reading]) -> bool:
    """Whether half of the candidates on the path look like digits."""
    return 2 * sum(_probability(readings[place]) >= READABLE for place in path.candidates) >= max(1, len(text))


def _is_number(line_text: str, steps: Steps, readable: bool) -> bool:
    """Whether the line network sees digits, and the recognizer does or the line network is sure."""
    if 2 * line_text.count(ctc.OTHER_SIGN) >= max(1, len(line_text)):
        return False
    return readable or (ctc.OTHER_SIGN not in line_text and ctc.log_likelihood(steps, line_text) > math.log(SURE_LINE))


# --- confidence -------------------------------------------------------------------------------------------------------


def _evidence(text: str, path: Path, agreed: bool, lattice: Lattice, steps: Steps) -> Evidence:
    """What speaks for a text that the path spells."""
    by_lattice = max(IMPOSSIBLE, 2 * path.log_likelihood - lattice.total()) if path.candidates else IMPOSSIBLE
    by_line = ctc.log_likelihood(steps, text)
    return Evidence(log_odds(by_lattice), log_odds(by_line), cuts_ink(path, lattice.group), agreed)


def cuts_ink(path: Path, group: Group) -> bool:
    """Whether the path cuts ink between two digits, or cannot separate the digits at all."""
    stops = [group.candidates[place].stop for place in path.candidates[:-1]]
    return not path.candidates or any(group.cuts[stop - 1] for stop in stops)


def calibrated(odds: float) -> float:
    """The probability that the lattice's text is right, from its log-odds, without a line network."""
    return logistic(ALONE * odds + ALONE_INTERCEPT)


# --- digits -----------------------------------------------------------------------------------------------------------


def _likelihoods(group: Group, candidate: Candidate, reading: Reading) -> NDArray[np.float64]:
    """(10,) logarithms of the likelihoods that the candidate is each digit."""
    through_ink = THROUGH_INK * any(group.cuts[candidate.stop - 1 : candidate.stop])
    if reading.probabilities is None:
        return np.full(10, math.log(LEAST) + through_ink)
    return np.log(np.maximum(LEAST, np.array(reading.probabilities) * (1 - _doubt(reading)))) + through_ink


def _doubt(reading: Reading) -> float:
    """The probability that the square is not one digit."""
    return min(1.0, (reading.not_a_digit or 0.0) + (reading.several_digits or 0.0))


def _probability(reading: Reading) -> float:
    """The probability that the square shows the digit that was read."""
    return 0.0 if reading.probabilities is None else max(reading.probabilities) * (1 - _doubt(reading))


def _digits(
    group: Group, text: str, path: Path, readings: Sequence[Reading], steps: Steps | None
) -> tuple[DigitOfNumber, ...]:
    """The digits of the text, placed by the lattice or, if it has no path, by the line network."""
    digits = [int(one) for one in text]
    if steps is None:
        return tuple(_by_recognizer(group.candidates[place], readings[place]) for place in path.candidates)
    spans = ctc.places(steps, text)
    if not path.candidates:
        return tuple(_by_line(group, steps, *one) for one in zip(digits, spans, strict=True))
    chosen = [(group.candidates[place], readings[place]) for place in path.candidates]
    if not spans:
        return tuple(_by_recognizer(*one) for one in chosen)
    return tuple(_by_both(*one, steps, digit, span) for one, digit, span in zip(chosen, digits, spans, strict=True))


def _by_recognizer(candidate: Candidate, reading: Reading) -> DigitOfNumber:
    shares = reading.probabilities or ()
    return _digit(int(np.argmax(shares)), _probability(reading), shares, candidate)


def _by_line(group: Group, steps: Steps, digit: int, span: tuple[int, int]) -> DigitOfNumber:
    shares = ctc.digit_probabilities(steps, span, digit)
    x, y, width, height = group.box
    left, right = (round(x + width * min(1.0, max(0.0, group.along_line(edge / len(steps))))) for edge in span)
    rounded = tuple(round(float(share), 6) for share in shares)
    return DigitOfNumber(digit, rounded[digit], rounded, (left, y, max(1, right - left), height))


def _by_both(candidate: Candidate, reading: Reading, steps: Steps, digit: int, span: tuple[int, int]) -> DigitOfNumber:
    """The mean of both networks' probabilities, or those of the network that sees this digit."""
    by_line = ctc.digit_probabilities(steps, span, digit)
    by_recognizer = np.array(reading.probabilities or [0.1] * 10)
    mean = (by_line + by_recognizer) / 2
    shares = next((one for one in (mean, by_line) if int(one.argmax()) == digit), by_recognizer)
    return _digit(digit, float(shares[digit]), tuple(round(float(share), 6) for share in shares), candidate)


def _digit(digit: int, confidence: float, shares: tuple[float, ...], candidate: Candidate) -> DigitOfNumber:
    return DigitOfNumber(digit, round(confidence, 6), shares, candidate.box, candidate.strokes, candidate.square)
