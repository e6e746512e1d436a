"""A short run of what `make fuzz` does at length."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from flask.testing import FlaskClient

from digits import preprocess
from digits.errors import UnreadablePicture
from tests.fuzz import damage as fuzz


@pytest.mark.parametrize("name", fuzz.whole())
def test_every_kind_of_file_can_be_read_before_it_is_damaged(name: str) -> None:
    assert preprocess.prepare(fuzz.whole()[name]).square is not None


def test_damaged_pictures_are_answered_quickly_within_the_memory_limit(client: FlaskClient) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow tells of damages
        done = fuzz.run(client, 2_700, seed=2)
    assert done.wrong == []
    for name in fuzz.whole():  # they are neither all harmless nor all hopeless
        assert done.answers[name, 422] > 5, name
    assert sum(count for (_, status), count in done.answers.items() if status == 200) > 200


def test_a_png_with_valid_checksums_is_unchanged() -> None:
    for name in ("PNG grey", "PNG animated"):
        assert fuzz.with_right_checksums(fuzz.whole()[name]) == fuzz.whole()[name]


def test_a_damaged_checksum_is_repaired() -> None:
    before = fuzz.whole()["PNG grey"]
    picture = bytearray(before)
    picture[8 + 8 + 13] ^= 1  # of IHDR
    with pytest.raises(UnreadablePicture):
        preprocess.prepare(bytes(picture))
    mended = preprocess.prepare(fuzz.with_right_checksums(bytes(picture)))
    assert np.array_equal(np.asarray(mended.square), np.asarray(preprocess.prepare(before).square))
