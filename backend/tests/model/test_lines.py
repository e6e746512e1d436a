"""The line network: its data, its training, its export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from digits import preprocess
from digits.model import ctc
from digits.preprocess.ink import Ink
from digits.preprocess.line import HEIGHT, INK, MARGIN, WIDEST, line_of_ink, line_of_strokes
from digits.preprocess.segment import lines_of_ink
from digits.training import line_network, line_trainer
from digits.training.data import lines
from digits.training.data.lines import Glyph, Line
from digits.training.data.strokes import Character
from tests.model.test_training_data import CHARACTERS
from tests.samples import DIGITS, LABELS

GLYPHS = [Glyph(lines._cropped(digit), str(label)) for digit, label in zip(DIGITS, LABELS, strict=True)]


# --- the image of a line ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("height", "width"), [(10, 40), (28, 28), (300, 1200), (5, 1), (3, 4000)])
def test_a_line_has_its_height_and_keeps_its_aspect(height: int, width: int) -> None:
    line = line_of_ink(np.ones((height, width), np.float32))
    expected = min(WIDEST, max(1, round(width * INK / height)))
    assert line.shape == (HEIGHT, expected + 2 * MARGIN)
    assert line[:, MARGIN:-MARGIN].max() == 255
    assert not line[:, :MARGIN].any()
    assert not line[:, -MARGIN:].any()


@pytest.mark.parametrize("unit", [1e-12, 1e-6, 1.0, 1e6])
def test_strokes_in_any_unit_make_the_same_line(unit: float) -> None:
    strokes = [np.array([[0.0, 0], [30, 100]]), np.array([[60.0, 0], [60, 100], [90, 50]])]
    moved = [unit * (stroke + 7) for stroke in strokes]
    difference = line_of_strokes(moved).astype(int) - line_of_strokes(strokes)
    assert np.abs(difference).max() <= 40  # rounding of an edge


@pytest.mark.parametrize("points", [[[0.0, 0]], [[0.0, 0], [50, 0]], [[0.0, 0], [1e300, 1e-300]]])
def test_a_dot_and_a_dash_make_a_line(points: list[list[float]]) -> None:
    assert line_of_strokes([np.array(points)]).max() == 255


def test_numbers_below_each_other_are_lines_of_their_own() -> None:
    page = np.zeros((100, 120), np.float32)
    page[10:38, 10:38], page[10:38, 40:68], page[60:88, 20:48] = (DIGITS[at] / 255 for at in (0, 2, 7))
    first, second = lines_of_ink(Ink(page, (0, 0, 120, 100), False), (100, 120))
    assert first.shape[1] > 1.5 * second.shape[1]


# --- data -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_composed_lines_say_what_they_show(seed: int) -> None:
    """The height is that of a line, and each digit adds to the width."""
    rng = np.random.default_rng(seed)
    made = [lines.scanned(GLYPHS, rng) for _ in range(40)]
    made += [lines.written(CHARACTERS, (), rng) for _ in range(40)]
    assert all(line.image.shape[0] == HEIGHT and line.text.isdigit() for line in made)
    widths = {count: np.mean([one.image.shape[1] for one in made if len(one.text) == count]) for count in (1, 3, 5)}
    assert widths[1] < widths[3] < widths[5]


def test_a_letter_is_another_character() -> None:
    letters = [Character("k", "someone", CHARACTERS[0].strokes)]
    rng = np.random.default_rng(0)
    texts = [lines.written(CHARACTERS, letters, rng).text for _ in range(200)]
    with_letters = [text for text in texts if ctc.OTHER_SIGN in text]
    assert 10 < len(with_letters) < 60
    assert any(set(text) == {ctc.OTHER_SIGN} for text in with_letters)


def test_neighbours_by_contact_meet_where_their_ink_is_closest() -> None:
    page = np.zeros((20, 40), np.uint8)
    page[:, 5:8] = 255
    page[15:, 5:20] = 255  # an L whose foot reaches out
    stroke = np.full((20, 3), 255, np.uint8)
    assert lines._beside(page, stroke) == 20
    stroke[12:] = 0  # it ends above the foot
    assert lines._beside(page, stroke) == 8


def test_the_same_seed_makes_the_same_lines(few_digits: Path) -> None:
    (source,), validation = lines.load(few_digits)
    first, again, other = ([line for task in source.tasks(seed) for line in task()] for seed in (1, 1, 2))
    assert [one.text for one in first] == [one.text for one in again] != [one.text for one in other]
    assert all(np.array_equal(one.image, two.image) for one, two in zip(first, again, strict=True))
    assert list(validation) == ["MNIST"]


# --- the network ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [16, 50, 333])
def test_the_network_has_a_step_for_every_two_pixels(width: int) -> None:
    steps = line_network.build()(np.zeros((2, HEIGHT, width), np.uint8))
    assert steps.shape == (2, -(-width // 2), ctc.CLASSES)


def test_folding_changes_nothing() -> None:
    built = line_network.build()
    rng = np.random.default_rng(3)
    built.set_weights([weight + rng.uniform(0.0, 0.1, weight.shape) for weight in built.get_weights()])
    given = rng.integers(0, 255, (2, HEIGHT, 64)).astype(np.uint8)
    expected = np.array(built(given, training=False))
    assert np.array(line_network.folded(built)(given)) == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_texts_become_classes_as_keras_wants_them() -> None:
    assert line_trainer.classes(["07", "5?1"]).tolist() == [[1, 8, 0], [6, 11, 2]]


def test_a_batch_holds_each_line_once_and_pads_it() -> None:
    made = [Line(np.full((HEIGHT, width), 200, np.uint8), "1") for width in range(20, 60)]
    recipe = line_trainer.LineRecipe(batch=8)
    batches = list(line_trainer.batches(made, recipe, 0))
    widths = sorted(int((row.max(axis=0) > 0).sum()) for images, _ in batches for row in images)
    assert widths == list(range(20, 60))
    assert all(images.shape[2] % line_trainer.WIDTH_STEP == 0 for images, _ in batches)


def test_the_network_learns_a_line_by_heart() -> None:
    rng = np.random.default_rng(1)
    known: Sequence[Line] = [lines.scanned(GLYPHS, rng) for _ in range(4)]
    keras.utils.set_random_seed(1)
    built: Any = line_network.build()
    built.compile(keras.optimizers.AdamW(2e-3), keras.losses.CTC())
    images, texts = line_trainer.padded([one.image for one in known]), line_trainer.classes([one.text for one in known])
    losses = [float(built.train_on_batch(images, texts)) for _ in range(60)]
    assert losses[-1] < 0.2 * losses[0]


def test_every_group_on_a_page_has_its_line() -> None:
    page = np.zeros((60, 100), np.uint8)
    page[10:38, 10:38], page[10:38, 44:72] = DIGITS[0], DIGITS[2]
    (group,) = preprocess.find_numbers(preprocess.Page(page, (1.0, 1.0)))
    assert group.line is not None
    assert group.along_line(MARGIN / group.line.shape[1]) == pytest.approx(0)
    assert group.along_line(1 - MARGIN / group.line.shape[1]) == pytest.approx(1)
