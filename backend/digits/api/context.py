"""What the resources work with; put into the application when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from digits.api.gate import Gate
from digits.card import Card
from digits.config import Config
from digits.recognizer import Explainer, Recognizer

NOT_READY = "The model does not read the digit that it is known to read."


@dataclass(frozen=True)
class Context:
    """The application's parts that answer a request."""

    recognizer: Recognizer
    explainer: Explainer
    card: Card
    config: Config
    gate: Gate
    ready: bool  # the model has loaded and read a known digit rightly


def context() -> Context:
    """The context of the application that handles the present request."""
    return cast(Context, current_app.extensions["digits"])
