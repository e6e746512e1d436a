"""The network, the cascade and a short training run."""

from __future__ import annotations

import itertools
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf

from digits import cli
from digits.errors import GateMissed
from digits.model import recognizer as recognizers
from digits.model import store
from digits.training import calibrate, line_network, network, saved_model, trainer
from digits.training.data import CLASSES, LabelledImages, augment, degradations, negatives, strokes
from digits.training.line_trainer import LineRecipe
from tests.conftest import MODEL
from tests.model.test_training_data import CHARACTERS, WAYS
from tests.samples import DIGITS, LABELS

SHEET = np.stack(DIGITS)


# --- what the served model reads ---


def accuracy(readings: list[recognizers.Reading], labels: list[int]) -> float:
    return float(np.mean([reading.digit == label for reading, label in zip(readings, labels, strict=True)]))


def test_augmented_digits_are_still_read_by_the_model(recognizer: recognizers.Recognizer) -> None:
    squares = np.concatenate([augment.augmented_squares(SHEET, seed) for seed in range(10)])
    assert accuracy(recognizer(squares), list(LABELS) * 10) > 0.95


def test_augmented_strokes_are_still_read_by_the_model(recognizer: recognizers.Recognizer) -> None:
    squares = np.concatenate([strokes.augmented_squares(CHARACTERS, seed) for seed in range(20)])
    assert accuracy(recognizer(squares), [int(one.label) for one in CHARACTERS] * 20) > 0.9


@pytest.mark.parametrize("way", WAYS)
def test_degraded_digits_are_still_read_by_the_model(recognizer: recognizers.Recognizer, way: str) -> None:
    rng = np.random.default_rng(2)
    pages = [np.pad(np.asarray(cv2.resize(digit, (56, 56)), np.uint8), 12) for digit in DIGITS]
    squares = [augment.to_square(getattr(degradations, way)(page, rng), page) for page in pages]
    assert accuracy(recognizer(np.stack(squares)), list(LABELS)) >= 0.84


@pytest.mark.parametrize(
    "squares",
    [
        negatives.scribbles(300, 5),
        negatives.several_scanned(SHEET, 300, 5),
        negatives.several_written(CHARACTERS, 300, 5),
    ],
    ids=["scribbles", "scanned numbers", "written numbers"],
)
def test_negatives_are_seldom_accepted(recognizer: recognizers.Recognizer, squares: np.ndarray) -> None:
    readings = recognizer(squares)
    assert sum(reading.status == "accepted" for reading in readings) <= 30


# --- the network ---


def randomized(widths: tuple[int, ...] = (4, 8), depths: tuple[int, ...] = (1, 2)) -> Any:
    """A network whose batch normalization is far from the identity."""
    built = network.build(widths, depths)
    rng = np.random.default_rng(3)
    built.set_weights([weight + rng.uniform(0.1, 0.5, weight.shape) for weight in built.get_weights()])
    return built


def test_folding_the_batch_normalization_changes_nothing() -> None:
    built = randomized()
    folded = network.folded(built, (4, 8), (1, 2))
    assert np.array(folded(SHEET)) == pytest.approx(np.array(built(SHEET, training=False)), rel=1e-4, abs=1e-4)
    assert not [layer for layer in folded.layers if "batch" in layer.name]


# --- the cascade ---


def test_a_network_without_preference_gives_no_evidence() -> None:
    keras.utils.set_random_seed(1)  # a few random networks do prefer a digit
    untrained = saved_model.Cascade([network.build((4, 8), (1, 1))], 1.0)
    evidence = untrained.explain(SHEET[:3], [1, 2, 3])["evidence"].numpy()
    assert evidence.shape == (3, 28, 28)
    assert np.abs(evidence.sum(axis=(1, 2))).max() < 1  # its log-odds are those of any picture


def test_the_first_network_decides_alone_where_it_is_sure() -> None:
    keras.utils.set_random_seed(1)
    first, second = (network.build((4, 8), (1, 1)) for _ in range(2))
    margins = np.diff(np.sort(np.array(first(SHEET)), axis=1)[:, -2:])
    weights, bias = first.get_layer("logits").get_weights()
    first.get_layer("logits").set_weights([weights * 5 / np.median(margins), bias])  # so that it is sure of some
    alone, other = (np.array(one(SHEET), np.float64) for one in (first, second))
    likelihoods = [calibrate.softmax(logits) for logits in (alone, other)]
    sure = likelihoods[0].max(axis=1) >= saved_model.SURE
    assert 3 < sure.sum() < len(SHEET) - 3
    weights = [saved_model.FIRST_WEIGHT, 1 - saved_model.FIRST_WEIGHT]
    mean = calibrate.softmax(np.average(np.log(likelihoods), axis=0, weights=weights))
    expected = np.where(sure[:, None], likelihoods[0], mean)
    together = calibrate.softmax(saved_model.all_logits([first, second], SHEET))
    assert together == pytest.approx(expected, abs=1e-5)


