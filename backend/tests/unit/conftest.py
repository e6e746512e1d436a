"""The fast lane stays fast: it fails if anything imports TensorFlow."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="package")
def no_tensorflow() -> Iterator[None]:
    """Fail when a unit test has imported TensorFlow, which alone takes three seconds."""
    before = "tensorflow" in sys.modules  # the model tests of the same run may have imported it already
    yield
    assert before or "tensorflow" not in sys.modules, "A unit test imported TensorFlow."
