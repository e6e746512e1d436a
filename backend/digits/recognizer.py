"""The SavedModel as two functions: squares in, readings or evidence out.

Everybody else sees a recognizer as `squares -> readings` and an explainer as `squares, digits -> evidence`, so that in
a test a lambda will do.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits import card as cards
from digits import images
from digits.errors import ModelError

Squares = NDArray[np.uint8]  # (n, 28, 28)
Evidence = NDArray[np.float32]  # (n, 28, 28): how much each pixel speaks for a digit, negative where against it


@dataclass(frozen=True)
class Reading:
    """What the recognizer says of one picture."""

    status: str  # accepted, uncertain or rejected
    reason: str | None  # why it is not accepted
    digit: int | None
    confidence: float | None  # the largest of the probabilities
    probabilities: tuple[float, ...] | None  # ten, in the digits' order, adding up to 1


Recognizer = Callable[[Squares], list[Reading]]
Explainer = Callable[[Squares, list[int]], Evidence]


class Model(NamedTuple):
    """A SavedModel's two functions."""

    read: Recognizer
    explain: Explainer


@dataclass(frozen=True)
class Thresholds:
    """Where an answer stands and where it does not; chosen in training, kept in the card."""

    accept_from: float  # confidence below which a reading is uncertain
    doubt_from: float  # probability that it is no single digit, from which a reading is uncertain
    reject_from: float  # and from which there is no digit


BLANK = Reading("rejected", "blank", None, None, None)


def read(recognizer: Recognizer, square: NDArray[np.uint8] | None) -> Reading:
    """A prepared picture, (28, 28) or None where the page is blank, -> reading. Nobody is asked about a blank one."""
    return read_all(recognizer, [square])[0]


def read_all(recognizer: Recognizer, squares: Sequence[NDArray[np.uint8] | None]) -> list[Reading]:
    """Prepared pictures -> their readings in the same order; the recognizer is asked once about all of them."""
    written = [square for square in squares if square is not None]
    readings = iter(recognizer(np.stack(written)) if written else ())
    return [BLANK if square is None else next(readings) for square in squares]


def unexplained(squares: Squares, _: list[int]) -> Evidence:
    """The explainer of a recognizer that has none: nothing speaks for or against anything."""
    return np.zeros(squares.shape, np.float32)


def decide(
    probabilities: NDArray[np.floating], not_a_digit: float, several_digits: float, thresholds: Thresholds
) -> Reading:
    """(10,) calibrated probabilities and those of no digit and of several -> reading."""
    rounded = tuple(round(float(one), 6) for one in probabilities)
    doubt = not_a_digit + several_digits
    if doubt >= thresholds.reject_from:
        reason = "not_a_digit" if not_a_digit >= several_digits else "several_digits"
        return Reading("rejected", reason, None, None, rounded)
    digit = int(np.argmax(probabilities))
    confidence = rounded[digit]
    if confidence < thresholds.accept_from or doubt >= thresholds.doubt_from:
        return Reading("uncertain", "low_confidence", digit, confidence, rounded)
    return Reading("accepted", None, digit, confidence, rounded)


def load(folder: Path) -> Model:
    """The functions in a model's folder. TensorFlow is imported here and nowhere else in serving.

    Raises ModelError when the folder holds no SavedModel, or another one than its card speaks of.
    """
    card = cards.checked(folder)
    tf = import_tensorflow()
    try:
        model = tf.saved_model.load(str(folder))
        reader, explainer = _frozen(model.signatures["serving_default"]), model.signatures["explain"]
        thresholds = Thresholds(**card["thresholds"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"The model in {folder} cannot be loaded.") from error

    def read(squares: Squares) -> list[Reading]:
        answer = reader(squares)
        rows = zip(answer["probabilities"], answer["not_a_digit"], answer["several_digits"], strict=True)
        return [decide(row, float(other), float(several), thresholds) for row, other, several in rows]

    def explain(
        squares: Squares, digits: list[int], _owner: object = model
    ) -> Evidence:  # a signature does not keep it
        asked = tf.constant(digits, tf.int32)
        return np.asarray(explainer(squares=tf.constant(squares, tf.uint8), digits=asked)["evidence"].numpy())

    return Model(read, explain)


def _frozen(signature: Any) -> Callable[[Squares], dict[str, NDArray[np.float32]]]:
    """A signature that takes squares, with its weights as constants: nothing is looked up at a call.

    A session is asked, which takes and gives NumPy's arrays with far less Python than a `tf.function` does. All of it
    is done by the thread that asks: to hand it to another one and wait takes longer than most of the operations.
    """
    tf = import_tensorflow()
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    constant = convert_variables_to_constants_v2(signature)
    with tf.Graph().as_default() as graph:
        tf.graph_util.import_graph_def(constant.graph.as_graph_def(), name="")
    threads = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=-1)
    (asked,) = constant.inputs
    call = tf.compat.v1.Session(graph=graph, config=threads).make_callable(
        [answer.name for answer in constant.outputs], feed_list=[asked.name]
    )
    names = sorted(signature.structured_outputs)  # as its answers are ordered
    return lambda squares: dict(zip(names, call(squares), strict=True))


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
