"""The network: 3x3 convolutions with batch normalization at three scales, then global average pooling.

Most of the work is done at half the square's resolution, where a stroke is a pixel wide. With global average
pooling instead of dense layers, no weight depends on the position, which reduces overfitting.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from digits.geometry import SIDE
from digits.training.data import CLASSES

EPSILON = 1e-3  # of the batch normalization


def build(widths: tuple[int, ...], depths: tuple[int, ...], dtype: str = "float32", folded: bool = False) -> Any:
    """A Keras model: (n, SIDE, SIDE) uint8 squares -> (n, CLASSES) float32 logits.

    `dtype` is a Keras policy for the convolutions. A `folded` model has biases in place of batch normalization.
    """
    squares = keras.Input((SIDE, SIDE), dtype="uint8", name="squares")
    x = layers.Reshape((SIDE, SIDE, 1))(squares)
    x = layers.Rescaling(1 / 255, name="scaled", dtype="float32")(x)  # (n, SIDE, SIDE, 1) of 0 to 1
    for scale, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        for layer in range(depth):
            x = layers.Conv2D(width, 3, 2 if scale and not layer else 1, padding="same", use_bias=folded, dtype=dtype)(
                x
            )
            if not folded:
                x = layers.BatchNormalization(momentum=0.99, epsilon=EPSILON, dtype=dtype)(x)
            x = layers.ReLU(dtype=dtype)(x)
    x = layers.GlobalAveragePooling2D(dtype="float32")(x)  # (n, widths[-1])
    return keras.Model(squares, layers.Dense(CLASSES, name="logits", dtype="float32")(x), name="digits")


def without_xla(model: Any) -> Any:
    """Turn XLA off for TensorFlow, whose own kernels train several times as fast on a CPU. Returns the same model."""
    if keras.backend.backend() == "tensorflow":
        model.jit_compile = False
    return model


def folded(network: Any, widths: tuple[int, ...], depths: tuple[int, ...]) -> Any:
    """The same function with each batch normalization folded into the convolution before it."""
    result = build(widths, depths, folded=True)
    result.set_weights(folded_weights(network))
    return result


def folded_weights(network: Any) -> list[Any]:
    """The weights of a network of convolutions with batch normalization and a dense layer, when they are folded."""
    *blocks, dense, bias = network.get_weights()
    weights = []
    for place in range(0, len(blocks), 5):
        kernel, gamma, beta, mean, variance = blocks[place : place + 5]
        factor = gamma / np.sqrt(variance + EPSILON)
        weights += [kernel * factor, beta - mean * factor]
    return [*weights, dense, bias]