def test_no_network_is_called_with_an_empty_batch() -> None:
    first, second = (network.build((4, 8), (1, 1)) for _ in range(2))

    def strict(squares: Any, training: bool) -> Any:
        tf.debugging.assert_greater(tf.shape(squares)[0], 0)
        return second(squares, training=training)

    cascade = saved_model.Cascade([first, second], 1.0)
    cascade.others = [strict]
    assert cascade.logits(tf.constant(SHEET[:2])).shape == (2, CLASSES)
    first.get_layer("logits").set_weights([np.zeros((8, CLASSES)), np.eye(CLASSES)[7] * 100])
    assert cascade.logits(tf.constant(SHEET[:2])).numpy().argmax(axis=1).tolist() == [7, 7]


# --- a short run ---

LARGE = trainer.Stage((8, 16, 32), (1, 1, 1), epochs=4, learning_rate=3e-3, rendered=2, dtype="float32")
SMALL = trainer.Stage((8, 16), (1, 1), epochs=3, learning_rate=3e-3, rendered=2, dtype="float32")
LINE = LineRecipe(epochs=2, rendered=1, batch=5, dtype="float32")
SHORT = trainer.Recipe(teacher=LARGE, teachers=2, medium=LARGE, small=SMALL, line=LINE, mild=1, batch=10)
EPOCHS = {"teacher-1": 4, "teacher-2": 4, "medium": 4, "small": 3}


def test_an_interrupted_run_resumes_and_exports_what_it_trained(
    few_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trainer, "GATE", 1.0)
    model, run = tmp_path / "digits" / "2", tmp_path / "run"
    errors, calls = trainer.Trainer.errors, itertools.count(1)

    def interrupted(self: trainer.Trainer, network: object) -> str:
        if next(calls) in (3, 6):
            raise KeyboardInterrupt
        return errors(self, network)

    monkeypatch.setattr(trainer.Trainer, "errors", interrupted)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            trainer.train(few_digits, run, model, SHORT)
        assert not model.exists()
    trainer.train(few_digits, run, model, SHORT)
    printed = capsys.readouterr().out
    assert "teacher-1: resuming after epoch 3" in printed
    assert "teacher-2: resuming after epoch 2" in printed
    for name, epochs in EPOCHS.items():
        assert printed.count(f"{name}, epoch {epochs} of {epochs},") == 1
        assert all(printed.count(f"{name}, epoch {number} of {epochs},") <= 1 for number in range(1, epochs))

    exported = recognizers.load(model)
    (folder,) = run.iterdir()
    medium, small = (keras.saving.load_model(folder / f"{name}.keras") for name in ("medium", "small"))
    logits = saved_model.all_logits([small, medium], SHEET)
    expected = calibrate.softmax(logits[:, :10] / store.read_card(model)["calibration"]["temperature"])
    for reading, probabilities in zip(exported.read(SHEET), expected, strict=True):
        assert reading.probabilities == pytest.approx(tuple(probabilities), abs=1e-3)
    assert exported.explain(SHEET[:2], [7, 2]).shape == (2, 28, 28)
    # The recipe in the card is the one that was followed.
    assert store.read_card(model)["trained_on"]["recipe"]["seed"] == asdict(SHORT)["seed"]


class SameSquares:
    """The same squares in every epoch."""

    def of(self, epoch: int, stage: trainer.Stage) -> tuple[str, LabelledImages]:
        """One name for all epochs."""
        return "same", LabelledImages(np.repeat(SHEET, 10, axis=0), np.repeat(LABELS, 10).astype(np.int64))


