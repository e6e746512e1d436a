"""What the SavedModel is asked, by TensorFlow Serving as by our own recognizer: to read, and to explain."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from digits.training.data import DIGITS, OTHER, SEVERAL

STEPS = 32  # of the path along which the evidence is added up
SQUARES = tf.TensorSpec((None, 28, 28), tf.uint8, name="squares")
ASKED = tf.TensorSpec((None,), tf.int32, name="digits")


class Served(tf.Module):  # type: ignore[misc]  # TensorFlow has no types
    """A trained network with the temperature of its probabilities."""

    def __init__(self, network: Any, temperature: float) -> None:
        super().__init__()
        self.network = network
        self.inner = keras.Model(network.get_layer("scaled").output, network.output)  # (n, 28, 28, 1) of 0 to 1
        self.temperature = temperature

    @tf.function(input_signature=[SQUARES])  # type: ignore[untyped-decorator]
    def read(self, squares: Any) -> dict[str, Any]:
        """(n, 28, 28) uint8 -> probabilities.

        `probabilities` (n, 10) float32 are those of the digits if it is one, calibrated; `not_a_digit` and
        `several_digits` (n,) float32 are those that it is none, or more than one.
        """
        logits = self.network(squares, training=False)  # (n, CLASSES)
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
        the gaps say; the mean of both is given.
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

    def _log_odds(self, pictures: Any, digits: Any) -> Any:
        logits = self.inner(pictures, training=False)[:, :DIGITS] / self.temperature
        asked = tf.one_hot(digits, DIGITS)
        others = tf.reduce_logsumexp(logits - 1e9 * asked, axis=1)
        return tf.reduce_sum(logits * asked, axis=1) - others
