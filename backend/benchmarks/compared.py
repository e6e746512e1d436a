"""Our application with the network asked in other ways; all else is the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask
from numpy.typing import NDArray

from digits.app import create_app
from digits.model import store
from digits.model.recognizer import Reading, Recognizer, Squares, Thresholds, decide, import_tensorflow
from digits.settings import Settings

Answer = Mapping[str, NDArray[np.float32]]  # as the SavedModel's signature gives it


def signature() -> Flask:
    """The SavedModel's signature, called as TensorFlow's guide does."""
    tf = import_tensorflow()
    folder = store.newest(Settings.from_environment().models)
    model = tf.saved_model.load(str(folder))

    def answer(squares: Squares, _owner: object = model) -> Answer:  # a signature does not keep its model
        told = model.signatures["serving_default"](squares=tf.constant(squares, tf.uint8))
        return {name: value.numpy() for name, value in told.items()}

    return create_app(recognizer=_recognizer(answer, folder))


def predict() -> Flask:
    """Keras' `predict`, with the very weights.

    Only the first network is asked, which spares this server the second look that the SavedModel takes when in doubt.
    """
    tf = import_tensorflow()
    folder = store.newest(Settings.from_environment().models)
    card = store.read_card(folder)
    network = _first_network(folder, card)

    def answer(squares: Squares) -> Answer:
        logits = network.predict(squares, verbose=0)  # (n, CLASSES)
        classes = tf.nn.softmax(logits).numpy()
        return {
            "probabilities": tf.nn.softmax(logits[:, :10] / card["calibration"]["temperature"]).numpy(),
            "not_a_digit": classes[:, 10],
            "several_digits": classes[:, 11],
        }

    return create_app(recognizer=_recognizer(answer, folder))


def _first_network(folder: Path, card: store.Card) -> Any:
    """Keras 3 loads no SavedModel: build the network as it was trained and give it the weights that are in there."""
    import_tensorflow()
    from digits.training import network

    recipe = card["trained_on"]["recipe"]
    first = recipe.get("small", recipe)
    built = network.build(tuple(first["widths"]), tuple(first["depths"]), folded="small" in recipe)
    built.set_weights(network.release_weights(folder, 0))
    return built


def _recognizer(answer: Callable[[Squares], Answer], folder: Path) -> Recognizer:
    thresholds = Thresholds(**store.read_card(folder)["thresholds"])

    def read(squares: Squares) -> list[Reading]:
        told = answer(squares)
        rows = zip(told["probabilities"], told["not_a_digit"], told["several_digits"], strict=True)
        return [decide(row, float(other), float(several), thresholds) for row, other, several in rows]

    return read
