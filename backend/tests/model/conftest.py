"""The trained model."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from digits.app import create_app
from digits.model import recognizer as recognizers
from digits.model.recognizer import Model, Recognizer
from tests.conftest import MODEL


@pytest.fixture(scope="session")
def model() -> Model:
    """The model in the repository."""
    return recognizers.load(MODEL)


@pytest.fixture(scope="session")
def recognizer(model: Model) -> Recognizer:
    """Its recognizer."""
    return model.read


@pytest.fixture(scope="session")
def reading_client(model: Model) -> FlaskClient:
    """A client of the application with the real model."""
    return create_app(recognizer=model).test_client()
