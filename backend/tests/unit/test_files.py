"""Files that every browser shows: damaged where it does not matter, oriented as a browser does."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from digits import preprocess
from digits.errors import UnreadablePicture
from tests.samples import DIGITS, encode, enlarged
from tests.unit.test_preprocess import ITSELF, NEARLY, difference

SEVEN = enlarged(255 - DIGITS[0])
SIGNATURE = 8  # bytes of a PNG before its first chunk
HEADER = 25  # bytes of its first chunk


def chunk(name: bytes, data: bytes, checksum: int | None = None) -> bytes:
    found = zlib.crc32(name + data) if checksum is None else checksum
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", found)


def png_with(inserted: bytes) -> bytes:
    """A PNG with a chunk right after its header."""
    whole = encode(SEVEN)
    return whole[: SIGNATURE + HEADER] + inserted + whole[SIGNATURE + HEADER :]


@pytest.mark.parametrize(
    "inserted",
    [
        chunk(b"iCCP", b"x\0\0" + zlib.compress(b"profile"), checksum=1),
        chunk(b"gAMA", struct.pack(">I", 45455), checksum=1),
        chunk(b"tEXt", b"Comment\0text", checksum=1),
        chunk(b"eXIf", b"not EXIF at all"),
        chunk(b"eXIf", b"II*\0\xff\xff\xff\xff"),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(3_000_000))),
        chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(3_000_000))),
    ],
    ids=["iCCP checksum", "gAMA checksum", "tEXt checksum", "broken eXIf", "eXIf offset", "large zTXt", "large iCCP"],
)
def test_damage_outside_of_the_image_data_of_a_png_does_not_matter(inserted: bytes) -> None:
    assert difference(preprocess.prepare(png_with(inserted)).square, DIGITS[0]) < ITSELF


def test_a_png_with_damaged_image_data_is_unreadable() -> None:
    whole = bytearray(encode(SEVEN))
    whole[60] ^= 0xFF
    with pytest.raises(UnreadablePicture):
        preprocess.decode(bytes(whole))


def test_a_jpeg_needs_no_end_marker() -> None:
    whole = encode(SEVEN, "JPEG", quality=90)
    assert difference(preprocess.prepare(whole[:-2]).square, DIGITS[0]) < 1.5 * ITSELF


@pytest.mark.parametrize(("kept", "readable"), [(0.95, True), (0.5, False), (0.2, False)])
def test_a_jpeg_may_lack_its_last_tenth(kept: float, readable: bool) -> None:
    noise = np.random.default_rng(1).normal(0, 6, (280, 280))  # or its last tenth would be nearly empty
    whole = encode(Image.fromarray(np.clip(np.asarray(SEVEN) + noise, 0, 255).astype(np.uint8)), "JPEG", quality=90)
    cut = whole[: int(kept * len(whole))]
    if readable:
        assert difference(preprocess.prepare(cut).square, DIGITS[0]) < NEARLY
    else:
        with pytest.raises(UnreadablePicture):
            preprocess.decode(cut)


def test_an_alpha_of_zero_everywhere_in_a_bmp_is_ignored() -> None:
    opaque = SEVEN.convert("RGBA")
    opaque.putalpha(0)
    header = encode(opaque, "BMP")
    assert Image.open(io.BytesIO(header)).mode in ("RGBA", "RGB")
    assert difference(preprocess.prepare(header).square, DIGITS[0]) < ITSELF


# --- orientation ------------------------------------------------------------------------------------------------------


def upright_page(data: bytes) -> bool:
    """Whether a wide picture is decoded as a wide one: orientation 6 would make it tall."""
    height, width = preprocess.decode(data).grey.shape
    return bool(width > height)


def wide() -> Image.Image:
    picture = Image.new("L", (400, 280), 255)
    picture.paste(SEVEN, (60, 0))
    return picture


def rotated_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


XMP = b"""<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'/></rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_exif_rotates_where_a_browser_follows_it(kind: str) -> None:
    assert not upright_page(encode(wide(), kind, exif=rotated_exif()))


def test_exif_does_not_rotate_a_webp() -> None:
    assert upright_page(encode(wide(), "WEBP", lossless=True, exif=rotated_exif()))


def test_xmp_does_not_rotate() -> None:
    assert upright_page(encode(wide(), "JPEG", xmp=XMP))


def test_a_heic_without_rotation_in_its_container_is_rotated_by_exif() -> None:
    rotated = encode(wide(), "HEIF", quality=80, exif=rotated_exif())  # pillow-heif writes `irot` from EXIF
    without = rotated.replace(b"irot", b"free")
    assert not upright_page(rotated)
    assert not upright_page(without)
