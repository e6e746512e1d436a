"""The parts of the recipe, each against what is known of it from elsewhere; and a short run through all of them."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tensorflow as tf

from digits import card as cards
from digits import images
from digits import recognizer as recognizers
from digits.training import (
    augment,
    calibrate,
    checks,
    corruptions,
    data,
    degrade,
    evaluate,
    network,
    others,
    report,
    served,
    sources,
    strokes,
    train,
)
from digits.training.augment import STILL, Ranges
from digits.training.evaluate import Read
from tests.samples import DIGITS, LABELS, WRITTEN, Written, drawn

SHEET = np.stack(DIGITS)


# --- calibration ---


def drawn_from(temperature: float, n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels drawn from the probabilities that they have at the temperature."""
    rng = np.random.default_rng(4)
    logits = rng.normal(0, 3, (n, 10))
    gumbel = rng.gumbel(size=(n, 10))  # argmax of logits plus Gumbel noise is a draw from their softmax
    return logits, (logits / temperature + gumbel).argmax(axis=1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_the_labels_were_drawn_at_is_found(temperature: float) -> None:
    assert calibrate.fit_temperature(*drawn_from(temperature)) == pytest.approx(temperature, rel=0.05)


def test_softmax_is_right_where_it_is_known_and_where_it_would_overflow() -> None:
    assert calibrate.softmax(np.log([[1.0, 2.0, 5.0]])) == pytest.approx(np.array([[0.125, 0.25, 0.625]]))
    assert calibrate.softmax(np.array([[1000.0, 0.0]])) == pytest.approx(np.array([[1.0, 0.0]]))


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    confidence, correct = np.full(100, 0.9), np.arange(100) < 70
    assert calibrate.expected_calibration_error(confidence, correct) == pytest.approx(0.2)
    halves = np.r_[np.full(50, 0.95), np.full(50, 0.55)]
    correct = np.r_[np.ones(50, bool), np.zeros(50, bool)]
    assert calibrate.expected_calibration_error(halves, correct) == pytest.approx((0.05 + 0.55) / 2)


def test_probabilities_at_the_right_temperature_are_calibrated() -> None:
    logits, labels = drawn_from(2.0)
    for temperature, low, high in ((2.0, 0.0, 0.02), (1.0, 0.05, 1.0)):
        probabilities = calibrate.softmax(logits / temperature)
        correct = probabilities.argmax(axis=1) == labels
        assert low <= calibrate.expected_calibration_error(probabilities.max(axis=1), correct) <= high


def test_reliability_tells_confidence_and_accuracy_of_each_bin() -> None:
    confidence, correct = np.r_[np.full(3, 0.95), 0.5, 0.52], np.array([1, 1, 0, 1, 0], bool)
    low, high = calibrate.reliability(confidence, correct, bins=10)
    assert low == pytest.approx((2, 0.51, 0.5))
    assert high == pytest.approx((3, 0.95, 2 / 3))


def test_few_digits_are_refused_and_few_others_let_through_unless_that_costs_digits() -> None:
    logits, labels = drawn_from(1.0)
    rng = np.random.default_rng(1)
    digits = np.hstack([logits, rng.normal(-5, 2, (len(labels), 2))])
    for strength, limited in ((12.0, False), (-3.0, True)):
        others = np.hstack([rng.normal(0, 1, (5000, 10)), rng.normal(strength, 2, (5000, 2))])
        classes = np.r_[labels, np.full(5000, data.OTHER)]
        found = calibrate.calibrate(np.concatenate([digits, others]), classes)
        assert found.temperature == pytest.approx(1, rel=0.05)
        of_digits, of_others = (calibrate.softmax(part)[:, 10:].sum(axis=1) for part in (digits, others))
        assert (of_digits >= found.reject_from).mean() == pytest.approx(calibrate.REFUSED, rel=0.1)
        let_through, doubted = (of_others < found.doubt_from).mean(), (of_digits >= found.doubt_from).mean()
        if limited:
            assert doubted == pytest.approx(calibrate.DOUBTED, rel=0.1)
            assert let_through > calibrate.LET_THROUGH
        else:
            assert let_through == pytest.approx(calibrate.LET_THROUGH, rel=0.2)
            assert doubted < calibrate.DOUBTED


# --- distortion ---


def test_distorted_squares_keep_the_conventions_of_mnist() -> None:
    squares = augment.distorted_squares(SHEET, 1, replace(Ranges(), degraded=0))
    assert squares.shape == (50, 28, 28)
    assert squares.dtype == np.uint8
    assert (squares.max(axis=(1, 2)) == 255).all()
    for square in squares:
        rows, columns = np.nonzero(square)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)


