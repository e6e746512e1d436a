"""Decoding of the line network's outputs: the most likely text, the likelihood of a text, the places of its digits.

Connectionist temporal classification: every step has a class, a path is one class per step, and a path spells the text
that is left when repeated classes are merged and blanks are removed (Graves et al. 2006).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Steps = NDArray[np.floating]  # (steps, CLASSES) logarithms of probabilities; digit d has the class d + 1

BLANK = 0
OTHER = 11  # a character that is not a digit
CLASSES = 12
OTHER_SIGN = "?"  # stands for it in a text


def best_text(steps: Steps) -> str:
    """The text that the most likely path spells."""
    best = steps.argmax(axis=1)
    kept = best[np.insert(np.diff(best) != 0, 0, True)]
    return "".join(OTHER_SIGN if one == OTHER else str(one - 1) for one in kept if one != BLANK)


def log_likelihood(steps: Steps, text: str) -> float:
    """The logarithm of the probability of a text of digits: the sum over all paths that spell it."""
    classes, skips = _with_blanks(text)
    alpha = _first(steps, classes)
    for step in steps[1:, classes]:
        stayed_or_next = np.logaddexp(alpha[2:], alpha[1:-1])
        alpha[2:] = np.logaddexp(stayed_or_next, alpha[:-2] + skips) + step
    return float(np.logaddexp.reduce(alpha[-2:]))


def places(steps: Steps, text: str) -> list[tuple[int, int]]:
    """First step and the step after the last of each digit, on the most likely path that spells the text.

    Empty when there are too few steps for the text.
    """
    classes, skips = _with_blanks(text)
    score = _first(steps, classes)
    came_by = np.zeros((len(steps), len(classes)), np.int64)
    options = np.empty((3, len(classes)))
    for at, step in enumerate(steps[1:, classes], 1):
        options[0], options[1] = score[2:], score[1:-1]
        np.add(score[:-2], skips, out=options[2])
        options.argmax(axis=0, out=came_by[at])
        np.add(options.max(axis=0), step, out=score[2:])
    score = score[2:]
    state = len(classes) - 1 - int(len(classes) > 1 and score[-2] > score[-1])
    if not np.isfinite(score[state]):
        return []
    found: dict[int, list[int]] = {}
    for at in range(len(steps) - 1, -1, -1):
        found.setdefault(state, []).append(at)
        state -= int(came_by[at, state])
    return [(found[state][-1], found[state][0] + 1) for state in range(1, len(classes), 2)]


def digit_probabilities(steps: Steps, place: tuple[int, int], digit: int) -> NDArray[np.float64]:
    """(10,) probabilities of the digits where this one is most likely."""
    part = steps[slice(*place), 1:OTHER]
    exponentials = np.exp(part[int(part[:, digit].argmax())].astype(np.float64))
    return np.asarray(exponentials / exponentials.sum())


def _with_blanks(text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Classes of the text with blanks around each digit; 0 where a path may skip a blank, else minus infinity."""
    classes = np.zeros(2 * len(text) + 1, np.int64)
    classes[1::2] = [int(one) + 1 for one in text]
    skips = np.full(len(classes), -np.inf)
    skips[3::2][classes[3::2] != classes[1:-2:2]] = 0
    return classes, skips


def _first(steps: Steps, classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """The scores of the first step, after two impossible classes, so that shifted views have the same length."""
    scores = np.full(len(classes) + 2, -np.inf)
    scores[2:4] = steps[0, classes[:2]]
    return scores
