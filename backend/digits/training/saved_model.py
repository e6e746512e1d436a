"""The SavedModel: the cascade of trained networks with its signatures, and the model card beside it."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray

from digits.data_url import to_data_url
from digits.geometry import SIDE
from digits.model import store
from digits.preprocess.line import HEIGHT
from digits.training import line_network, network
from digits.training.calibrate import Calibration
from digits.training.data import CLASSES, DIGITS, NOT_A_DIGIT, SEVERAL_DIGITS

SURE = 0.95  # probability of any class from which the first network decides alone
FIRST_WEIGHT = 0.3  # weight of the first network when all are averaged; the others share the rest
STEPS = 32  # on each path of the integrated gradients: the nodes of a Gauss-Legendre quadrature
SQUARES = tf.TensorSpec((None, SIDE, SIDE), tf.uint8, name="squares")
LINES = tf.TensorSpec((None, HEIGHT, None), tf.uint8, name="lines")
CLASS = tf.TensorSpec((None,), tf.int32, name="digits")

LICENCES = [
    "MNIST: LeCun, Cortes, Burges; CC BY-SA 3.0",
    "Writers of MNIST: QMNIST, Facebook Research; BSD style",
    "UNIPEN train_r01_v07, categories 1a to 1d: Guyon et al. 1994; doi 10.5281/zenodo.1195803, CC BY 4.0 there",
    "kensanata, Numbers: Alex Schroeder and contributors; CC0 1.0",
    "bhmsds: wblachowski 2019; MIT",
    "lectaurep-repertoires: Archives nationales and Inria ALMAnaCH, HTR-United; CC BY 4.0",
]


class Cascade(tf.Module):  # type: ignore[misc]  # TensorFlow has no types
    """Trained networks and their calibration.

    The first network decides alone where it is sure. For the few other squares, the weighted mean of all networks'
    log-probabilities decides. That is nearly as accurate as asking all of them about every square, at nearly the cost
    of the first.
    """

    def __init__(
        self, networks: Sequence[Any], temperature: float = 1.0, digit_bias: float = 0.0, line: Any = None
    ) -> None:
        super().__init__()
        self.line = line
        self.first, *self.others = networks
        # (n, SIDE, SIDE, 1) of 0 to 1 -> (n, CLASSES) logits
        self.inner = [keras.Model(one.get_layer("scaled").output, one.output) for one in networks]
        rectified = [layer.output for layer in self.first.layers if isinstance(layer, keras.layers.ReLU)]
        self.inside = keras.Model(self.first.input, rectified)
        self.temperature = temperature
        self.bias = [digit_bias] * DIGITS + [0.0] * (CLASSES - DIGITS)

    @tf.function(input_signature=[SQUARES])  # type: ignore[untyped-decorator]
    def read(self, squares: Any) -> dict[str, Any]:
        """(n, SIDE, SIDE) uint8 -> probabilities.

        `probabilities` (n, 10) float32 are those of the ten digits, given that the square shows one; they are
        calibrated. `not_a_digit` and `several_digits` (n,) float32 are the probabilities that it does not.
        """
        logits = self.logits(squares)
        classes = tf.nn.softmax(logits + tf.constant(self.bias))
        return {
            "probabilities": tf.nn.softmax(logits[:, :DIGITS] / self.temperature),
            "not_a_digit": classes[:, NOT_A_DIGIT],
            "several_digits": classes[:, SEVERAL_DIGITS],
        }

    @tf.function(input_signature=[SQUARES, CLASS])  # type: ignore[untyped-decorator]
    def explain(self, squares: Any, digits: Any) -> dict[str, Any]:
        """(n, SIDE, SIDE) uint8 and (n,) int32 -> `evidence` (n, SIDE, SIDE) float32: how much each pixel supports it.

        Integrated gradients (Sundararajan, Taly, Yan: Axiomatic attribution for deep networks, 2017) of the digit's
        log-odds against the other nine. Summed over the pixels they are the difference in log-odds between the square
        and the start of the path. The result is the mean of two paths: from an empty square, which shows what the ink
        says, and from a full one, which shows what the gaps say. The log-odds are those of all networks together, also
        where the first network decides alone.
        """
        pictures = tf.cast(squares, tf.float32)[..., None] / 255  # (n, SIDE, SIDE, 1)
        starts = tf.reshape(tf.constant([0.0, 1.0]), (2, 1, 1, 1, 1, 1))
        places, weights = (tf.reshape(tf.constant(one, tf.float32), (1, STEPS, 1, 1, 1, 1)) for one in leggauss(STEPS))
        shares = (places + 1) / 2
        paths = starts + (pictures - starts) * shares  # (2, STEPS, n, SIDE, SIDE, 1)
        points = tf.reshape(paths, (-1, SIDE, SIDE, 1))  # one batch: a network this small is fastest in large ones
        with tf.GradientTape() as tape:
            tape.watch(points)
            odds = self._log_odds(points, tf.tile(digits, [2 * STEPS]))
        slopes = tf.reshape(tape.gradient(odds, points), tf.shape(paths)) * weights / 2
        slopes = tf.reduce_sum(slopes, axis=1, keepdims=True)
        return {"evidence": tf.reduce_mean(slopes * (pictures - starts), axis=0)[0, ..., 0]}

    @tf.function(input_signature=[SQUARES])  # type: ignore[untyped-decorator]
    def activations(self, squares: Any) -> dict[str, Any]:
        """(n, SIDE, SIDE) uint8 -> the feature maps of the first network's convolutions, after ReLU.

        `convolution_1` and so on, (n, height, width, channels) float32.
        """
        maps = self.inside(squares, training=False)
        return {f"convolution_{place}": one for place, one in enumerate(maps, 1)}

    @tf.function(input_signature=[LINES])  # type: ignore[untyped-decorator]
    def read_line(self, lines: Any) -> dict[str, Any]:
        """(n, HEIGHT, width) uint8 -> `steps` (n, width / 2, LINE_CLASSES) float32, logarithms of probabilities."""
        return {"steps": tf.nn.log_softmax(self.line(lines, training=False))}

    @tf.function(input_signature=[SQUARES])  # type: ignore[untyped-decorator]
    def logits(self, squares: Any) -> Any:
        """(n, SIDE, SIDE) uint8 -> (n, CLASSES) float32, logarithms of probabilities before the temperature."""
        logits = tf.nn.log_softmax(self.first(squares, training=False))
        if not self.others:
            return logits
        doubtful = tf.where(tf.reduce_max(logits, axis=1) < math.log(SURE))  # (k, 1)
        # Never called with an empty batch: oneDNN's convolutions fail on one.
        return tf.cond(tf.size(doubtful) > 0, lambda: self._ask_all(squares, logits, doubtful), lambda: logits)

    def _ask_all(self, squares: Any, logits: Any, doubtful: Any) -> Any:
        chosen = tf.gather_nd(squares, doubtful)  # (k, SIDE, SIDE)
        votes = [tf.gather_nd(logits, doubtful)]
        votes += [tf.nn.log_softmax(one(chosen, training=False)) for one in self.others]
        return tf.tensor_scatter_nd_update(logits, doubtful, self._mean(votes))

    def _mean(self, votes: Sequence[Any]) -> Any:
        """Log-probabilities of each network, (n, CLASSES) -> their weighted mean."""
        first, *others = votes
        if not others:
            return first
        return FIRST_WEIGHT * first + (1 - FIRST_WEIGHT) * tf.reduce_mean(tf.stack(others), axis=0)

    def _log_odds(self, pictures: Any, digits: Any) -> Any:
        votes = [tf.nn.log_softmax(one(pictures, training=False)) for one in self.inner]
        logits = self._mean(votes)[:, :DIGITS] / self.temperature
        chosen = tf.one_hot(digits, DIGITS)
        others = tf.reduce_logsumexp(logits - 1e9 * chosen, axis=1)
        return tf.reduce_sum(logits * chosen, axis=1) - others


def all_logits(networks: Sequence[Any], squares: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, SIDE, SIDE) -> (n, CLASSES) by the cascade, in batches."""
    cascade = Cascade(networks)
    parts = [cascade.logits(tf.constant(squares[start : start + 500])) for start in range(0, len(squares), 500)]
    return np.concatenate([part.numpy() for part in parts])


