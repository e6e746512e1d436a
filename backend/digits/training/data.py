"""The handwriting that the recognizer learns from and is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Bytes8 = NDArray[np.uint8]
Labels = NDArray[np.int64]

DIGITS = 10  # the classes 0 to 9
OTHER = 10  # the class of what is no digit
SEVERAL = 11  # and of more than one
CLASSES = 12

VALIDATION = 5_000  # of MNIST's 60,000 training images, the last ones: for every choice that is made


@dataclass(frozen=True)
class Digits:
    """Labelled pictures of one size."""

    pictures: Bytes8  # (n, height, width)
    labels: Labels  # (n,)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: slice) -> Digits:
        return Digits(self.pictures[chosen], self.labels[chosen])


@dataclass(frozen=True)
class Mnist:
    """MNIST in three parts; `test` is for reporting only. Bright ink on black, (n, 28, 28)."""

    training: Digits
    validation: Digits
    test: Digits


def load_mnist(folder: Path | None) -> Mnist:
    """MNIST from `mnist.npz` in `folder`, or where there is none by Keras' own download (CC BY-SA 3.0).

    Raises FileNotFoundError when a folder is named that holds no `mnist.npz`.
    """
    if folder is None:
        from keras.datasets import mnist

        (x_train, y_train), (x_test, y_test) = mnist.load_data()
    else:
        with np.load(folder / "mnist.npz") as arrays:
            x_train, y_train, x_test, y_test = (arrays[key] for key in ("x_train", "y_train", "x_test", "y_test"))
    known = Digits(x_train, y_train.astype(np.int64))
    return Mnist(known[:-VALIDATION], known[-VALIDATION:], Digits(x_test, y_test.astype(np.int64)))
