"""The largest pictures: their memory, and JPEGs that are shrunk while they are decoded."""

from __future__ import annotations

import resource

import pytest
from PIL import Image

from digits import preprocess
from digits.errors import TooManyPixels
from tests.samples import DIGITS, encode, enlarged
from tests.unit.test_preprocess import NEARLY, difference


def test_a_jpeg_may_be_larger_because_it_is_shrunk_while_decoding() -> None:
    picture = Image.new("L", (7000, 5000), 255)
    picture.paste(enlarged(255 - DIGITS[0], 2000), (2000, 1500))
    assert difference(preprocess.prepare(encode(picture, "JPEG")).square, DIGITS[0]) < NEARLY
    two_in_one = encode(picture, "MPO", save_all=True, append_images=[picture.reduce(10)])  # as phones write it
    assert difference(preprocess.prepare(two_in_one).square, DIGITS[0]) < NEARLY
    with pytest.raises(TooManyPixels):
        preprocess.decode(encode(picture, "PNG"))


@pytest.mark.parametrize("mode", ["1", "P", "I;16", "RGBA", "CMYK"])
def test_the_largest_picture_stays_within_its_memory_limit(mode: str) -> None:
    size = (5000, 5000)
    picture = Image.new(mode, size) if mode == "I;16" else Image.new("L", size, 255).convert(mode)
    data = encode(picture, "TIFF", compression="tiff_lzw") if mode == "CMYK" else encode(picture)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    preprocess.prepare(data)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # KiB on Linux
    bytes_a_pixel = len(picture.getbands()) * (2 if mode == "I;16" else 1)
    assert grown * 1024 < size[0] * size[1] * bytes_a_pixel * 2 + 150e6
