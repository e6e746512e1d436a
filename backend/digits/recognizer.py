"""The SavedModel as a function: squares in, readings out.

Everybody else sees a recognizer as `squares -> readings`, so that in a test a lambda will do.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits import card as cards
from digits import images
from digits.errors import ModelError

Squares = NDArray[np.uint8]  # (n, 28, 28)


@dataclass(frozen=True)
class Reading:
    """What the recognizer says of one picture."""

    status: str  # accepted, uncertain or rejected
    reason: str | None  # why it is not accepted
    digit: int | None
    confidence: float | None  # the largest of the probabilities
    probabilities: tuple[float, ...] | None  # ten, in the digits' order, adding up to 1


Recognizer = Callable[[Squares], list[Reading]]

BLANK = Reading("rejected", "blank", None, None, None)


def read(recognizer: Recognizer, square: NDArray[np.uint8] | None) -> Reading:
    """A prepared picture, (28, 28) or None where the page is blank, -> reading. Nobody is asked about a blank one."""
    return BLANK if square is None else recognizer(square[None])[0]


def decide(probabilities: NDArray[np.floating], accept_from: float) -> Reading:
    """(10,) calibrated probabilities -> reading; below the confidence `accept_from` it is only uncertain."""
    rounded = tuple(round(float(one), 6) for one in probabilities)
    digit = int(np.argmax(probabilities))
    confidence = rounded[digit]
    if confidence < accept_from:
        return Reading("uncertain", "low_confidence", digit, confidence, rounded)
    return Reading("accepted", None, digit, confidence, rounded)


def load(folder: Path) -> Recognizer:
    """The recognizer in a model's folder. TensorFlow is imported here and nowhere else in serving.

    Raises ModelError when the folder holds no SavedModel, or another one than its card speaks of.
    """
    card = cards.read(folder)
    found = cards.fingerprint(folder)
    if found != card.get("sha256"):
        raise ModelError(f"The model in {folder} has the SHA-256 {found}; its card says {card.get('sha256')}.")
    tf = import_tensorflow()
    try:
        model = tf.saved_model.load(str(folder))
        signature = model.signatures["serving_default"]
        accept_from = float(card["thresholds"]["accept_from"])
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"The model in {folder} cannot be loaded.") from error

    def recognize(squares: Squares, _owner: object = model) -> list[Reading]:  # a signature does not keep its model
        probabilities = signature(squares=tf.constant(squares, tf.uint8))["probabilities"].numpy()  # (n, 10)
        return [decide(row, accept_from) for row in probabilities]

    return recognize


def import_tensorflow() -> Any:
    """TensorFlow, set up for serving."""
    # A network this small is fastest on one thread, and the other cores have requests of their own.
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _silent_stderr():  # its C++ greets there before it looks at any log level
        import tensorflow
    return tensorflow


@contextmanager
def _silent_stderr() -> Iterator[None]:
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def reads_known_digit(recognizer: Recognizer, card: cards.Card) -> bool:
    """Whether the digit that every card carries for this purpose is read rightly."""
    known = card["self_test"]
    square = images.decode(base64.b64decode(known["image"].partition(",")[2])).grey
    return recognizer(square[None])[0].digit == int(known["digit"])
