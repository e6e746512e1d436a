"""The trained network as a SavedModel, and the card that says what it is."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from digits import card, images
from digits.training.calibrate import Calibration


@dataclass(frozen=True)
class Made:
    """How a network came to be."""

    recipe: dict[str, Any]
    training_digits: int
    validation_digits: int
    validation_errors: int
    minutes: float


class _Served(tf.Module):  # type: ignore[misc]  # TensorFlow has no types
    """Squares in, probabilities out: what TensorFlow Serving and our own recognizer call."""

    def __init__(self, network: Any, temperature: float) -> None:
        super().__init__()
        self.network = network
        self.temperature = temperature

    @tf.function(input_signature=[tf.TensorSpec((None, 28, 28), tf.uint8, name="squares")])  # type: ignore[untyped-decorator]
    def read(self, squares: Any) -> dict[str, Any]:
        """(n, 28, 28) uint8 -> (n, 10) float32 calibrated probabilities."""
        return {"probabilities": tf.nn.softmax(self.network(squares, training=False) / self.temperature)}


def export(
    network: Any, calibration: Calibration, made: Made, known: tuple[NDArray[np.uint8], int], folder: Path
) -> None:
    """Write the SavedModel and `card.json` to `folder`, which is replaced. `known` is a square and its digit."""
    shutil.rmtree(folder, ignore_errors=True)
    served = _Served(network, calibration.temperature)
    tf.saved_model.save(served, str(folder), signatures={"serving_default": served.read})
    (folder / "fingerprint.pb").unlink(missing_ok=True)  # differs at every export of the very same weights
    square, digit = known
    card.write(
        folder,
        {
            "name": folder.parent.name,
            "version": folder.name,
            "sha256": card.fingerprint(folder),
            "trained_on": {
                "data": "MNIST training images 0 to 54,999 (LeCun, Cortes, Burges; CC BY-SA 3.0), distorted anew in "
                "every pass and prepared as pictures are when served",
                "pictures": made.training_digits,
                "minutes": made.minutes,
                "recipe": made.recipe,
            },
            "chosen_on": {
                "data": "MNIST training images 55,000 to 59,999",
                "pictures": made.validation_digits,
                "errors": made.validation_errors,
            },
            "calibration": {"temperature": calibration.temperature},
            "thresholds": {"accept_from": calibration.accept_from},
            "limits": [
                "It reads one digit, 0 to 9, and has seen Western handwriting only.",
                "It was not taught what is no digit: a letter may be read as the digit that it resembles.",
                "Photographs with shadows, ruled or squared paper are not yet prepared as well as drawings and scans.",
            ],
            "figures": [],
            "self_test": {"digit": digit, "image": images.to_data_url(square)},
        },
    )
