"""The line network: convolutions that keep the width, then one vector for every two pixels, trained with CTC.

Connectionist temporal classification (Graves et al. 2006) needs no cuts between the digits, so digits may touch.
Without a recurrent layer, each output depends only on the ink around it, and a line may be of any width.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from digits.model import ctc
from digits.preprocess.line import HEIGHT
from digits.training.network import EPSILON, folded_weights

#: Channels, kernel and stride of each convolution, both as (down, across).
CONVOLUTIONS = (
    (16, (3, 3), (1, 1)),
    (32, (3, 3), (2, 2)),
    (32, (3, 3), (1, 1)),
    (64, (3, 3), (2, 1)),
    (64, (3, 3), (1, 1)),
    (96, (3, 3), (2, 1)),
    (96, (3, 3), (1, 1)),
)
CONTEXT = (128, (1, 5)), (128, (1, 5))  # channels and kernel of the layers on the collapsed line


def build(dtype: str = "float32", folded: bool = False) -> Any:
    """A Keras model: (n, HEIGHT, width) uint8 lines -> (n, width / 2, ctc.CLASSES) float32 logits.

    `dtype` is a Keras policy for the convolutions. A `folded` model has biases in place of batch normalization.
    """
    lines = keras.Input((HEIGHT, None), dtype="uint8", name="lines")
    x = layers.Reshape((HEIGHT, -1, 1))(lines)
    x = layers.Rescaling(1 / 255, dtype="float32")(x)
    for width, kernel, stride in CONVOLUTIONS:
        x = _convolution(x, width, kernel, stride, "same", dtype, folded)  # at last (n, 4, width / 2, 96)
    x = _convolution(x, CONTEXT[0][0], (4, 1), (1, 1), "valid", dtype, folded)  # (n, 1, width / 2, 128)
    for width, kernel in CONTEXT:
        x = _convolution(x, width, kernel, (1, 1), "same", dtype, folded)
    if not folded:
        x = layers.Dropout(0.1)(x)
    x = layers.Reshape((-1, CONTEXT[-1][0]))(x)
    return keras.Model(lines, layers.Dense(ctc.CLASSES, dtype="float32")(x), name="line")


def _convolution(
    x: Any, width: int, kernel: tuple[int, int], stride: tuple[int, int], padding: str, dtype: str, folded: bool
) -> Any:
    x = layers.Conv2D(width, kernel, stride, padding=padding, use_bias=folded, dtype=dtype)(x)
    if not folded:
        x = layers.BatchNormalization(momentum=0.99, epsilon=EPSILON, dtype=dtype)(x)
    return layers.ReLU(dtype=dtype)(x)


def folded(network: Any) -> Any:
    """The same function with each batch normalization folded into the convolution before it."""
    result = build(folded=True)
    result.set_weights(folded_weights(network))
    return result
