"""What the tests of several lanes share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from digits.app import create_app
from digits.model import store
from digits.model.recognizer import Recognizer
from digits.settings import Settings
from digits.training.data import datasets, lines, mnist
from running import serving
from tests.samples import DIGITS, LABELS, nearest, stand_in

MODEL = store.newest(Settings().models)
KNOWN = int(store.read_card(MODEL)["self_test"]["digit"])  # as which the stand-in reads everything


@pytest.fixture(scope="session")
def card() -> store.Card:
    """The card of the model in the repository."""
    return store.read_card(MODEL)


@pytest.fixture(scope="session")
def double(card: store.Card) -> Recognizer:
    """A recognizer without a model: it reads everything as the digit of the self-test."""
    return stand_in(card)


@pytest.fixture
def client(double: Recognizer) -> FlaskClient:
    """A client of an application that reads everything as one digit."""
    return create_app(recognizer=double).test_client()


@pytest.fixture(scope="session")
def reading_client() -> FlaskClient:
    """A client of an application that reads the sample digits, by looking for the nearest one."""
    return create_app(recognizer=nearest).test_client()


@pytest.fixture
def few_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with 50 digits in place of each part of MNIST."""
    monkeypatch.setattr(mnist, "VALIDATION_IMAGES", 50)
    monkeypatch.setattr(datasets, "PER_EPOCH", dict.fromkeys(datasets.PER_EPOCH, 20) | {"MNIST": 50})
    monkeypatch.setattr(datasets, "GENERATED_VALIDATION", 20)
    monkeypatch.setattr(lines, "PER_EPOCH", dict.fromkeys(lines.PER_EPOCH, 20))
    monkeypatch.setattr(lines, "VALIDATION", 10)
    sheet, labels = np.stack(DIGITS), np.array(LABELS, np.uint8)
    twice = np.concatenate([sheet, sheet]), np.concatenate([labels, labels])
    np.savez(tmp_path / "mnist.npz", x_train=twice[0], y_train=twice[1], x_test=sheet, y_test=labels)
    return tmp_path


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a running server."""
    with serving() as (address, _, _):
        yield address
