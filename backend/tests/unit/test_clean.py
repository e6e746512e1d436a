"""The short way for clean drawings has the same result as the general way."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from digits.preprocess import ink
from digits.preprocess.clean import clean_density
from tests.samples import DIGITS, WRITTEN, drawn, enlarged

PAGES = {
    "drawn": [np.asarray(drawn(one)) for one in WRITTEN],
    "drawn with a thin pen": [np.asarray(drawn(one, pen=3)) for one in WRITTEN],
    "drawn large": [np.asarray(drawn(one, 560, 40)) for one in WRITTEN],
    "light on dark": [255 - np.asarray(drawn(one)) for one in WRITTEN],
    "grey on grey": [(np.asarray(drawn(one)) // 3 + 60).astype(np.uint8) for one in WRITTEN],
    "enlarged": [np.asarray(enlarged(digit, how=Image.Resampling.BICUBIC)) for digit in DIGITS],
    "with a lighter spot": [
        np.maximum(np.asarray(drawn(one)) // 2, np.eye(280, k=150, dtype=np.uint8) * 200) for one in WRITTEN
    ],
}


@pytest.mark.parametrize("kind", PAGES)
def test_both_ways_find_the_same_ink(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [ink.find_ink(page) for page in PAGES[kind]]
    assert any(clean_density(page) for page in PAGES[kind]) == (kind != "with a lighter spot")
    monkeypatch.setattr(ink, "clean_density", lambda sheet: None)
    for one, page in zip(found, PAGES[kind], strict=True):
        other = ink.find_ink(page)
        assert one is not None
        assert other is not None
        np.testing.assert_array_equal(one.density, other.density)
        assert (one.box, one.light_on_dark, one.specks) == (other.box, other.light_on_dark, other.specks)


def test_a_drawing_is_clean_and_a_photograph_is_not() -> None:
    page = np.asarray(drawn(WRITTEN[0]))
    assert clean_density(page)
    noise = np.random.default_rng(0).integers(0, 3, page.shape).astype(np.uint8)
    assert clean_density(page - np.minimum(page, noise)) is None


def test_ink_at_the_edge_and_faint_ink_are_left_to_the_general_way() -> None:
    page = np.full((100, 100), 255, np.uint8)
    page[:60, 48:52] = 0
    assert clean_density(page) is None
    page[:20] = 255
    assert clean_density(page)
    page[page == 0] = 250
    assert clean_density(page) is None
