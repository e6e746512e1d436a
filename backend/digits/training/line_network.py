"""The line network: convolutions that keep the width, then one vector for every two pixels, trained with CTC.

Connectionist temporal classification (Graves et al. 2006) needs no cuts between the digits, so digits may touch.
Without a recurrent layer, each output depends only on the ink around it, and a line may be of any width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from digits.model import ctc
from digits.preprocess.line import HEIGHT
from digits.training.network import EPSILON, folded_weights

#: Kernel and stride of each convolution, both as (down, across).
CONVOLUTIONS = (
    ((3, 3), (1, 1)),
    ((3, 3), (2, 2)),
    ((3, 3), (1, 1)),
    ((3, 3), (2, 1)),
    ((3, 3), (1, 1)),
    ((3, 3), (2, 1)),
    ((3, 3), (1, 1)),
)
CONTEXT = (1, 5), (1, 5)  # kernels of the layers on the collapsed line


@dataclass(frozen=True)
class Widths:
    """Channels of the layers."""

    convolutions: tuple[int, ...] = (16, 32, 32, 64, 64, 96, 96)
    context: int = 128


def build(widths: Widths | None = None, dtype: str = "float32", folded: bool = False) -> Any:
    """A Keras model: (n, HEIGHT, width) uint8 lines -> (n, width / 2, ctc.CLASSES) float32 logits.

    `dtype` is a Keras policy for the convolutions. A `folded` model has biases in place of batch normalization.
    """
    widths = widths or Widths()
    lines = keras.Input((HEIGHT, None), dtype="uint8", name="lines")
    x = layers.Reshape((HEIGHT, -1, 1))(lines)
    x = layers.Rescaling(1 / 255, dtype="float32")(x)
    for channels, (kernel, stride) in zip(widths.convolutions, CONVOLUTIONS, strict=True):
        x = _convolution(x, channels, kernel, stride, "same", dtype, folded)  # at last (n, 4, width / 2, channels)
    x = _convolution(x, widths.context, (4, 1), (1, 1), "valid", dtype, folded)  # (n, 1, width / 2, context)
    for kernel in CONTEXT:
        x = _convolution(x, widths.context, kernel, (1, 1), "same", dtype, folded)
    if not folded:
        x = layers.Dropout(0.1)(x)
    x = layers.Reshape((-1, widths.context))(x)
    return keras.Model(lines, layers.Dense(ctc.CLASSES, dtype="float32")(x), name="line")


def _convolution(
    x: Any, width: int, kernel: tuple[int, int], stride: tuple[int, int], padding: str, dtype: str, folded: bool
) -> Any:
    x = layers.Conv2D(width, kernel, stride, padding=padding, use_bias=folded, dtype=dtype)(x)
    if not folded:
        x = layers.BatchNormalization(momentum=0.99, epsilon=EPSILON, dtype=dtype)(x)
    return layers.ReLU(dtype=dtype)(x)


def folded(network: Any, widths: Widths | None = None) -> Any:
    """The same function with each batch normalization folded into the convolution before it."""
    result = build(widths, folded=True)
    result.set_weights(folded_weights(network))
    return result
