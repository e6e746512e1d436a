"""What the SavedModel is asked, by TensorFlow Serving as by our own recognizer: to read, and to explain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from digits.training.data import DIGITS, OTHER, SEVERAL

SURE = 0.99  # from this probability of any class on, the first network's reading stands
STEPS = 32  # of the path along which the evidence is added up
SQUARES = tf.TensorSpec((None, 28, 28), tf.uint8, name="squares")
ASKED = tf.TensorSpec((None,), tf.int32, name="digits")


class Served(tf.Module):  # type: ignore[misc]  # TensorFlow has no types
    """Trained networks, and the temperature of their probabilities.

    Where the first network is sure, its reading stands; about the few other squares all are heard. That is nearly as
    good as hearing all of them always, at nearly the cost of one.
    """

    def __init__(self, networks: Sequence[Any], temperature: float) -> None:
        super().__init__()
        self.first, *self.others = networks
        # (n, 28, 28, 1) of 0 to 1 -> (n, CLASSES) logits
        self.inner = [keras.Model(one.get_layer("scaled").output, one.output) for one in networks]
        self.temperature = temperature

    @tf.function(input_signature=[SQUARES])  # type: ignore[untyped-decorator]
    def read(self, squares: Any) -> dict[str, Any]:
        """(n, 28, 28) uint8 -> probabilities.

        `probabilities` (n, 10) float32 are those of the digits if it is one, calibrated; `not_a_digit` and
        `several_digits` (n,) float32 are those that it is none, or more than one.
        """
        logits = self.logits(squares)
        classes = tf.nn.softmax(logits)
        return {
            "probabilities": tf.nn.softmax(logits[:, :DIGITS] / self.temperature),
            "not_a_digit": classes[:, OTHER],
            "several_digits": classes[:, SEVERAL],
        }

    @tf.function(input_signature=[SQUARES, ASKED])  # type: ignore[untyped-decorator]
    def explain(self, squares: Any, digits: Any) -> dict[str, Any]:
        """(n, 28, 28) uint8 and (n,) int32 -> `evidence` (n, 28, 28) float32: how much each pixel speaks for the digit.

        Integrated gradients (Sundararajan, Taly, Yan: Axiomatic attribution for deep networks, 2017) of the digit's
        log-odds against the other nine: added up over all pixels they are by how much the square has more of them than
        where the path begins. It begins on bare paper, which shows what the ink says, and on full ink, which shows what
        the gaps say; the mean of both is given. The log-odds are those of all networks' mean, also where
        the first alone would be heard.
        """
        pictures = tf.cast(squares, tf.float32)[..., None] / 255  # (n, 28, 28, 1)
        beginnings = tf.reshape(tf.constant([0.0, 1.0]), (2, 1, 1, 1, 1, 1))
        shares = tf.reshape((tf.range(STEPS, dtype=tf.float32) + 0.5) / STEPS, (1, STEPS, 1, 1, 1, 1))
        paths = beginnings + (pictures - beginnings) * shares  # (2, STEPS, n, 28, 28, 1)
        points = tf.reshape(paths, (-1, 28, 28, 1))  # all at once: a network this small is fastest in large batches
        with tf.GradientTape() as tape:
            tape.watch(points)
            odds = self._log_odds(points, tf.tile(digits, [2 * STEPS]))
        slopes = tf.reduce_mean(tf.reshape(tape.gradient(odds, points), tf.shape(paths)), axis=1, keepdims=True)
        return {"evidence": tf.reduce_mean(slopes * (pictures - beginnings), axis=0)[0, ..., 0]}

    @tf.function(input_signature=[SQUARES])  # type: ignore[untyped-decorator]
    def logits(self, squares: Any) -> Any:
        """(n, 28, 28) uint8 -> (n, CLASSES) float32, logarithms of probabilities before the temperature."""
        logits = tf.nn.log_softmax(self.first(squares, training=False))
        if not self.others:
            return logits
        unsure = tf.where(tf.reduce_max(logits, axis=1) < math.log(SURE))  # (k, 1)
        # Not asked about nothing: there are processors on which TensorFlow's convolutions fail on no squares at all.
        return tf.cond(tf.size(unsure) > 0, lambda: self._all_heard(squares, logits, unsure), lambda: logits)

    def _all_heard(self, squares: Any, logits: Any, unsure: Any) -> Any:
        asked = tf.gather_nd(squares, unsure)  # (k, 28, 28)
        heard = [tf.gather_nd(logits, unsure)] + [tf.nn.log_softmax(one(asked, training=False)) for one in self.others]
        return tf.tensor_scatter_nd_update(logits, unsure, tf.reduce_mean(tf.stack(heard), axis=0))

    def _log_odds(self, pictures: Any, digits: Any) -> Any:
        heard = [tf.nn.log_softmax(one(pictures, training=False)) for one in self.inner]
        logits = tf.reduce_mean(tf.stack(heard), axis=0)[:, :DIGITS] / self.temperature
        asked = tf.one_hot(digits, DIGITS)
        others = tf.reduce_logsumexp(logits - 1e9 * asked, axis=1)
        return tf.reduce_sum(logits * asked, axis=1) - others


def all_logits(networks: Sequence[Any], squares: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 28, 28) -> (n, CLASSES), by the networks together as they are served, however many squares there are."""
    together = Served(networks, temperature=1.0)
    parts = [together.logits(tf.constant(squares[start : start + 500])) for start in range(0, len(squares), 500)]
    return np.concatenate([part.numpy() for part in parts])
