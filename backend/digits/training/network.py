"""The network: 3x3 convolutions with batch normalization in three scales, then the mean of each feature.

Most of the work is done at half of the square's resolution, where a stroke is a pixel wide; no layer knows where on the
square it looks, which leaves it little to overfit.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from digits.training.data import CLASSES


def build(widths: tuple[int, ...], depths: tuple[int, ...]) -> Any:
    """A Keras model: (n, 28, 28) uint8 squares -> (n, CLASSES) logits. Scaling to 0..1 is its first layer."""
    squares = keras.Input((28, 28), dtype="uint8", name="squares")
    x = layers.Reshape((28, 28, 1))(squares)
    x = layers.Rescaling(1 / 255, name="scaled")(x)
    for scale, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        for layer in range(depth):
            x = _convolution(x, width, strides=2 if scale and not layer else 1)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(squares, layers.Dense(CLASSES, name="logits")(x), name="digits")


def _convolution(x: Any, width: int, strides: int) -> Any:
    x = layers.Conv2D(width, 3, strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)  # a short memory: what is served averages over it again
    return layers.ReLU()(x)