def test_students_learn_what_the_teachers_say_rather_than_a_wrong_label(tmp_path: Path) -> None:
    (tmp_path / "epochs").mkdir()
    stage = replace(SMALL, epochs=30)
    squares = SameSquares()
    _, given = squares.of(0, stage)
    taught_labels = np.roll(np.eye(CLASSES, dtype=np.float32), 1, axis=1)[given.labels]  # the next digit
    np.save(tmp_path / "epochs" / "same-soft.npy", taught_labels)
    learner = trainer.Trainer(replace(SHORT, soft=0.9), tmp_path, squares, len(given) // SHORT.batch, [])
    object.__setattr__(learner, "errors", lambda _: "")
    taught = learner.learn("taught", stage, teachers=[object()])
    read = trainer.logits(taught, SHEET).argmax(axis=1)
    assert (read == np.array(LABELS) + 1).mean() > 0.8


def test_students_with_other_seeds_have_the_same_teachers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer.Trainer, "errors", lambda *_: "")
    (tmp_path / "epochs").mkdir()
    stage = replace(SMALL, epochs=1)
    teachers, students = [], []
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        recipe = replace(SHORT, seed=seed, teacher=stage, medium=stage, teachers=1)
        learner = trainer.Trainer(recipe, folder, SameSquares(), 3, [])
        teachers += learner.teachers()
        students.append(learner.learn("medium", stage))
    assert all(np.array_equal(*pair) for pair in zip(*(one.get_weights() for one in teachers), strict=True))
    assert not all(np.array_equal(*pair) for pair in zip(*(one.get_weights() for one in students), strict=True))


def test_a_network_that_misses_the_gate_is_not_exported(few_digits: Path, tmp_path: Path) -> None:
    brief = replace(LARGE, epochs=1, learning_rate=1e-6)
    untrained = replace(SHORT, teacher=brief, teachers=1, medium=brief, small=brief)
    with pytest.raises(GateMissed, match="of 50 validation digits"):
        trainer.train(few_digits, tmp_path / "run", tmp_path / "model", untrained)
    assert not (tmp_path / "model").exists()


def test_a_run_with_other_data_seed_or_recipe_has_a_folder_of_its_own(few_digits: Path) -> None:
    corrections = LabelledImages(SHEET[:1], np.array([3]))
    folders = [
        trainer.fingerprint(few_digits, SHORT),
        trainer.fingerprint(None, SHORT),
        trainer.fingerprint(few_digits, replace(SHORT, seed=7)),
        trainer.fingerprint(few_digits, replace(SHORT, rendering_seed=7)),
        trainer.fingerprint(few_digits, replace(SHORT, soft=0.1)),
        trainer.fingerprint(few_digits, SHORT, corrections),
    ]
    assert len(set(folders)) == len(folders)
    assert trainer.fingerprint(few_digits, SHORT) == folders[0]
    np.savez(few_digits / "bhmsds.npz", images=SHEET, labels=np.array(LABELS))
    assert trainer.fingerprint(few_digits, SHORT) != folders[0]


def test_the_exported_line_network_says_what_the_trained_one_does(tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    line = line_network.build(folded=True)
    cascade = saved_model.Cascade([network.build((4, 8), (1, 1))], line=line)
    tf.saved_model.save(cascade, str(tmp_path), signatures={"read_line": cascade.read_line})
    read_line = recognizers._line_reader(tf.saved_model.load(str(tmp_path)))
    assert read_line is not None
    given = np.random.default_rng(1).integers(0, 255, (32, 70)).astype(np.uint8)
    steps = np.array(line(given[None]))[0]
    assert read_line(given) == pytest.approx(steps - np.logaddexp.reduce(steps, axis=1, keepdims=True), abs=1e-4)


def test_the_command_gives_its_seed_to_the_students_and_the_line_network(monkeypatch: pytest.MonkeyPatch) -> None:
    recipes: list[trainer.Recipe] = []
    monkeypatch.setattr(trainer, "train", lambda *given: recipes.append(given[3]))
    assert cli.main(["train", "--seed", "7"]) == 0
    assert (recipes[0].seed, recipes[0].line.seed) == (7, 7)
    assert recipes[0].teacher_seed == trainer.Recipe().teacher_seed


def test_another_export_of_a_model_reads_and_explains_the_same(tmp_path: Path) -> None:
    saved_model.export_again(MODEL, tmp_path / "9")
    before, after = recognizers.load(MODEL), recognizers.load(tmp_path / "9")
    assert store.read_card(tmp_path / "9")["version"] == "9"
    assert after.read(SHEET) == before.read(SHEET)
    assert np.array_equal(after.explain(SHEET[:2], [7, 2]), before.explain(SHEET[:2], [7, 2]))
    assert before.read_line is not None
    assert after.read_line is not None
    line = np.hstack([np.asarray(cv2.resize(digit, (32, 32)), np.uint8) for digit in DIGITS[:3]])
    assert np.array_equal(after.read_line(line), before.read_line(line))