# --- export -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Used:
    """A dataset used for training or validation; `errors` is set for validation sets."""

    data: str
    count: int  # squares or lines
    errors: int | None = None


@dataclass(frozen=True)
class Made:
    """How a model was made."""

    recipe: dict[str, Any]
    trained_on: list[Used]
    lines: list[Used]
    chosen_on: list[Used]
    minutes: float


def export(
    networks: Sequence[Any],
    calibration: Calibration,
    made: Made,
    known: tuple[NDArray[np.uint8], int],
    folder: Path,
    line: Any = None,
) -> None:
    """Write the SavedModel and `card.json` to `folder`, replacing a model that is there.

    `known` is a square and its digit, for the self-test. Raises FileExistsError when the folder has other content.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / store.CARD).exists():
        raise FileExistsError(f"{folder} is not empty and holds no model, so it is not replaced.")
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _write(networks, calibration, made, known, fresh, folder, line)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _write(
    networks: Sequence[Any],
    calibration: Calibration,
    made: Made,
    known: tuple[NDArray[np.uint8], int],
    fresh: Path,
    folder: Path,
    line: Any,
) -> None:
    """Write to `fresh` all files of the model whose final place is `folder`."""
    _save(Cascade(networks, calibration.temperature, calibration.digit_bias, line), fresh)
    square, digit = known
    store.write_card(
        fresh,
        {
            "name": folder.parent.name,
            "version": folder.name,
            "sha256": store.checksum(fresh),
            "trained_on": {
                "sources": [{"data": used.data, "squares_per_epoch": used.count} for used in made.trained_on],
                "lines": [{"data": used.data, "lines_per_epoch": used.count} for used in made.lines],
                "recipe": made.recipe,
                "minutes": made.minutes,
                "licences": LICENCES,
            },
            "chosen_on": {
                "sources": [
                    {"data": used.data, "squares": used.count, "errors": used.errors} for used in made.chosen_on
                ]
            },
            "calibration": {"temperature": calibration.temperature, "digit_bias": calibration.digit_bias},
            "thresholds": {
                "accept_from": calibration.accept_from,
                "doubt_from": calibration.doubt_from,
                "reject_from": calibration.reject_from,
            },
            "limits": [
                "It reads digits and whole numbers, and was trained on Western handwriting only.",
                "It does not read decimal marks and signs. A number beside which one may stand is uncertain.",
                "A character that looks like a digit, such as O, l, S, Z, B or b, is read as that digit.",
                "A shadow's sharp edge and dark lines on the paper may be taken for ink.",
            ],
            "figures": [],
            "refusals": [],
            "robustness": [],
            "numbers": [],
            "self_test": {"digit": digit, "image": to_data_url(square)},
        },
    )


def _save(cascade: Cascade, folder: Path) -> None:
    """Write the SavedModel without its card."""
    signatures = {"serving_default": cascade.read, "explain": cascade.explain, "activations": cascade.activations}
    signatures |= {"read_line": cascade.read_line} if cascade.line else {}
    tf.saved_model.save(cascade, str(folder), signatures=signatures)
    (folder / "assets").rmdir()  # empty, and git does not store empty folders
    (folder / "fingerprint.pb").unlink(missing_ok=True)  # differs in every export of the same weights


# --- another export of the same weights -------------------------------------------------------------------------------


def export_again(old: Path, new: Path) -> None:
    """Write the networks of the model in `old` to `new` with the signatures of today, and its card.

    Raises FileExistsError when `new` exists, and ModelError when `old` holds no model of this project.
    """
    if new.exists():
        raise FileExistsError(f"{new} exists.")
    card = store.verified_card(old)
    recipe, calibration = card["trained_on"]["recipe"], card["calibration"]
    weights = tf.train.load_checkpoint(str(old / "variables" / "variables"))
    networks = []
    for prefix, size in (("first", recipe["small"]), ("others/0", recipe["medium"])):
        networks.append(network.build(tuple(size["widths"]), tuple(size["depths"]), folded=True))
        networks[-1].set_weights(_weights_of(weights, prefix))
    line = line_network.build(folded=True)
    line.set_weights(_weights_of(weights, "line"))
    _save(Cascade(networks, calibration["temperature"], calibration["digit_bias"], line), new)
    store.write_card(new, card | {"version": new.name, "sha256": store.checksum(new)})


def _weights_of(checkpoint: Any, prefix: str) -> list[NDArray[np.float32]]:
    """Kernel and bias of each layer below this name, in the order of the layers."""
    found = re.compile(re.escape(prefix) + r"/_operations/(\d+)/(_kernel|bias)/")
    names = [
        (int(match[1]), match[2], name)
        for name in checkpoint.get_variable_to_shape_map()
        if (match := found.match(name))
    ]
    return [checkpoint.get_tensor(name) for *_, name in sorted(names)]
