"""Pen strokes become a square by MNIST's conventions, whatever their unit is."""

from __future__ import annotations

import numpy as np
import pytest

from digits import preprocess
from digits.preprocess.strokes import Points, bounds, ink_box, square_of_strokes, without_taps
from tests.samples import DIGITS, WRITTEN, Digit, Written

ROUNDING = 2  # grey levels


def points(written: Written) -> list[Points]:
    """The strokes as arrays."""
    return [np.array(stroke, float) for stroke in written["strokes"]]


SAMPLES = [points(written) for written in WRITTEN]
IDS = [f"{place}-a-{written['label']}" for place, written in enumerate(WRITTEN)]
DIAGONAL = [np.array([[0.0, 0.0], [70.0, 100.0]])]
each_sample = pytest.mark.parametrize("strokes", SAMPLES, ids=IDS)


def middle(square: Digit) -> tuple[float, float]:
    """Centre of mass: row and column."""
    mass, places = square.astype(float), np.arange(28)
    return float(mass.sum(axis=1) @ places / mass.sum()), float(mass.sum(axis=0) @ places / mass.sum())


def assert_same(one: Digit, other: Digit) -> None:
    assert np.abs(one.astype(int) - other.astype(int)).max() <= ROUNDING


# --- MNIST's conventions ---


@each_sample
def test_the_longest_side_is_20_pixels(strokes: list[Points]) -> None:
    rows, columns = np.nonzero(square_of_strokes(strokes))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20


@each_sample
def test_the_brightest_pixel_is_255_and_the_centre_of_mass_is_pixel_14(strokes: list[Points]) -> None:
    square = square_of_strokes(strokes)
    assert square.max() == 255
    assert [round(place) for place in middle(square)] == [14, 14]


@pytest.mark.parametrize("scale", [1e-3, 1, 1e3])
def test_a_stroke_is_about_two_pixels_wide_at_any_scale(scale: float) -> None:
    upright = [np.array([[0.0, 0.0], [0.0, 1.0], [0.5, 1.0]]) * scale]
    across = square_of_strokes(upright)[10].sum() / 255  # a row through the upright line only
    assert across == pytest.approx(2, abs=0.3)


def test_strokes_look_like_mnist() -> None:
    ink = [float(np.mean(digits) / 255) for digits in (DIGITS, [square_of_strokes(one) for one in SAMPLES])]
    assert ink[1] == pytest.approx(ink[0], rel=0.3)


# --- any unit ---


@each_sample
@pytest.mark.parametrize(("scale", "shift"), [(2.0**-20, 0.0), (7.3, -500.0), (1e6, 1e8), (1e-300, 0.0), (1e290, 0.0)])
def test_the_unit_and_the_origin_do_not_matter(strokes: list[Points], scale: float, shift: float) -> None:
    assert_same(square_of_strokes([stroke * scale + shift for stroke in strokes]), square_of_strokes(strokes))


@pytest.mark.parametrize("end", [5e-324, 1e-310, 1e300])
def test_the_smallest_and_the_largest_numbers_are_drawn(end: float) -> None:
    strokes = [np.array([[-end, -end], [end, end]])]
    assert_same(square_of_strokes(strokes), square_of_strokes([np.array([[-1.0, -1.0], [1.0, 1.0]])]))


@each_sample
def test_more_points_on_the_same_lines_do_not_matter(strokes: list[Points]) -> None:
    denser = [
        np.insert(stroke, np.arange(1, len(stroke)), (stroke[1:] + stroke[:-1]) / 2, axis=0) for stroke in strokes
    ]
    denser = [np.repeat(stroke, 2, axis=0) for stroke in denser]
    differences = np.abs(square_of_strokes(denser).astype(int) - square_of_strokes(strokes).astype(int))
    assert differences.mean() < 1


# --- points and taps ---


@pytest.mark.parametrize("strokes", [[[(5.0, 5.0)]], [[(5.0, 5.0)] * 9], [[(1.0, 2.0)], [(1.0, 2.0)]]])
def test_a_single_point_becomes_a_dot(strokes: list[list[tuple[float, float]]]) -> None:
    square = square_of_strokes([np.array(stroke) for stroke in strokes])
    assert square.max() == 255
    assert [round(place) for place in middle(square)] == [14, 14]


@each_sample
@pytest.mark.parametrize("distance", [1.3, 3, 100, 1e6])
def test_a_stray_tap_changes_nothing_however_far_it_is(strokes: list[Points], distance: float) -> None:
    left, top, width, height = bounds(strokes)
    place = (left + distance * max(width, height), top + distance * max(width, height))
    tap = np.array([place, place])
    tapped = preprocess.normalize_strokes([*strokes, tap])
    assert tapped.square is not None
    assert np.array_equal(tapped.square, square_of_strokes(strokes))
    assert tapped.box == pytest.approx(ink_box(strokes))


def test_a_small_stroke_near_the_others_belongs_to_them() -> None:
    dot = np.array([[75.0, 100.0]])
    assert len(without_taps([*DIAGONAL, dot])) == 2


def test_dots_alone_are_no_taps() -> None:
    dots = [np.array([[float(place), 0.0]]) for place in range(0, 100, 10)]
    assert len(without_taps(dots)) == 10


# --- what is prepared ---


def test_the_box_is_in_the_units_of_the_strokes() -> None:
    # 18 of the square's 20 pixels are 5.5 units high, and the pen adds a pixel on each side.
    prepared = preprocess.normalize_strokes([np.array([[0.5, -2.0], [0.75, 3.5]]), np.array([[0.25, 0.0]])])
    pixel = 5.5 / 18
    assert prepared.box == pytest.approx((0.25 - pixel, -2.0 - pixel, 0.5 + 2 * pixel, 5.5 + 2 * pixel))
    assert prepared.light_on_dark is False


@pytest.mark.parametrize("strokes", [[], [np.empty((0, 2))], [np.empty((0, 2))] * 3])
def test_strokes_without_points_are_a_blank_page(strokes: list[Points]) -> None:
    assert preprocess.normalize_strokes(strokes) == preprocess.Prepared(None, None, False)


def test_empty_strokes_change_nothing() -> None:
    with_empty = preprocess.normalize_strokes([np.empty((0, 2)), *DIAGONAL, np.empty((0, 2))])
    assert with_empty.square is not None
    assert np.array_equal(with_empty.square, square_of_strokes(DIAGONAL))
