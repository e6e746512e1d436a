"""What several tests are given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright

from digits.app import create_app
from digits.model import recognizer as recognizers
from digits.model import store
from digits.model.recognizer import Model, Reading, Recognizer, Squares
from digits.settings import Settings
from digits.training.data import datasets, mnist
from running import serving
from tests import browser
from tests.samples import DIGITS, LABELS, stand_in
from tests.visit import DESKTOP, Visit, visiting

MODEL = store.newest(Settings().models)


@pytest.fixture(scope="session")
def card() -> store.Card:
    """The card of the model that is in the repository."""
    return store.read_card(MODEL)


@pytest.fixture(scope="session")
def model() -> Model:
    """The model that is in the repository."""
    return recognizers.load(MODEL)


@pytest.fixture(scope="session")
def recognizer(model: Model) -> Recognizer:
    """The model that is in the repository, reading."""
    return model.read


@pytest.fixture(scope="session")
def double(card: store.Card) -> Recognizer:
    """Stands in for the model where it does not matter: reads everything as the known digit."""
    return stand_in(card)


@pytest.fixture
def client(double: Recognizer) -> FlaskClient:
    """A client of the application with the stand-in."""
    return create_app(recognizer=double).test_client()


@pytest.fixture(scope="session")
def reading_client(model: Model) -> FlaskClient:
    """A client of the application with the real model."""
    return create_app(recognizer=model.read, explainer=model.explain).test_client()


@pytest.fixture
def few_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with 50 digits in the place of each part of MNIST."""
    monkeypatch.setattr(mnist, "VALIDATION_IMAGES", 50)
    monkeypatch.setattr(datasets, "PER_EPOCH", dict.fromkeys(datasets.PER_EPOCH, 20) | {"MNIST": 50})
    monkeypatch.setattr(datasets, "GENERATED_VALIDATION", 20)
    sheet, labels = np.stack(DIGITS), np.array(LABELS, np.uint8)
    twice = np.concatenate([sheet, sheet]), np.concatenate([labels, labels])
    np.savez(tmp_path / "mnist.npz", x_train=twice[0], y_train=twice[1], x_test=sheet, y_test=labels)
    return tmp_path


def failing(_: Squares) -> list[Reading]:
    """A recognizer with a fault that it should keep to itself."""
    raise RuntimeError(f"secret of {Path(__file__)}")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a running server."""
    with serving() as (address, _, _):
        yield address


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is."""
    path = browser.find()
    assert path, "There is no Chromium; `make browser` gets one."
    return path


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """A real browser."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=browser.ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def visit(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Iterator[Visit]:
    """A fresh visit of the page, on a desktop where the test does not name another device."""
    with visiting(chromium, server, getattr(request, "param", DESKTOP)) as visit:
        yield visit


def square(digit: Any) -> Squares:
    """One (28, 28) digit as a batch."""
    return np.asarray(digit, np.uint8)[None]
