"""What the tests of servers share."""

from __future__ import annotations

from tests.model.conftest import model, reading_client, recognizer

__all__ = ["model", "reading_client", "recognizer"]
