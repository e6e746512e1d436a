"""The SavedModel in the repository, as it is served."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from digits import preprocess
from digits.errors import ModelError
from digits.model import recognizer as recognizers
from digits.model import store
from digits.model.recognizer import Model, Reading, Recognizer, Squares, Thresholds, decide
from tests.conftest import MODEL
from tests.samples import DIGITS, LABELS, Digit, encode, enlarged


def test_the_model_reads_mnists_digits(recognizer: Recognizer) -> None:
    readings = recognizer(np.stack(DIGITS))
    assert [reading.digit for reading in readings] == list(LABELS)


def test_readings_do_not_depend_on_the_batch(recognizer: Recognizer) -> None:
    together = recognizer(np.stack(DIGITS))
    for digit, reading in zip(DIGITS, together, strict=True):
        (alone,) = recognizer(square(digit))
        assert alone.digit == reading.digit
        assert alone.probabilities == pytest.approx(reading.probabilities, abs=1e-4)


def test_the_frozen_function_matches_the_signature(model: Model) -> None:
    tensorflow = recognizers.import_tensorflow()
    saved = tensorflow.saved_model.load(str(MODEL))
    noise = np.random.default_rng(7).integers(0, 256, (100, 28, 28)).astype(np.uint8)
    squares = np.concatenate([np.stack(DIGITS), noise, np.zeros((1, 28, 28), np.uint8)])
    for size in (1, 2, 7, 64):
        for start in range(0, len(squares), size):
            asked = squares[start : start + size]
            expected = saved.signatures["serving_default"](squares=tensorflow.constant(asked))["probabilities"].numpy()
            given = np.array([reading.probabilities for reading in model.read(asked)])
            assert given == pytest.approx(expected, abs=1e-5)


def test_probabilities_add_up_to_one_and_confidence_is_that_of_the_whole_reading(recognizer: Recognizer) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (20, 28, 28)).astype(np.uint8)
    for reading in recognizer(np.concatenate([np.stack(DIGITS), noise])):
        assert reading.probabilities is not None
        assert sum(reading.probabilities) == pytest.approx(1, abs=1e-5)
        if reading.status == "rejected":
            assert (reading.digit, reading.confidence) == (None, None)
        else:
            largest = max(reading.probabilities)
            assert reading.digit == reading.probabilities.index(largest)
            assert reading.not_a_digit is not None
            assert reading.several_digits is not None
            single = 1 - reading.not_a_digit - reading.several_digits
            assert reading.confidence == pytest.approx(largest * single, abs=2e-6)


def test_noise_is_not_a_digit(recognizer: Recognizer) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (100, 28, 28)).astype(np.uint8)
    assert [reading.status for reading in recognizer(noise)].count("accepted") <= 1


def test_the_model_passes_its_self_test(recognizer: Recognizer, card: store.Card) -> None:
    assert recognizers.passes_self_test(recognizer, card)
    wrong = card | {"self_test": card["self_test"] | {"digit": (card["self_test"]["digit"] + 1) % 10}}
    assert not recognizers.passes_self_test(recognizer, wrong)


@pytest.mark.parametrize(
    ("highest", "not_a_digit", "several_digits", "expected"),
    [
        (0.6, 0.0, 0.0, ("accepted", None, 1, 0.6)),
        (0.59, 0.0, 0.0, ("uncertain", "low_confidence", 1, 0.59)),
        (0.6, 0.1, 0.05, ("accepted", None, 1, 0.51)),
        (0.6, 0.1, 0.1, ("uncertain", "low_confidence", 1, 0.48)),
        (0.6, 0.5, 0.4, ("rejected", "not_a_digit", None, None)),
        (0.6, 0.1, 0.8, ("rejected", "several_digits", None, None)),
    ],
)
def test_thresholds_decide_between_accepted_uncertain_and_rejected(
    highest: float, not_a_digit: float, several_digits: float, expected: tuple[object, ...]
) -> None:
    thresholds = Thresholds(accept_from=0.6, doubt_from=0.2, reject_from=0.9)
    probabilities = np.array([0.9 - highest, highest, 0.1, 0, 0, 0, 0, 0, 0, 0])
    reading = decide(probabilities, not_a_digit, several_digits, thresholds)
    assert (reading.status, reading.reason, reading.digit, reading.confidence) == expected
    assert reading.probabilities == pytest.approx(probabilities)
    assert (reading.not_a_digit, reading.several_digits) == (not_a_digit, several_digits)


# --- evidence ---


def log_odds(probabilities: tuple[float, ...] | None, digit: int) -> float:
    assert probabilities is not None
    return float(np.log(max(probabilities[digit], 1e-6)) - np.log(max(1 - probabilities[digit], 1e-6)))


def test_the_evidence_adds_up_to_the_log_odds_over_the_baselines(model: Model) -> None:
    """The axiom of completeness, which a quadrature of the path keeps nearly.

    Seen on faint digits, which are read by all networks together, as the explanation is: none of them is sure alone.
    The baselines are the same for all, so they do not count in the difference between two pictures.
    """
    blends = np.stack([((one.astype(int) + two) // 2).astype(np.uint8) for one, two in itertools.pairwise(DIGITS)])
    unsure = [
        (blend, one.probabilities)
        for blend, one in zip(blends, model.read(blends), strict=True)
        if one.probabilities and is_unsure(one)
    ]
    compared = 0
    for (first, odds), (second, others) in itertools.pairwise(unsure):
        for digit in range(10):
            if min(odds[digit], others[digit]) < 1e-3 or max(odds[digit], others[digit]) > 0.999:
                continue  # rounded probabilities tell no more
            evidence = model.explain(np.stack([first, second]), [digit, digit]).sum(axis=(1, 2))
            difference = log_odds(odds, digit) - log_odds(others, digit)
            assert evidence[0] - evidence[1] == pytest.approx(difference, abs=2.0)
            compared += 1
    assert compared >= 5


def is_unsure(reading: Reading) -> bool:
    """Whether no class has so high a probability that the first network decided alone, before the calibration."""
    raised = np.exp(store.read_card(MODEL)["calibration"]["digit_bias"])
    others = [raised * (one or 0) for one in (reading.not_a_digit, reading.several_digits)]
    digits = 1 - sum(one or 0 for one in (reading.not_a_digit, reading.several_digits))
    classes = [digits * max(reading.probabilities or (0,)), *others]
    return bool(max(classes) / (digits + sum(others)) < 0.9)


def test_removing_supporting_pixels_lowers_confidence_most(model: Model) -> None:
    rng = np.random.default_rng(1)
    squares, labels = np.stack(DIGITS), list(LABELS)
    evidence = model.explain(squares, labels)
    kept = {"speaking": 0.0, "any": 0.0}
    for picture, label, speaks in zip(squares, labels, evidence, strict=True):
        ink = np.flatnonzero(picture > 30)
        best = ink[np.argsort(-speaks.ravel()[ink])][: len(ink) // 4]
        for name, removed in (("speaking", best), ("any", rng.choice(ink, len(best), replace=False))):
            spoilt = picture.copy()
            spoilt.ravel()[removed] = 0
            (reading,) = model.read(spoilt[None])
            assert reading.probabilities is not None
            kept[name] += reading.probabilities[label] / len(squares)
    assert kept["speaking"] < kept["any"] - 0.15


# --- the model's folder ---


def test_the_card_describes_the_model_beside_it(card: store.Card) -> None:
    assert card["sha256"] == store.checksum(MODEL)
    assert (card["name"], card["version"]) == (MODEL.parent.name, MODEL.name)


def test_the_card_has_the_measured_figures(card: store.Card) -> None:
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


def test_a_changed_model_is_refused(copied: Path) -> None:
    weights = next((copied / "variables").glob("*.data-*"))
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    with pytest.raises(ModelError, match="SHA-256"):
        recognizers.load(copied)


def test_a_truncated_model_is_refused(copied: Path) -> None:
    graph = copied / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[:1000])
    with pytest.raises(ModelError):
        recognizers.load(copied)


def test_a_file_that_is_not_a_saved_model_is_refused(copied: Path) -> None:
    (copied / "saved_model.pb").write_bytes(b"something else")
    card = store.read_card(copied)
    store.write_card(copied, card | {"sha256": store.checksum(copied)})
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
        store.newest(tmp_path)


def test_the_highest_version_is_served(tmp_path: Path) -> None:
    for name in ("1", "2", "10", "old", "card.json"):
        (tmp_path / name).mkdir()
    assert store.newest(tmp_path) == tmp_path / "10"


def test_the_checksum_does_not_depend_on_the_card(copied: Path) -> None:
    before = store.checksum(copied)
    (copied / "card.json").write_text(json.dumps({"changed": True}))
    assert store.checksum(copied) == before


def square(digit: Digit) -> Squares:
    """One (28, 28) digit as a batch."""
    return np.asarray(digit, np.uint8)[None]


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_digits_below_each_other_are_never_accepted_as_one(recognizer: Recognizer, count: int) -> None:
    rng = np.random.default_rng(count)
    chosen = [rng.choice(len(DIGITS), count, replace=False) for _ in range(20)]
    pages = [
        preprocess.prepare(encode(np.vstack([np.asarray(enlarged(DIGITS[place], 84)) for place in one])))
        for one in chosen
    ]
    readings = recognizers.read_all(recognizer, pages)
    assert sum(reading.reason == "several_digits" for reading in readings) >= 18
    assert not [reading for reading in readings if reading.status == "accepted"]


@pytest.mark.parametrize(
    ("status", "none", "several", "parts", "reason"),
    [
        ("uncertain", 0.1, 0.5, 2, "several_digits"),
        ("uncertain", 0.1, 0.3, 2, "low_confidence"),
        ("uncertain", 0.1, 0.3, 3, "several_digits"),
        ("uncertain", 0.1, 0.5, 1, "low_confidence"),
        ("uncertain", 0.5, 0.1, 3, "low_confidence"),
        ("accepted", 0.0, 0.004, 3, None),
    ],
)
def test_the_layout_of_the_ink_settles_only_a_doubt(
    status: str, none: float, several: float, parts: int, reason: str | None
) -> None:
    before = Reading(status, None if status == "accepted" else "low_confidence", 1, 0.5, (0.1,) * 10, none, several)
    after = recognizers.settled(before, parts)
    assert after.reason == reason
    assert (after.digit is None) is (after.status == "rejected") is (reason == "several_digits")
