"""How sure a number is: from what speaks for its text to the probability that the text is right."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """What speaks for a text."""

    by_lattice: float  # its log-odds
    by_line: float
    cut: bool  # whether the lattice cuts ink between two digits, or cannot spell the text at all
    agreed: bool  # whether both have the same text


@dataclass(frozen=True)
class Calibration:
    """The weights of a logistic function (Platt scaling), fitted after training and kept in the model card.

    The defaults are those of the first model with a line network, whose card has none.
    """

    apart: tuple[float, float] = (0.205, 0.331)  # weights of the log-odds of the lattice and of the line ...
    cut: tuple[float, float] = (0.087, 0.977)  # ... and where ink was cut between two digits
    agree: float = 1.112  # is added where both have the same text
    intercept: float = 0.982
    accept_from: float = 0.95  # confidence of a number

    def confidence(self, evidence: Evidence) -> float:
        """The probability that the text is right."""
        of_lattice, of_line = self.cut if evidence.cut else self.apart
        both = of_lattice * evidence.by_lattice + of_line * evidence.by_line
        return logistic(both + self.agree * evidence.agreed + self.intercept)


def log_odds(log_likelihood: float) -> float:
    """The log-odds of a likelihood that is kept away from 0 and 1."""
    likely = min(1 - 1e-6, max(1e-6, math.exp(min(0.0, log_likelihood))))
    return math.log(likely / (1 - likely))


def logistic(value: float) -> float:
    """The probability whose log-odds are `value`."""
    return 1 / (1 + math.exp(-value))
