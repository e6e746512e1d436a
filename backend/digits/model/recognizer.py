"""The SavedModel as functions: squares -> readings, squares with digits -> evidence, a line -> its steps.

Everything else sees a recognizer as `squares -> readings` and an explainer as `squares, digits -> evidence`, so a
lambda can replace either in a test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from digits.data_url import from_data_url
from digits.errors import ModelError
from digits.model import store
from digits.model.confidence import Calibration
from digits.model.ctc import Steps

Square = NDArray[np.uint8]  # (SIDE, SIDE)
Squares = NDArray[np.uint8]  # (n, SIDE, SIDE)
#: (n, SIDE, SIDE): how much each pixel supports a digit; negative when it counts against it.
Evidence = NDArray[np.float32]


@dataclass(frozen=True)
class Reading:
    """What the recognizer reads in one picture."""

    status: str  # accepted, uncertain or rejected
    reason: str | None  # why it is not accepted
    digit: int | None
    confidence: float | None  # probability that the whole reading is right; None when rejected
    probabilities: tuple[float, ...] | None  # ten that add up to 1, given that it is one digit; None when blank
    not_a_digit: float | None  # None when blank
    several_digits: float | None  # None when blank


Recognizer = Callable[[Squares], list[Reading]]
Explainer = Callable[[Squares, list[int]], Evidence]
#: (SIDE, SIDE) -> (height, width, channels) of each convolution of the first network, after ReLU, in their order.
FeatureMaps = Callable[[Square], dict[str, NDArray[np.float32]]]
LineReader = Callable[[NDArray[np.uint8]], Steps]  # (height, width) line of a number -> (steps, ctc.CLASSES)


def no_evidence(squares: Squares, _: list[int]) -> Evidence:
    """The explainer of a recognizer without explanations: no pixel matters."""
    return np.zeros(squares.shape, np.float32)


class Model(NamedTuple):
    """The functions of a SavedModel."""

    read: Recognizer
    explain: Explainer = no_evidence
    read_line: LineReader | None = None  # None for a model without a line network
    numbers: Calibration = Calibration()  # of the confidence of numbers
    feature_maps: FeatureMaps | None = None  # None for a model without this signature


@dataclass(frozen=True)
class Thresholds:
    """What separates the statuses; chosen on the validation set, kept in the model card."""

    accept_from: float  # a reading whose largest of the ten probabilities is lower is uncertain
    doubt_from: float  # a reading with at least this probability of not being one digit is uncertain
    reject_from: float  # a reading with at least this probability of not being one digit is rejected


SEVERAL = 0.4  # probability of several digits from which ink in two parts is several digits
BLANK = Reading("rejected", "blank", None, None, None, None, None)


class Preprocessed(Protocol):
    """What preprocessing makes of a picture or of strokes."""

    @property
    def square(self) -> Square | None:
        """None when the page is blank."""

    @property
    def parts(self) -> int:
        """In how many parts the ink lies: several digits lie apart."""


def read(recognizer: Recognizer, page: Preprocessed) -> Reading:
    """The recognizer is not called for a blank page."""
    return read_all(recognizer, [page])[0]


def read_all(recognizer: Recognizer, pages: Sequence[Preprocessed]) -> list[Reading]:
    """Readings in the same order. The recognizer is called at most once."""
    inked = [page.square for page in pages if page.square is not None]
    readings = iter(recognizer(np.stack(inked)) if inked else ())
    return [BLANK if page.square is None else settled(next(readings), page.parts) for page in pages]


def settled(reading: Reading, parts: int) -> Reading:
    """The layout of the ink settles a doubt of the network.

    In 28x28 pixels, a column of digits may look like one digit, but its parts lie apart. Such a reading is several
    digits if it is uncertain, and the network finds several digits likelier than none. A broken digit may have two
    parts: then several digits must be SEVERAL likely. No digit of the validation writers is affected.
    """
    several, none = reading.several_digits or 0.0, reading.not_a_digit or 0.0
    least = {1: 1.0, 2: SEVERAL}.get(parts, 0.0)
    if reading.status != "uncertain" or several <= none or several < least:
        return reading
    return replace(reading, status="rejected", reason="several_digits", digit=None, confidence=None)


def decide(
    probabilities: NDArray[np.floating], not_a_digit: float, several_digits: float, thresholds: Thresholds
) -> Reading:
    """(10,) calibrated probabilities, given that it is one digit, and those that it is not -> reading."""
    rounded = tuple(round(float(probability), 6) for probability in probabilities)
    not_one = not_a_digit + several_digits
    others = round(not_a_digit, 6), round(several_digits, 6)
    if not_one >= thresholds.reject_from:
        reason = "not_a_digit" if not_a_digit >= several_digits else "several_digits"
        return Reading("rejected", reason, None, None, rounded, *others)
    digit = int(np.argmax(probabilities))
    confidence = round(rounded[digit] * (1 - min(1.0, sum(others))), 6)
    if rounded[digit] < thresholds.accept_from or not_one >= thresholds.doubt_from:
        return Reading("uncertain", "low_confidence", digit, confidence, rounded, *others)
    return Reading("accepted", None, digit, confidence, rounded, *others)


def load(folder: Path) -> Model:
    """Load a model. Serving imports TensorFlow here and nowhere else.

    Raises ModelError when the folder does not hold a SavedModel, or not the one that its card describes.
    """
    card = store.verified_card(folder)
    tf = import_tensorflow()
    try:
        model = tf.saved_model.load(str(folder))
        reader, explainer = _frozen(model.signatures["serving_default"]), model.signatures["explain"]
        thresholds = Thresholds(**card["thresholds"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"The model in {folder} cannot be loaded.") from error

    def read(squares: Squares) -> list[Reading]:
        outputs = reader(squares)
        rows = zip(outputs["probabilities"], outputs["not_a_digit"], outputs["several_digits"], strict=True)
        return [decide(row, float(none), float(several), thresholds) for row, none, several in rows]

    def explain(squares: Squares, digits: list[int], _model: object = model) -> Evidence:
        # `_model` keeps the model alive: a signature does not.
        outputs = explainer(squares=tf.constant(squares, tf.uint8), digits=tf.constant(digits, tf.int32))
        return np.asarray(outputs["evidence"].numpy())

    numbers = Calibration(**card["calibration"].get("numbers", {}))
    return Model(read, explain, _line_reader(model), numbers, _feature_maps(model))


def _line_reader(model: Any) -> LineReader | None:
    if "read_line" not in model.signatures:
        return None
    reader = _frozen(model.signatures["read_line"])
    return lambda line: reader(line[None])["steps"][0]


def _feature_maps(model: Any) -> FeatureMaps | None:
    if "activations" not in model.signatures:
        return None
    activations = _frozen(model.signatures["activations"])

    def feature_maps(square: Square) -> dict[str, NDArray[np.float32]]:
        outputs = activations(square[None])
        return {name: outputs[name][0] for name in sorted(outputs, key=lambda name: int(name.rpartition("_")[2]))}

    return feature_maps


def _frozen(signature: Any) -> Callable[[NDArray[np.uint8]], dict[str, NDArray[np.float32]]]:
    """A signature with one input, with its weights turned into constants, so that no call looks them up.

    A session accepts and returns NumPy arrays with much less Python code than a `tf.function` does. The calling thread
    does all of the work: handing it to another thread takes longer than most of the operations.
    """
    tf = import_tensorflow()
    from tensorflow.core.protobuf.config_pb2 import CallableOptions
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    constant = convert_variables_to_constants_v2(signature)
    with tf.Graph().as_default() as graph:
        tf.graph_util.import_graph_def(constant.graph.as_graph_def(), name="")
    threads = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=-1)
    (given,) = constant.inputs
    session = tf.compat.v1.Session(graph=graph, config=threads)
    options = CallableOptions(feed=[given.name], fetch=[output.name for output in constant.outputs])
    # The public `make_callable` looks up all names again in every call, which takes two thirds as long as the network.
    call = session._make_callable_from_options(options)
    names = sorted(signature.structured_outputs)  # the order of the outputs
    return lambda given: dict(zip(names, call(given), strict=True))


def import_tensorflow() -> Any:
    """TensorFlow, configured for serving."""
    # A network this small is fastest on one thread, and the other cores have requests of their own.
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _silent_stderr():  # TensorFlow's C++ code prints a greeting before it looks at any log level
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


def passes_self_test(recognizer: Recognizer, card: store.Card) -> bool:
    """Whether the recognizer reads the known digit that every card carries for this purpose."""
    known = card["self_test"]
    return recognizer(from_data_url(known["image"])[None])[0].digit == int(known["digit"])