def test_distortion_is_another_with_another_seed_and_the_same_with_the_same() -> None:
    first, again, other = (augment.distorted_squares(SHEET, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert (first != other).any(axis=(1, 2)).all()


def test_a_warp_without_ranges_moves_nothing() -> None:
    places = np.random.default_rng(1).uniform(-1, 1, (9, 2)).astype(np.float32)
    warp = augment.random_warp(np.random.default_rng(2), STILL)
    assert warp(places) == pytest.approx(places, abs=1e-6)


def test_without_distortion_a_digit_is_nearly_what_is_served() -> None:
    still, served = augment.distorted_squares(SHEET, 1, STILL), augment.prepared_squares(SHEET)
    # It is enlarged on the way: test_images.py tells how near that is.
    assert np.abs(still.astype(int) - served).mean() < 10


@pytest.mark.parametrize(("pixels", "low", "high"), [(2.0, 1.2, 3.0), (-2.0, 0.2, 0.9)])
def test_a_broader_pen_leaves_more_ink_and_a_finer_one_less(pixels: float, low: float, high: float) -> None:
    always = replace(STILL, thinner=-pixels, thicker=pixels)  # from -thinner to thicker: this and nothing else
    before = SHEET.sum(axis=(1, 2), dtype=float)
    after = augment.distorted_squares(SHEET, 1, always).sum(axis=(1, 2), dtype=float)
    assert low < np.median(after / before) < high


def test_a_finer_pen_leaves_every_digit_in_one_piece() -> None:
    finest = augment.distorted_squares(SHEET, 1, replace(STILL, thinner=2, thicker=-2))
    for square, digit in zip(finest, SHEET, strict=True):
        pieces, before = (cv2.connectedComponents((one > 40).astype(np.uint8))[0] for one in (square, digit))
        assert pieces <= before + 1


def test_a_page_that_is_seen_less_well_still_shows_its_digit(recognizer: recognizers.Recognizer) -> None:
    worse = augment.distorted_squares(SHEET, 3, replace(STILL, degraded=1))
    right = np.mean([reading.digit == label for reading, label in zip(recognizer(worse), LABELS, strict=True)])
    assert right >= 0.9


# --- pen strokes ---


def as_written(one: Written) -> strokes.Written:
    return strokes.Written(str(one["label"]), one["writer"], tuple(np.array(s, np.float32) for s in one["strokes"]))


PENS = [as_written(one) for one in WRITTEN]


def test_strokes_are_drawn_as_another_library_draws_them() -> None:
    for one, written in zip(PENS, WRITTEN, strict=True):
        ours = augment.to_square(strokes.draw(one.strokes, pen=16 / 168))
        theirs = augment.to_square(np.asarray(drawn(written, side=280, pen=16)))  # on 168 pixels of 280
        assert np.abs(ours.astype(int) - theirs).mean() < 15  # a pixel aside is 17, another digit 42


@pytest.mark.parametrize("pen", [0.02, 0.05, 0.1, 0.2])
def test_a_pen_is_as_broad_as_it_should_be(pen: float) -> None:
    page = strokes.draw([np.array([[0, 0], [0, 100]], np.float32)], pen)
    breadth = page[len(page) // 2].sum() / 255
    length = page.sum() / 255 / breadth - np.pi / 4 * breadth  # without the round ends
    assert breadth / length == pytest.approx(pen, rel=0.1)


def test_a_dot_is_drawn() -> None:
    page = strokes.draw([np.array([[5, 5]], np.float32)], 0.1)
    assert page.sum() / 255 == pytest.approx(np.pi / 4 * (0.1 * strokes.LENGTH) ** 2, rel=0.4)


def test_written_digits_are_read_in_every_hand_by_the_model(recognizer: recognizers.Recognizer) -> None:
    readings = recognizer(np.concatenate([strokes.written_squares(PENS, seed) for seed in range(20)]))
    right = np.mean([reading.digit == int(one.label) for reading, one in zip(readings, PENS * 20, strict=True)])
    assert right > 0.93


def test_another_hand_moves_each_stroke_a_little_and_leaves_out_no_more_than_its_ends() -> None:
    rng = np.random.default_rng(4)
    stroke = np.stack([np.linspace(-0.5, 0.5, 101), np.zeros(101)], axis=1).astype(np.float32)
    moved = [strokes._moved(stroke, rng, Ranges()) for _ in range(300)]
    assert np.abs(np.mean([one.mean(axis=0) for one in moved], axis=0)).max() < 0.02
    assert 0.02 < np.std([one[:, 1].mean() for one in moved]) < 0.06
    assert min(len(one) for one in moved) >= 101 * (1 - 2 * Ranges().ends)
    assert max(len(one) for one in moved) == 101
    assert np.array_equal(strokes._moved(stroke, rng, STILL), stroke)


def test_one_scan_in_ten_is_learnt_from_as_it_is() -> None:
    rng = np.random.default_rng(5)
    squares = [augment.to_square(augment.distort(DIGITS[0], rng, Ranges())) for _ in range(400)]
    exact = sum(np.array_equal(square, augment.to_square(DIGITS[0])) for square in squares)
    assert 20 < exact < 65


def test_no_writer_is_in_training_and_in_validation() -> None:
    many = [replace(PENS[number % 14], writer=f"w{number % 37:02}") for number in range(200)]
    learnt, held_out = strokes.split_by_writer(many)
    assert len(learnt) + len(held_out) == 200
    assert {one.writer for one in held_out} == {"w00", "w10", "w20", "w30"}
    assert not {one.writer for one in learnt} & {one.writer for one in held_out}


def test_the_labels_of_a_pass_are_those_of_its_squares(recognizer: recognizers.Recognizer) -> None:
    scans = sources.Scans("scans", data.Digits(np.concatenate([SHEET] * 30), np.array(LABELS * 30)))
    pens = sources.Pens("pens", PENS, times=100)
    for source in (scans, pens):
        squares = np.concatenate([task() for task in source.tasks(seed=5)])
        assert len(squares) == len(source.labels) > sources.CHUNK
        for found in (squares, source.still()):
            read = np.array([reading.digit for reading in recognizer(found)])
            assert (read == source.labels).mean() > 0.93


def test_distorted_digits_are_still_read_by_the_model(recognizer: recognizers.Recognizer) -> None:
    readings = recognizer(np.concatenate([augment.distorted_squares(SHEET, seed) for seed in range(10)]))
    right = np.mean([reading.digit == label for reading, label in zip(readings, LABELS * 10, strict=True)])
    assert right > 0.98


# --- measuring ---


SURE = recognizers.Reading("accepted", None, 1, 1.0, None)
UNSURE = recognizers.Reading("uncertain", "low_confidence", 2, 0.5, None)
NO_DIGIT = recognizers.Reading("rejected", "not_a_digit", None, None, None)
FILE = checks.png(DIGITS[0])


def reads(*labelled: tuple[int | None, recognizers.Reading]) -> list[Read]:
    return [Read(FILE, label, reading, 0.002) for label, reading in labelled]


def test_a_figure_counts_wrong_and_refused_digits_as_errors() -> None:
    figure = evaluate.figure("four", reads((1, SURE), (2, UNSURE), (3, SURE), (4, recognizers.BLANK)))
    assert figure["errors"] == 2
    assert figure["error_percent"] == 50
    assert (figure["rejected"], figure["uncertain"]) == (1, 1)
    assert figure["milliseconds"] == 2
    assert evaluate.aligned(evaluate.digits_table([figure])).splitlines()[1].startswith("| four ")


def test_of_what_is_no_digit_only_a_sure_answer_is_an_error() -> None:
    figure = evaluate.refusal("four", reads((None, SURE), (None, UNSURE), (None, NO_DIGIT), (None, recognizers.BLANK)))
    assert (figure["accepted"], figure["uncertain"], figure["rejected"]) == (1, 1, 2)
    assert figure["accepted_percent"] == 25


def test_every_digit_is_counted_where_it_was_read() -> None:
    counts = report.confusion(reads((1, SURE), (1, SURE), (3, SURE), (4, NO_DIGIT), (None, SURE)))
    assert {place: int(counts[place]) for place in zip(*np.nonzero(counts), strict=True)} == {
        (1, 1): 2,
        (3, 1): 1,
        (4, report.NONE): 1,
    }


def test_the_report_has_the_tables_and_the_pictures_that_it_names(tmp_path: Path, card: cards.Card) -> None:
    digits = checks.CheckSet("digits", [], 3)
    nothing = checks.CheckSet("nothing", [], 1)
    measured = evaluate.Measured(digits, reads((1, SURE), (3, SURE), (4, NO_DIGIT)))
    refused = evaluate.Measured(nothing, reads((None, SURE)))
    report.write(tmp_path, card, [measured], [refused])
    page = (tmp_path / "README.md").read_text("utf-8")
    for figure in (*card["figures"], *card["refusals"]):
        assert f"| {figure['data']} " in page
    named = re.findall(r"\]\((.+?)\)", page)
    assert len(named) >= 5
    for name in named:
        assert (tmp_path / name).stat().st_size > 1000


def test_a_digit_squeezed_into_sixteen_pixels_fills_them() -> None:
    for digit in DIGITS:
        squeezed = checks.squeezed(digit)
        assert squeezed.shape == (16, 16)
        assert squeezed.any(axis=1).all()


# --- what is no digit ---


def test_letters_that_look_like_digits_are_left_out() -> None:
    written = [strokes.Written(label, "w", PENS[0].strokes) for label in "AOo|7lKg"]
    assert [one.label for one in others.letters(written)] == ["A", "K"]


def test_digits_in_a_row_do_not_cover_each_other() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        first, second = (strokes.to_unit(PENS[one].strokes) for one in rng.integers(len(PENS), size=2))
        row = others.side_by_side([first, second], rng)
        left, right = row[: len(first)], row[len(first) :]
        assert max(stroke[:, 0].max() for stroke in left) < min(stroke[:, 0].min() for stroke in right)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (others.scribbles(300, 5), {"not_a_digit", "several_digits"}),
        (others.several_scanned(SHEET, 300, 5), {"several_digits"}),
        (others.several_written(PENS, 300, 5), {"several_digits"}),
    ],
    ids=["scribbles", "scanned numbers", "written numbers"],
)
def test_what_is_not_one_digit_is_seldom_taken_for_one(
    recognizer: recognizers.Recognizer, made: np.ndarray, expected: set[str]
) -> None:
    readings = recognizer(made)
    assert sum(reading.status == "accepted" for reading in readings) <= 15
    reasons = [reading.reason for reading in readings if reading.status == "rejected"]
    assert sum(reason in expected for reason in reasons) > 0.9 * len(reasons) > 150


# --- seen less well, and spoilt ---


@pytest.mark.parametrize("way", sorted({way.__name__ for way in degrade.WAYS}))
def test_a_digit_seen_less_well_in_any_way_is_still_that_digit(recognizer: recognizers.Recognizer, way: str) -> None:
    rng = np.random.default_rng(2)
    pages = [np.pad(np.asarray(cv2.resize(digit, (56, 56)), np.uint8), 12) for digit in DIGITS]
    squares = [augment.to_square(getattr(degrade, way)(page, rng), page) for page in pages]
    right = [reading.digit == label for reading, label in zip(recognizer(np.stack(squares)), LABELS, strict=True)]
    assert sum(right) >= 42


@pytest.mark.parametrize("way", sorted({way.__name__ for way in degrade.WAYS}))
def test_a_page_with_next_to_nothing_on_it_can_be_seen_less_well(way: str) -> None:
    rng = np.random.default_rng(3)
    dot, line = np.zeros((80, 80), np.uint8), np.zeros((80, 80), np.uint8)
    dot[40, 40] = line[:, 40] = 255
    for page in (np.zeros((80, 80), np.uint8), np.full((90, 70), 60, np.uint8), dot, line):
        for _ in range(5):
            seen = getattr(degrade, way)(page, rng)
            assert seen.dtype == np.uint8
            assert min(seen.shape) > 0


@pytest.mark.parametrize("name", corruptions.CORRUPTIONS)
def test_a_spoilt_square_is_still_a_square(name: str) -> None:
    spoil = corruptions.CORRUPTIONS[name]
    spoilt = spoil(DIGITS[0].copy(), np.random.default_rng(1))
    assert spoilt.shape == (28, 28)
    assert spoilt.dtype == np.uint8
    assert np.array_equal(spoilt, DIGITS[0]) == (name == "nothing")


@pytest.mark.parametrize("name", ["inversion", "translucence"])
def test_what_the_preparation_takes_back_leaves_no_trace(name: str) -> None:
    rng = np.random.default_rng(1)
    for digit in DIGITS[:10]:
        spoilt = corruptions.CORRUPTIONS[name](np.pad(digit, 4)[4:-4], rng)
        square = images.normalize(images.Page(spoilt, (1.0, 1.0))).square
        assert square is not None
        assert np.abs(square.astype(int) - digit).mean() < 12  # another digit is 42


def test_the_evidence_of_an_even_network_is_even() -> None:
    untrained = served.Served([network.build((4, 8), (1, 1))], 1.0)
    evidence = untrained.explain(SHEET[:3], [1, 2, 3])["evidence"].numpy()
    assert evidence.shape == (3, 28, 28)
    assert np.abs(evidence.sum(axis=(1, 2))).max() < 1  # its log-odds are those of any picture


def test_where_the_first_network_is_sure_it_is_heard_alone_and_elsewhere_all_are() -> None:
    first, second = (network.build((4, 8), (1, 1)) for _ in range(2))
    margins = np.diff(np.sort(np.array(first(SHEET)), axis=1)[:, -2:])
    weights, bias = first.get_layer("logits").get_weights()
    first.get_layer("logits").set_weights([weights * 5 / np.median(margins), bias])  # so that it is sure of some
    alone, other = (np.array(one(SHEET), np.float64) for one in (first, second))
    likelihoods = [calibrate.softmax(logits) for logits in (alone, other)]
    sure = likelihoods[0].max(axis=1) >= served.SURE
    assert 3 < sure.sum() < len(SHEET) - 3
    expected = np.where(sure[:, None], likelihoods[0], calibrate.softmax(np.mean(np.log(likelihoods), axis=0)))
    together = calibrate.softmax(served.all_logits([first, second], SHEET))
    assert together == pytest.approx(expected, abs=1e-5)
    assert calibrate.softmax(served.all_logits([first, second], SHEET[sure])) == pytest.approx(
        likelihoods[0][sure], abs=1e-5
    )  # when nobody else has to be asked


def test_no_network_is_asked_about_nothing() -> None:
    first, second = (network.build((4, 8), (1, 1)) for _ in range(2))

    def particular(squares: Any, training: bool) -> Any:
        tf.debugging.assert_greater(tf.shape(squares)[0], 0)
        return second(squares, training=training)

    together = served.Served([first, second], 1.0)
    together.others = [particular]
    assert together.logits(tf.constant(SHEET[:2])).shape == (2, data.CLASSES)
    first.get_layer("logits").set_weights([np.zeros((8, data.CLASSES)), np.eye(data.CLASSES)[7] * 100])
    assert together.logits(tf.constant(SHEET[:2])).numpy().argmax(axis=1).tolist() == [7, 7]


# --- a short run ---


SMALL = train.Recipe(passes=40, batch=5, widths=(8, 16, 32), depths=(1, 1, 1), averaging=0.9)
MEMBERS = "member 1", "member 2"


def test_a_run_that_breaks_off_goes_on_and_exports_what_it_learnt(
    few_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train, "GATE", 0.8)
    model, run = tmp_path / "digits" / "1", tmp_path / "run"
    learn, calls = train.Learner.learn, itertools.count()

    def breaking(self: train.Learner, *given: object) -> None:
        if next(calls) == 3:  # the second member's second pass
            raise KeyboardInterrupt
        learn(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(train.Learner, "learn", breaking)
    with pytest.raises(KeyboardInterrupt):
        train.train(few_digits, run, model, SMALL)
    assert not model.exists()
    train.train(few_digits, run, model, SMALL)
    told = capsys.readouterr().out
    assert "member 1: going on after pass 2" in told
    assert "member 2: going on after pass 1" in told
    assert all(told.count(f"{member}, pass {number} of 40") == 1 for member in MEMBERS for number in range(1, 41))

    exported = recognizers.load(model)
    networks = [train.Learner(SMALL, number, 5, run / f"member-{number}").averaged() for number in range(2)]
    logits = served.all_logits(networks, SHEET)
    temperature = cards.read(model)["calibration"]["temperature"]
    expected = calibrate.softmax(logits[:, :10] / temperature)
    for reading, probabilities in zip(exported.read(SHEET), expected, strict=True):
        assert reading.probabilities == pytest.approx(tuple(probabilities), abs=1e-4)
    assert (expected.argmax(axis=1) == LABELS).mean() > 0.3  # chance is a tenth
    assert exported.explain(SHEET[:2], [7, 2]).shape == (2, 28, 28)


def test_a_network_that_is_worse_than_the_gate_is_not_exported(few_digits: Path, tmp_path: Path) -> None:
    with pytest.raises(train.GateMissed, match="of 100 validation digits"):
        train.train(few_digits, tmp_path / "run", tmp_path / "model", replace(SMALL, passes=2, rate=1e-6))
    assert not (tmp_path / "model").exists()


def test_the_parts_of_mnist_do_not_overlap(few_digits: Path) -> None:
    mnist = data.load_mnist(few_digits)
    assert (len(mnist.training), len(mnist.validation), len(mnist.test)) == (50, 50, 50)
    with pytest.raises(FileNotFoundError):
        data.load_mnist(few_digits / "nowhere")
