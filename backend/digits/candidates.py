"""What `preprocess` finds on a page of numbers, and the model decides about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]  # x, y, width, height


@dataclass(frozen=True)
class Candidate:
    """A run of neighbouring pieces that may be a digit."""

    start: int  # the first piece
    stop: int  # the piece after the last
    square: NDArray[np.uint8]  # (SIDE, SIDE)
    box: Box  # in pixels of the page, or in the units of the strokes
    strokes: tuple[int, ...] = ()  # indices of its strokes


@dataclass(frozen=True)
class Group:
    """What may be a number: its pieces from left to right, and the candidates for its digits."""

    cuts: tuple[bool, ...]  # whether one piece was cut from the next, for all pieces but the last
    candidates: tuple[Candidate, ...]
    box: Box
    line: NDArray[np.uint8] | None = None  # (height, width) image of all of its ink, for the line network
    line_margin: int = 0  # pixels left and right of the ink in it
    marked: bool = False  # whether a decimal mark or a minus may stand beside the digits

    @property
    def pieces(self) -> int:
        """How many there are."""
        return len(self.cuts) + 1

    def along_line(self, share: float) -> float:
        """A place on the line image, as a share of its width -> the same place as a share of the width of the box."""
        width = 0 if self.line is None else self.line.shape[1]
        return (share * width - self.line_margin) / max(1, width - 2 * self.line_margin)
