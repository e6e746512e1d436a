"""Datasets: where the training and validation squares come from, and how they are varied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bytes8 = NDArray[np.uint8]
Floats = NDArray[np.float32]
Labels = NDArray[np.int64]
Rng = np.random.Generator

DIGITS = 10  # classes 0 to 9
NOT_A_DIGIT = 10  # the class of letters, signs, scribbles
SEVERAL_DIGITS = 11  # the class of pictures with more than one digit
CLASSES = 12


@dataclass(frozen=True)
class LabelledImages:
    """Images of one size with their classes."""

    images: Bytes8  # (n, height, width), ink bright on black
    labels: Labels  # (n,)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: slice | Labels | NDArray[np.bool_]) -> LabelledImages:
        return LabelledImages(self.images[chosen], self.labels[chosen])
