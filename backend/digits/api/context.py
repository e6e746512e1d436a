"""What the resources work with; put into the application when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from digits.card import Card
from digits.images import Limits
from digits.recognizer import Recognizer

NOT_READY = "The model does not read the digit that it is known to read."


@dataclass(frozen=True)
class Context:
    """The application's parts that answer a request."""

    recognizer: Recognizer
    card: Card
    limits: Limits
    ready: bool  # the model has loaded and read a known digit rightly


def context() -> Context:
    """The context of the application that handles the present request."""
    return cast(Context, current_app.extensions["digits"])
