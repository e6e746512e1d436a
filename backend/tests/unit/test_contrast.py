"""Contrast by pixel and contrast by grey level are two implementations of one quantity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from digits.preprocess.contrast import Contrast, EvenContrast

PAGES = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, min_side=8, max_side=40))
LEVELS = st.integers(1, 255).map(np.float32)


def both(page: np.ndarray, level: np.float32) -> tuple[Contrast, EvenContrast]:
    """The contrasts of a page against a background of one level."""
    return Contrast.of(page, np.full(page.shape, level)), EvenContrast.of(page, level)


@settings(max_examples=60, deadline=None)
@given(PAGES, LEVELS)
def test_both_contrasts_have_the_same_values(page: np.ndarray, level: np.float32) -> None:
    by_pixel, by_level = both(page, level)
    assert by_level.shape == by_pixel.shape
    assert by_level.split() == pytest.approx(by_pixel.split(), abs=1e-6)
    np.testing.assert_allclose(by_level.sample(3), by_pixel.sample(3), atol=1e-6)
    np.testing.assert_allclose(by_level.border(), by_pixel.border(), atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(PAGES, LEVELS, st.floats(0, 0.9))
def test_both_contrasts_find_the_same_ink(page: np.ndarray, level: np.float32, threshold: float) -> None:
    by_pixel, by_level = both(page, level)
    full = by_pixel.full(threshold)
    assert (by_level.full(threshold) is None) == (full is None)
    if full is None:
        return
    assert by_level.full(threshold) == pytest.approx(full, abs=1e-6)
    expected, found = by_pixel.stretched(threshold, full + 0.01), by_level.stretched(threshold, full + 0.01)
    assert (expected is None) == (found is None)
    if expected and found:
        assert (found.x, found.y) == (expected.x, expected.y)
        np.testing.assert_allclose(found.values, expected.values, atol=1e-5)
