"""What the resources work with. `create_app` puts it into the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from digits.api.concurrency import Limiter
from digits.errors import NotReady
from digits.model.recognizer import Model
from digits.model.store import Card
from digits.settings import Settings


@dataclass(frozen=True)
class Context:
    """The parts of the application that answer a request."""

    model: Model
    card: Card
    settings: Settings
    limiter: Limiter
    ready: bool  # the model has loaded and passed its self-test

    def require_ready(self) -> None:
        """Raises NotReady when the model cannot be relied on."""
        if not self.ready:
            raise NotReady("The model failed its self-test: it misreads a known digit.")


def context() -> Context:
    """The context of the application that handles the current request."""
    return cast(Context, current_app.extensions["digits"])
