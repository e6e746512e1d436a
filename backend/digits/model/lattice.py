"""The lattice of a number: every way to take its candidates one after the other, from the first piece to the last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digits.candidates import Group


@dataclass(frozen=True)
class Path:
    """A way through the lattice."""

    candidates: tuple[int, ...]  # indices
    log_likelihood: float


@dataclass(frozen=True)
class Lattice:
    """The candidates of a group, with the logarithm of the likelihood that each of them is each digit, (n, 10)."""

    group: Group
    likelihoods: NDArray[np.floating]

    def best(self) -> tuple[Path, str]:
        """The most likely path, and the text that it spells."""
        most = self.likelihoods.max(axis=1)
        score = [0.0] + [-math.inf] * self.group.pieces
        came_by = [-1] * (self.group.pieces + 1)
        for place in self._order():
            candidate = self.group.candidates[place]
            reached = score[candidate.start] + float(most[place])
            if reached > score[candidate.stop]:
                score[candidate.stop], came_by[candidate.stop] = reached, place
        path: list[int] = []
        end = self.group.pieces
        while end > 0 and came_by[end] >= 0:
            path.insert(0, came_by[end])
            end = self.group.candidates[path[0]].start
        text = "".join(str(int(self.likelihoods[place].argmax())) for place in path)
        return Path(tuple(path), score[-1]), text

    def total(self) -> float:
        """The logarithm of the sum of the likelihoods of all paths, each by its most likely digits."""
        most = self.likelihoods.max(axis=1)
        score = [0.0] + [-math.inf] * self.group.pieces
        for place in self._order():
            candidate = self.group.candidates[place]
            score[candidate.stop] = float(np.logaddexp(score[candidate.stop], score[candidate.start] + most[place]))
        return score[-1]

    def spelling(self, text: str) -> Path | None:
        """The most likely path that spells a text of digits, or None if no path does."""
        digits = [int(one) for one in text]
        score = np.full((self.group.pieces + 1, len(digits) + 1), -np.inf)
        score[0, 0] = 0.0
        came_by = np.full(score.shape, -1, np.int64)
        for place in self._order():
            candidate = self.group.candidates[place]
            reached = score[candidate.start, :-1] + self.likelihoods[place, digits]
            better = np.flatnonzero(reached > score[candidate.stop, 1:])
            score[candidate.stop, better + 1], came_by[candidate.stop, better + 1] = reached[better], place
        if not np.isfinite(score[-1, -1]):
            return None
        path: list[int] = []
        end = self.group.pieces
        for left in range(len(digits), 0, -1):
            path.insert(0, int(came_by[end, left]))
            end = self.group.candidates[path[0]].start
        return Path(tuple(path), float(score[-1, -1]))

    def _order(self) -> Sequence[int]:
        candidates = self.group.candidates
        return sorted(range(len(candidates)), key=lambda place: candidates[place].start)
