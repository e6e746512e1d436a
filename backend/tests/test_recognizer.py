"""The SavedModel in the repository, as it is served."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from digits import card as cards
from digits import recognizer as recognizers
from digits.app import newest_model
from digits.errors import ModelError
from digits.recognizer import Recognizer, decide
from tests.conftest import MODEL, square
from tests.samples import DIGITS, LABELS


def test_the_model_reads_mnists_digits(recognizer: Recognizer) -> None:
    readings = recognizer(np.stack(DIGITS))
    assert [reading.digit for reading in readings] == list(LABELS)


def test_digits_are_read_alike_alone_and_among_others(recognizer: Recognizer) -> None:
    together = recognizer(np.stack(DIGITS))
    for digit, reading in zip(DIGITS, together, strict=True):
        (alone,) = recognizer(square(digit))
        assert alone.digit == reading.digit
        assert alone.probabilities == pytest.approx(reading.probabilities, abs=1e-4)


def test_probabilities_add_up_to_one_and_confidence_is_the_largest(recognizer: Recognizer) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (20, 28, 28)).astype(np.uint8)
    for reading in recognizer(np.concatenate([np.stack(DIGITS), noise])):
        assert reading.probabilities is not None
        assert sum(reading.probabilities) == pytest.approx(1, abs=1e-5)
        assert reading.confidence == max(reading.probabilities)
        assert reading.digit == reading.probabilities.index(reading.confidence)


def test_the_model_knows_the_digit_of_its_card(recognizer: Recognizer, card: cards.Card) -> None:
    assert recognizers.reads_known_digit(recognizer, card)
    wrong = card | {"self_test": card["self_test"] | {"digit": (card["self_test"]["digit"] + 1) % 10}}
    assert not recognizers.reads_known_digit(recognizer, wrong)


def test_a_confidence_below_the_threshold_is_uncertain() -> None:
    probabilities = np.array([0.1, 0.6, 0.3, 0, 0, 0, 0, 0, 0, 0])
    sure, unsure = decide(probabilities, 0.6), decide(probabilities, 0.61)
    assert (sure.status, sure.reason, sure.digit, sure.confidence) == ("accepted", None, 1, 0.6)
    assert (unsure.status, unsure.reason, unsure.digit, unsure.confidence) == ("uncertain", "low_confidence", 1, 0.6)


def test_the_card_speaks_of_the_model_beside_it(card: cards.Card) -> None:
    assert card["sha256"] == cards.fingerprint(MODEL)
    assert (card["name"], card["version"]) == (MODEL.parent.name, MODEL.name)


def test_the_card_says_what_was_measured(card: cards.Card) -> None:
    measured = {figure["data"]: figure for figure in card["figures"]}
    mnist = measured["MNIST test, 280 px, bicubic"]
    assert mnist["pictures"] == 10_000
    assert mnist["errors"] <= 60
    for figure in card["figures"]:
        assert figure["error_percent"] == pytest.approx(100 * figure["errors"] / figure["pictures"], abs=0.001)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the model that may be spoilt."""
    return Path(shutil.copytree(MODEL, tmp_path / "digits" / "1"))


def test_a_model_that_was_changed_is_refused(copied: Path) -> None:
    weights = next((copied / "variables").glob("*.data-*"))
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    with pytest.raises(ModelError, match="SHA-256"):
        recognizers.load(copied)


def test_a_model_that_breaks_off_is_refused(copied: Path) -> None:
    graph = copied / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[:1000])
    with pytest.raises(ModelError):
        recognizers.load(copied)


def test_a_model_that_is_no_saved_model_is_refused(copied: Path) -> None:
    (copied / "saved_model.pb").write_bytes(b"something else")
    card = cards.read(copied)
    cards.write(copied, card | {"sha256": cards.fingerprint(copied)})
    with pytest.raises(ModelError, match="cannot be loaded"):
        recognizers.load(copied)


@pytest.mark.parametrize("text", ["", "{", "[]", "7"])
def test_a_damaged_card_is_refused(copied: Path, text: str) -> None:
    (copied / "card.json").write_text(text)
    with pytest.raises(ModelError, match=r"card\.json"):
        recognizers.load(copied)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model card"):
        recognizers.load(tmp_path)
    with pytest.raises(ModelError, match="no model in"):
        newest_model(tmp_path)


def test_the_highest_version_is_served(tmp_path: Path) -> None:
    for name in ("1", "2", "10", "old", "card.json"):
        (tmp_path / name).mkdir()
    assert newest_model(tmp_path) == tmp_path / "10"


def test_the_fingerprint_does_not_depend_on_the_card(copied: Path) -> None:
    before = cards.fingerprint(copied)
    (copied / "card.json").write_text(json.dumps({"changed": True}))
    assert cards.fingerprint(copied) == before
