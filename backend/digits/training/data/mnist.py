"""MNIST, split by writer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digits.training.data import LabelledImages, Labels

#: Validation writers are chosen from this many last training images. Without known writers, all of them are used.
VALIDATION_IMAGES = 5_000


@dataclass(frozen=True)
class Mnist:
    """MNIST in three parts; `test` is for reporting only. Bright ink on black, (n, SIDE, SIDE)."""

    training: LabelledImages
    validation: LabelledImages
    test: LabelledImages


def load_mnist(folder: Path | None) -> Mnist:
    """Read `mnist.npz` and `mnist_writers.npz` in `folder`, or download MNIST with Keras (CC BY-SA 3.0).

    The validation set holds the last writers of the training images: those who wrote none of the first 55,000. Without
    `mnist_writers.npz` it holds the last 5,000 images. Raises FileNotFoundError when `folder` has no `mnist.npz`.
    """
    if folder is None:
        from keras.datasets import mnist

        (x_train, y_train), (x_test, y_test) = mnist.load_data()
    else:
        with np.load(folder / "mnist.npz") as arrays:
            x_train, y_train, x_test, y_test = (arrays[key] for key in ("x_train", "y_train", "x_test", "y_test"))
    known = LabelledImages(x_train, y_train.astype(np.int64))
    held_out = np.arange(len(known)) >= len(known) - VALIDATION_IMAGES
    writers_file = folder / "mnist_writers.npz" if folder else None
    if writers_file and writers_file.exists():
        with np.load(writers_file) as arrays:
            held_out = late_writers(arrays["train"], VALIDATION_IMAGES)
    return Mnist(known[~held_out], known[held_out], LabelledImages(x_test, y_test.astype(np.int64)))


def mnist_writers(folder: Path | None) -> tuple[Labels, Labels, Labels]:
    """The writer of each training, validation and test image, as `load_mnist` splits them.

    Without `mnist_writers.npz` in `folder`, all images count as those of one writer.
    """
    file = folder / "mnist_writers.npz" if folder else None
    if file is None or not file.exists():
        mnist = load_mnist(folder)
        training, validation, test = (np.zeros(len(part), np.int64) for part in vars(mnist).values())
        return training, validation, test
    with np.load(file) as arrays:
        writers, test = arrays["train"], arrays["test"]
    held_out = late_writers(writers, VALIDATION_IMAGES)
    return writers[~held_out], writers[held_out], test


def late_writers(writers: Labels, last: int) -> np.ndarray:
    """(n,) writer of each image -> (n,) bool: whether the writer has images among the `last` ones only."""
    return ~np.isin(writers, writers[:-last])
