"""The trained networks as a SavedModel, and the card that says what it is."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from digits import card, images
from digits.training.calibrate import Calibration
from digits.training.served import Served

LICENCES = [
    "MNIST: LeCun, Cortes, Burges; CC BY-SA 3.0",
    "UNIPEN train_r01_v07, categories 1a to 1d: Guyon et al. 1994; doi 10.5281/zenodo.1195803, CC BY 4.0 there",
]


@dataclass(frozen=True)
class Used:
    """Digits that had a part in the making; `errors` where they were read to choose by."""

    data: str
    digits: int
    errors: int | None = None


@dataclass(frozen=True)
class Made:
    """How a network came to be."""

    recipe: dict[str, Any]
    trained_on: list[Used]
    chosen_on: list[Used]
    minutes: float


def export(
    networks: Sequence[Any],
    calibration: Calibration,
    made: Made,
    known: tuple[NDArray[np.uint8], int],
    folder: Path,
) -> None:
    """Write the SavedModel and `card.json` to `folder`, in the place of a model that is there.

    `known` is a square and its digit. Raises FileExistsError when the folder has something else in it.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / card.NAME).exists():
        raise FileExistsError(f"{folder} is not empty and holds no model: it is left as it is.")
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _write(networks, calibration, made, known, fresh, folder)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _write(
    networks: Sequence[Any],
    calibration: Calibration,
    made: Made,
    known: tuple[NDArray[np.uint8], int],
    fresh: Path,
    folder: Path,
) -> None:
    """All files of the model to be at `folder`, in the folder `fresh`."""
    served = Served(networks, calibration.temperature)
    tf.saved_model.save(served, str(fresh), signatures={"serving_default": served.read, "explain": served.explain})
    (fresh / "assets").rmdir()  # empty, and git does not keep what is empty
    (fresh / "fingerprint.pb").unlink(missing_ok=True)  # differs at every export of the very same weights
    square, digit = known
    card.write(
        fresh,
        {
            "name": folder.parent.name,
            "version": folder.name,
            "sha256": card.fingerprint(fresh),
            "trained_on": {
                "sources": [{"data": used.data, "digits_a_pass": used.digits} for used in made.trained_on],
                "recipe": made.recipe,
                "minutes": made.minutes,
                "licences": LICENCES,
            },
            "chosen_on": {"sources": [asdict(used) for used in made.chosen_on]},
            "calibration": {"temperature": calibration.temperature},
            "thresholds": {
                "accept_from": calibration.accept_from,
                "doubt_from": calibration.doubt_from,
                "reject_from": calibration.reject_from,
            },
            "limits": [
                "It reads one digit, 0 to 9, and has seen Western handwriting only.",
                "A character that looks like a digit, such as O, l, S, Z, B or b, is read as that digit.",
                "A shadow's sharp edge and dark lines on the paper may be taken for ink.",
            ],
            "figures": [],
            "refusals": [],
            "robustness": [],
            "self_test": {"digit": digit, "image": images.to_data_url(square)},
        },
    )
