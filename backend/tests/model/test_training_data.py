"""The training data: augmentation, pen strokes, scans, degradations and negatives, without TensorFlow."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from digits import preprocess
from digits.training.data import (
    NOT_A_DIGIT,
    SEVERAL_DIGITS,
    LabelledImages,
    augment,
    datasets,
    degradations,
    mnist,
    negatives,
    scans,
    strokes,
)
from digits.training.data.augment import NONE, Ranges
from tests.samples import DIGITS, LABELS, WRITTEN, Written, drawn

SHEET = np.stack(DIGITS)


def character(one: Written) -> strokes.Character:
    points = tuple(np.array(stroke, np.float32) for stroke in one["strokes"])
    return strokes.Character(str(one["label"]), one["writer"], points)


CHARACTERS = [character(one) for one in WRITTEN]


# --- MNIST ------------------------------------------------------------------------------------------------------------


def test_validation_writers_wrote_none_of_the_earlier_images() -> None:
    writers = np.array([5, 5, 7, 7, 7, 9, 9, 4])
    assert mnist.late_writers(writers, last=4).tolist() == [False] * 5 + [True] * 3


def test_the_parts_of_mnist_do_not_overlap(few_digits: Path) -> None:
    parts = mnist.load_mnist(few_digits)
    assert (len(parts.training), len(parts.validation), len(parts.test)) == (50, 50, 50)
    with pytest.raises(FileNotFoundError):
        mnist.load_mnist(few_digits / "nowhere")


# --- augmentation -----------------------------------------------------------------------------------------------------


def test_augmented_squares_follow_the_conventions_of_mnist() -> None:
    squares = augment.augmented_squares(SHEET, 1, replace(Ranges(), degraded=0))
    assert squares.shape == (50, 28, 28)
    assert squares.dtype == np.uint8
    assert (squares.max(axis=(1, 2)) == 255).all()
    for square in squares:
        rows, columns = np.nonzero(square)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)


def test_augmentation_depends_on_the_seed_alone() -> None:
    first, again, other = (augment.augmented_squares(SHEET, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert (first != other).any(axis=(1, 2)).mean() > 0.9


def test_a_warp_without_ranges_is_the_identity() -> None:
    points = np.random.default_rng(1).uniform(-1, 1, (9, 2)).astype(np.float32)
    warp = augment.random_warp(np.random.default_rng(2), NONE)
    assert warp(points) == pytest.approx(points, abs=1e-6)


def test_strong_slants_reach_45_degrees_and_lean_mostly_to_the_right() -> None:
    rng = np.random.default_rng(1)
    upright = np.array([[0, -0.5], [0, 0.5]], np.float32)  # top, bottom
    slants = []
    for _ in range(500):
        top, bottom = augment.random_warp(rng, replace(NONE, strong=1.0, strong_shear=1.0))(upright)
        slants.append(np.rad2deg(np.arctan2(top[0] - bottom[0], bottom[1] - top[1])))
    assert 42 < max(slants) <= 45.1
    assert np.mean(np.array(slants) > 0) > 0.6


def test_scans_and_strokes_lean_to_the_same_side() -> None:
    line = np.zeros((28, 28), np.uint8)
    line[4:24, 13:15] = 255
    always = replace(NONE, strong=1.0, strong_shear=1.0)
    for seed in range(10):
        page = augment.distort(line, np.random.default_rng(seed), replace(always, untouched=0.0))
        rng = np.random.default_rng(seed)
        rng.random()  # whether it is left untouched
        top, bottom = augment.random_warp(rng, always)(np.array([[0, -0.5], [0, 0.5]], np.float32))
        rows, columns = np.nonzero(page > 100)
        across = columns[rows < rows.min() + 4].mean() - columns[rows > rows.max() - 4].mean()
        scan = np.rad2deg(np.arctan2(across, np.ptp(rows)))
        pen = np.rad2deg(np.arctan2(top[0] - bottom[0], bottom[1] - top[1]))
        assert scan == pytest.approx(pen, abs=6)


def test_without_augmentation_a_digit_is_nearly_what_the_server_makes_of_it() -> None:
    unchanged, served = augment.augmented_squares(SHEET, 1, NONE), augment.preprocessed_squares(SHEET)
    assert np.abs(unchanged.astype(int) - served).mean() < 10  # it is enlarged on the way


@pytest.mark.parametrize(("pixels", "low", "high"), [(2.0, 1.2, 3.0), (-2.0, 0.2, 0.9)])
def test_a_broader_pen_leaves_more_ink_and_a_finer_one_less(pixels: float, low: float, high: float) -> None:
    always = replace(NONE, thinner=-pixels, thicker=pixels)  # from -thinner to thicker: this and nothing else
    before = SHEET.sum(axis=(1, 2), dtype=float)
    after = augment.augmented_squares(SHEET, 1, always).sum(axis=(1, 2), dtype=float)
    assert low < np.median(after / before) < high


def test_a_finer_pen_breaks_no_digit_apart() -> None:
    finest = augment.augmented_squares(SHEET, 1, replace(NONE, thinner=2, thicker=-2))
    for square, digit in zip(finest, SHEET, strict=True):
        pieces, before = (cv2.connectedComponents((one > 40).astype(np.uint8))[0] for one in (square, digit))
        assert pieces <= before + 1


def test_a_tenth_of_the_scans_keep_their_shape() -> None:
    rng = np.random.default_rng(5)
    squares = [augment.to_square(augment.distort(DIGITS[0], rng, Ranges())) for _ in range(400)]
    exact = sum(np.array_equal(square, augment.to_square(DIGITS[0])) for square in squares)
    assert 20 < exact < 65


# --- pen strokes ------------------------------------------------------------------------------------------------------


def test_strokes_are_drawn_as_another_library_draws_them() -> None:
    for one, written in zip(CHARACTERS, WRITTEN, strict=True):
        ours = augment.to_square(strokes.draw(one.strokes, pen=16 / 168))
        theirs = augment.to_square(np.asarray(drawn(written, side=280, pen=16)))  # on 168 pixels of 280
        assert np.abs(ours.astype(int) - theirs).mean() < 15  # a shift by a pixel is 17, another digit 42


@pytest.mark.parametrize("pen", [0.02, 0.05, 0.1, 0.2])
def test_a_pen_has_the_requested_width(pen: float) -> None:
    page = strokes.draw([np.array([[0, 0], [0, 100]], np.float32)], pen)
    breadth = page[len(page) // 2].sum() / 255
    length = page.sum() / 255 / breadth - np.pi / 4 * breadth  # without the round ends
    assert breadth / length == pytest.approx(pen, rel=0.1)


def test_a_dot_is_drawn() -> None:
    page = strokes.draw([np.array([[5, 5]], np.float32)], 0.1)
    assert page.sum() / 255 == pytest.approx(np.pi / 4 * (0.1 * strokes.LENGTH) ** 2, rel=0.4)


def test_strokes_are_moved_slightly_and_lose_only_their_ends() -> None:
    rng = np.random.default_rng(4)
    stroke = np.stack([np.linspace(-0.5, 0.5, 101), np.zeros(101)], axis=1).astype(np.float32)
    moved = [strokes._moved(stroke, rng, Ranges()) for _ in range(300)]
    assert np.abs(np.mean([one.mean(axis=0) for one in moved], axis=0)).max() < 0.02
    assert 0.02 < np.std([one[:, 1].mean() for one in moved]) < 0.06
    assert min(len(one) for one in moved) >= 101 * (1 - 2 * Ranges().cut_ends)
    assert max(len(one) for one in moved) == 101
    assert np.array_equal(strokes._moved(stroke, rng, NONE), stroke)


def test_flourishes_are_short_and_touch_the_digit() -> None:
    rng = np.random.default_rng(6)
    for one in CHARACTERS * 20:
        before = np.concatenate(strokes.to_unit(one.strokes))
        after = np.concatenate(strokes.flourished(one, rng))
        added = after[~(after[:, None] == before[None]).all(axis=2).any(axis=1)]
        assert len(added) > 0
        distances = np.linalg.norm(added[:, None] - before[None], axis=2).min(axis=1)
        assert distances.max() < 0.3


def test_no_writer_is_in_training_and_in_validation() -> None:
    many = [replace(CHARACTERS[number % 14], writer=f"w{number % 37:02}") for number in range(200)]
    training, validation = strokes.split_by_writer(many)
    assert len(training) + len(validation) == 200
    assert {one.writer for one in validation} == {"w00", "w10", "w20", "w30"}
    assert not {one.writer for one in training} & {one.writer for one in validation}


# --- scans ------------------------------------------------------------------------------------------------------------


def jpeg(picture: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".jpg", picture)[1])


def on_paper(digit: np.ndarray, side: int = 84) -> np.ndarray:
    return 255 - np.asarray(cv2.resize(digit, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


def test_kensanata_is_split_by_writer(tmp_path: Path) -> None:
    file = tmp_path / "kensanata.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for writer in ("0001_CH4M", scans.KENSANATA_VALIDATION[0]):
            for place in range(3):
                archive.writestr(f"{writer}/{LABELS[place]}/{place}.jpg", jpeg(on_paper(DIGITS[place])))
    found = scans.load_kensanata(file)
    assert [one.held_out for one in found] == [False] * 3 + [True] * 3
    assert [one.label for one in found] == list(LABELS[:3]) * 2
    for one, digit in zip(found, DIGITS[:3], strict=False):
        assert np.abs(one.square.astype(int) - digit).mean() < 15  # another digit is 42


def test_ambiguous_signs_of_bhmsds_are_left_out_and_the_last_of_each_label_held_out(tmp_path: Path) -> None:
    labels = ["0", "slash", "x", "z"] * (scans.BHMSDS_EACH + 5)
    pictures = np.stack([255 - DIGITS[number % 50] for number in range(len(labels))])
    np.savez(tmp_path / "bhmsds.npz", images=pictures, labels=np.array(labels))
    found = scans.load_bhmsds(tmp_path / "bhmsds.npz")
    assert {one.label for one in found} == {0, NOT_A_DIGIT}
    assert sum(one.held_out for one in found) == 2 * scans.BHMSDS_EACH
    assert not found[0].held_out
    assert found[-1].held_out


def test_single_digits_of_lectaurep_are_freed_from_ruling(tmp_path: Path) -> None:
    page = np.pad(on_paper(DIGITS[0]), 20, constant_values=255)
    ruled = page.copy()
    ruled[:, 4:7] = 0
    rows = [("a.jpg", "7", "p1"), ("b.jpg", "7", "p2"), ("c.jpg", "72", "p2")]
    text = io.StringIO()
    csv.writer(text).writerows([("file", "label", "page"), *rows])
    with zipfile.ZipFile(tmp_path / "lectaurep.zip", "w") as archive:
        archive.writestr("index.csv", text.getvalue())
        for name, picture in (("a.jpg", page), ("b.jpg", ruled), ("c.jpg", page)):
            archive.writestr(name, jpeg(picture))
    plain, with_rule = scans.load_lectaurep(tmp_path / "lectaurep.zip")
    assert (plain.label, with_rule.label) == (7, 7)
    assert (plain.held_out, with_rule.held_out) == (True, False)
    assert np.abs(plain.square.astype(int) - with_rule.square).mean() < 10


@pytest.mark.parametrize("shape", [(30, 10), (10, 30), (200, 150), (1, 5)])
def test_centred_ink_has_the_proportions_of_mnist(shape: tuple[int, int]) -> None:
    page = negatives.centred(np.full(shape, 255, np.uint8))
    rows, columns = np.nonzero(page)
    assert page.shape == (56, 56)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 40


# --- degradations -----------------------------------------------------------------------------------------------------

WAYS = sorted({way.__name__ for way in degradations.WAYS})


@pytest.mark.parametrize("way", WAYS)
def test_a_nearly_empty_page_can_be_degraded(way: str) -> None:
    rng = np.random.default_rng(3)
    dot, line = np.zeros((80, 80), np.uint8), np.zeros((80, 80), np.uint8)
    dot[40, 40] = line[:, 40] = 255
    for page in (np.zeros((80, 80), np.uint8), np.full((90, 70), 60, np.uint8), dot, line):
        for _ in range(5):
            degraded = getattr(degradations, way)(page, rng)
            assert degraded.dtype == np.uint8
            assert min(degraded.shape) > 0


# --- negatives --------------------------------------------------------------------------------------------------------


def test_letters_that_look_like_digits_are_left_out() -> None:
    found = [strokes.Character(label, "w", CHARACTERS[0].strokes) for label in "AOo|7lK/g"]
    assert [one.label for one in negatives.letters(found)] == ["A", "K"]


@pytest.mark.parametrize("arrange", [negatives.side_by_side, negatives.with_exponent])
def test_digits_in_a_row_do_not_overlap(arrange: object) -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        first, second = (strokes.to_unit(CHARACTERS[one].strokes) for one in rng.integers(14, size=2))
        row = arrange([first, second], rng)  # type: ignore[operator]
        left, right = row[: len(first)], row[len(first) :]
        assert max(stroke[:, 0].max() for stroke in left) < min(stroke[:, 0].min() for stroke in right)


def test_digits_in_a_column_do_not_overlap() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        first, second = (strokes.to_unit(CHARACTERS[one].strokes) for one in rng.integers(14, size=2))
        column = negatives.below_each_other([first, second], rng)
        upper, lower = column[: len(first)], column[len(first) :]
        assert max(stroke[:, 1].max() for stroke in upper) < min(stroke[:, 1].min() for stroke in lower)


@pytest.mark.parametrize("enclose", [negatives.in_a_ring, negatives.in_a_box])
def test_a_ring_or_box_is_as_large_as_the_digit_or_larger(enclose: object) -> None:
    rng = np.random.default_rng(2)
    for one in CHARACTERS:
        digit = strokes.to_unit(one.strokes)
        added = np.concatenate(enclose(digit, rng)[len(digit) :])  # type: ignore[operator]
        assert np.ptp(added, axis=0).min() > 0.9


# --- datasets ---------------------------------------------------------------------------------------------------------


def test_a_dataset_has_as_many_squares_as_it_promises_and_others_in_every_epoch() -> None:
    for dataset in (
        datasets.Scans("scans", LabelledImages(SHEET, np.array(LABELS)), 130),
        datasets.PenStrokes("strokes", CHARACTERS, 30),
        datasets.PenStrokes("enclosed", CHARACTERS, 5, negatives.enclosed_digits),
        datasets.Generated("rows", negatives.several_written, (CHARACTERS,), 7, SEVERAL_DIGITS),
        datasets.Generated("scribbles", negatives.scribbles, (), 7, NOT_A_DIGIT),
    ):
        first, again, other = ([task() for task in dataset.tasks(seed)] for seed in (1, 1, 2))
        assert sum(len(part) for part in first) == dataset.count
        for part, same, new in zip(first, again, other, strict=True):
            assert part.images.shape[1:] == (28, 28)
            assert part.images.dtype == np.uint8
            assert part.labels.dtype == np.int64
            assert np.array_equal(part.images, same.images)
            assert not np.array_equal(part.images, new.images)


def test_every_digit_is_used_before_one_is_used_again() -> None:
    chosen = datasets._chosen(10, 25, seed=3)
    counts = np.bincount(chosen, minlength=10)
    assert len(chosen) == 25
    assert set(counts.tolist()) == {2, 3}


def test_an_epoch_is_divided_into_tasks() -> None:
    dataset = datasets.Scans("scans", LabelledImages(SHEET, np.array(LABELS)), 2 * datasets.CHUNK + 1)
    assert len(dataset.tasks(1)) == 3


@pytest.mark.parametrize(("pictures", "times"), [(1, 50), (20, 50), (100, 50), (200, 25), (5_000, 1), (90_000, 1)])
def test_few_corrections_are_repeated_more_often_than_many(pictures: int, times: int) -> None:
    many = LabelledImages(np.zeros((pictures, 28, 28), np.uint8), np.zeros(pictures, np.int64))
    assert datasets.repeated(many, 100_000).count == times * pictures


def test_corrections_are_trained_on_but_not_chosen_on(few_digits: Path) -> None:
    corrections = LabelledImages(np.stack([np.rot90(DIGITS[0]), DIGITS[1]]), np.array([NOT_A_DIGIT, 5]))
    without, validation = datasets.load(few_digits)
    training, same = datasets.load(few_digits, corrections)
    assert [one.name for one in training[:-1]] == [one.name for one in without]
    for one, other in zip(validation, same, strict=True):
        assert np.array_equal(one.squares.images, other.squares.images)
    # The second shows an MNIST test image.
    assert training[-1].name == "corrections (1, each 4 times)"


def test_corrections_that_show_a_test_image_are_never_trained_on(few_digits: Path) -> None:
    enlarged = np.asarray(cv2.resize(DIGITS[3], (280, 280), interpolation=cv2.INTER_CUBIC), np.uint8)
    square = preprocess.normalize(preprocess.Page(255 - enlarged, (1.0, 1.0))).square
    assert square is not None
    training, _ = datasets.load(few_digits, LabelledImages(square[None], np.array([1])))
    assert not [one.name for one in training if "corrections" in one.name]
