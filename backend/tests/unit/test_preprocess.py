"""The oracle of the preparation: one of MNIST's digits, sent in whatever way, comes back as itself."""

from __future__ import annotations

import io
import struct
import time
import zlib
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from digits import preprocess
from digits.data_url import to_data_url
from digits.errors import TooManyBytes, TooManyPixels, UnreadablePicture
from digits.preprocess import Limits
from digits.preprocess.decode import FORMATS
from digits.preprocess.parts import count_parts
from tests.samples import DIGITS, LABELS, Digit, coloured, encode, enlarged, transparent

# Mean absolute differences of two squares, in grey levels. For scale: the same digit a pixel aside is about 17 away,
# another digit about 42.
ITSELF = 1.0
NEARLY = 10.0

SOME = DIGITS[::5]  # enough to notice a fault, and few enough to keep this lane fast


def differences(send: Callable[[Digit], bytes]) -> list[float]:
    """How far each digit comes back from itself."""
    return [difference(preprocess.prepare(send(digit)).square, digit) for digit in SOME]


def difference(square: Digit | None, digit: Digit) -> float:
    assert square is not None
    assert square.shape == (28, 28)
    assert square.dtype == np.uint8
    return float(np.abs(square.astype(int) - digit.astype(int)).mean())


def test_the_scale_of_differences_is_as_stated() -> None:
    aside = [difference(np.roll(digit, 1, axis=1), digit) for digit in DIGITS]
    others = [difference(one, other) for one, other in pairwise(DIGITS)]
    assert 14 < np.mean(aside) < 20
    assert 38 < np.mean(others) < 46


# --- itself ---


WAYS: dict[str, Callable[[Digit], bytes]] = {
    "as it is": encode,
    "enlarged 10 times": lambda digit: encode(enlarged(digit)),
    "enlarged 20 times": lambda digit: encode(enlarged(digit, 560)),
    "enlarged 40 times": lambda digit: encode(enlarged(digit, 1120)),
    "inverted": lambda digit: encode(enlarged(255 - digit)),
    "black ink in the alpha alone": lambda digit: encode(transparent(digit, (0, 0, 0))),
    "white ink in the alpha alone": lambda digit: encode(transparent(digit, (255, 255, 255))),
    "blue ink in the alpha alone": lambda digit: encode(transparent(digit, (20, 40, 200))),
    "opaque with an alpha channel": lambda digit: encode(enlarged(255 - digit).convert("RGBA")),
    "blue on white": lambda digit: encode(coloured(digit, (0, 0, 200), (255, 255, 255))),
    "yellow on white": lambda digit: encode(coloured(digit, (255, 255, 0), (255, 255, 255))),
    "white on blue": lambda digit: encode(coloured(digit, (255, 255, 255), (0, 0, 160))),
    "red on a green of the same luminance": lambda digit: encode(coloured(digit, (200, 0, 0), (0, 102, 0))),
    "grey on grey": lambda digit: encode(coloured(digit, (100, 100, 100), (160, 160, 160))),
    "pale on white": lambda digit: encode(coloured(digit, (205, 205, 205), (255, 255, 255))),
    "dim on black": lambda digit: encode(coloured(digit, (60, 60, 60), (0, 0, 0))),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_digit_comes_back_as_itself(way: str) -> None:
    found = differences(WAYS[way])
    # In 2 of 100 digits an edge of the ink is too faint to be told from a blur's halo, and the digit is enlarged by it.
    assert np.percentile(found, 95) < ITSELF


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 90}),
        ("JPEG", {"quality": 75, "progressive": True}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 80}),
        ("GIF", {}),
        ("BMP", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {}),
        ("AVIF", {"quality": 80}),
        ("HEIF", {"quality": 80}),
    ],
)
def test_a_digit_comes_back_as_itself_from_every_format(kind: str, options: dict[str, object]) -> None:
    found = differences(lambda digit: encode(enlarged(255 - digit), kind, **options))
    assert np.percentile(found, 90) < 1.5 * ITSELF


def deep(digit: Digit, mode: str) -> Image.Image:
    levels = np.asarray(enlarged(255 - digit))
    if mode == "I;16":
        return Image.fromarray(levels.astype(np.uint16) * 257)
    if mode == "I":
        return Image.fromarray(levels.astype(np.int32) * 1000)
    return Image.fromarray(levels.astype(np.float32) / 255)


def below_zero(digit: Digit) -> Image.Image:
    return Image.fromarray(np.asarray(enlarged(255 - digit), np.float32) - 300)


@pytest.mark.parametrize(
    ("mode", "send"),
    [
        ("16 bits", lambda digit: encode(deep(digit, "I;16"))),
        ("16 bits of a TIFF", lambda digit: encode(deep(digit, "I;16"), "TIFF")),
        ("32 bits of a TIFF", lambda digit: encode(deep(digit, "I"), "TIFF")),
        ("floats of a TIFF", lambda digit: encode(deep(digit, "F"), "TIFF")),
        ("16 bits with a transparent level", lambda digit: encode(deep(digit, "I;16"), transparency=65535)),
        ("floats below zero", lambda digit: encode(below_zero(digit), "TIFF")),
        ("CIE L*a*b*", lambda digit: encode(Image.merge("LAB", [enlarged(255 - digit)] * 3), "TIFF")),
        ("palette", lambda digit: encode(enlarged(255 - digit).convert("P"))),
        ("palette with transparency", lambda digit: encode(transparent(digit, (0, 0, 0)).quantize(64))),
        ("grey with alpha", lambda digit: encode(transparent(digit, (0, 0, 0)).convert("LA"))),
        ("CMYK of a JPEG", lambda digit: encode(enlarged(255 - digit).convert("CMYK"), "JPEG", quality=90)),
        ("CMYK of a TIFF", lambda digit: encode(enlarged(255 - digit).convert("CMYK"), "TIFF")),
    ],
)
def test_a_digit_comes_back_as_itself_in_every_colour_mode(mode: str, send: Callable[[Digit], bytes]) -> None:
    assert np.percentile(differences(send), 85) < 2 * ITSELF


def test_a_digit_of_one_bit_comes_back_nearly() -> None:
    found = differences(lambda digit: encode(enlarged(255 - digit).point(lambda level: 255 * (level > 127), "1")))
    assert np.median(found) < NEARLY


@pytest.mark.parametrize("how", [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS])
def test_a_digit_enlarged_smoothly_comes_back_nearly(how: Image.Resampling) -> None:
    # A blurred edge moves the mass by parts of a pixel, which flips the whole-pixel shift of some digits.
    assert np.mean(differences(lambda digit: encode(enlarged(digit, how=how)))) < NEARLY


def test_a_digit_comes_back_as_itself_from_any_position() -> None:
    rng = np.random.default_rng(1)

    def moved(digit: Digit) -> bytes:
        sheet = Image.new("L", (600, 450), 255)
        x, y = rng.integers(0, (600 - 280, 450 - 280))
        sheet.paste(enlarged(255 - digit), (int(x), int(y)))
        return encode(sheet)

    assert np.percentile(differences(moved), 95) < ITSELF


@pytest.mark.parametrize("margin", [20, 10, 6])
def test_a_digit_cropped_closely_comes_back_as_itself(margin: int) -> None:
    def cropped(digit: Digit) -> bytes:
        picture = enlarged(digit)
        left, top, right, bottom = picture.getbbox() or (0, 0, 280, 280)
        return encode(picture.crop((left - margin, top - margin, right + margin, bottom + margin)))

    assert np.percentile(differences(cropped), 90) < ITSELF


def test_a_digit_cropped_to_its_ink_comes_back_nearly_unless_it_is_a_bar() -> None:
    for digit, label in zip(DIGITS, LABELS, strict=True):
        if label == 1:  # nothing tells a bar that fills its picture from paper
            continue
        picture = enlarged(digit)
        assert difference(preprocess.prepare(encode(picture.crop(picture.getbbox()))).square, digit) < NEARLY


def test_specks_of_dirt_do_not_move_a_digit() -> None:
    def dirty(digit: Digit) -> bytes:
        picture = enlarged(255 - digit)
        draw = ImageDraw.Draw(picture)
        for x, y in ((6, 8), (270, 12), (9, 268)):
            draw.rectangle((x, y, x + 3, y + 3), fill=0)
        return encode(picture)

    assert np.percentile(differences(dirty), 95) < ITSELF


@pytest.mark.parametrize("width", [1, 3, 6, 12])
def test_an_outline_around_the_sheet_is_not_ink(width: int) -> None:
    def outlined(digit: Digit) -> bytes:
        picture = enlarged(255 - digit)
        ImageDraw.Draw(picture).rectangle((0, 0, 279, 279), outline=0, width=width)
        return encode(picture)

    assert np.percentile(differences(outlined), 90) < 2 * ITSELF


@pytest.mark.parametrize("width", [4, 12, 30])
def test_a_long_1_beside_another_digit_is_not_a_frame(width: int) -> None:
    picture = Image.new("L", (400, 280), 255)
    picture.paste(enlarged(255 - DIGITS[0]), (120, 0))
    ImageDraw.Draw(picture).rectangle((40, 20, 40 + width, 260), fill=0)
    box = preprocess.prepare(encode(picture)).box
    assert box is not None
    assert box[0] == pytest.approx(40, abs=4)
    assert box[0] + box[2] > 300


@pytest.mark.parametrize("how", ["grey", "bitmap"])
def test_a_digit_that_fills_sixteen_pixels_is_neither_blank_nor_inverted(how: str) -> None:
    found = []
    for digit, label in zip(DIGITS, LABELS, strict=True):
        if label == 1:  # stretched to a block, it is paper as well as ink
            continue
        ink = Image.fromarray(digit).crop(Image.fromarray(digit).getbbox()).resize((16, 16))
        small = np.asarray(ink) if how == "grey" else np.where(np.asarray(ink) > 100, 255, 0).astype(np.uint8)
        found.append(preprocess.prepare(encode(small)))
    assert all(prepared.square is not None for prepared in found)
    assert sum(not prepared.light_on_dark for prepared in found) <= 2


def test_a_sheet_on_a_dark_table_is_found() -> None:
    found = differences(lambda digit: encode(ImageOps.expand(enlarged(255 - digit), 60, 20)))
    assert np.percentile(found, 95) < ITSELF
    prepared = preprocess.prepare(encode(ImageOps.expand(enlarged(255 - DIGITS[0]), 60, 20)))
    left, top, *_ = enlarged(DIGITS[0]).getbbox() or (0, 0)
    assert prepared.box is not None
    assert prepared.box[:2] == pytest.approx((left + 60, top + 60), abs=10)
    assert not prepared.light_on_dark


def test_the_dark_edge_of_a_scan_is_not_ink() -> None:
    def scanned(digit: Digit) -> bytes:
        picture = enlarged(255 - digit)
        ImageDraw.Draw(picture).rectangle((0, 0, 11, 279), fill=20)
        return encode(picture)

    assert np.percentile(differences(scanned), 95) < ITSELF


def test_a_cut_out_card_keeps_its_own_background() -> None:
    """However little its ink differs from it: what is around a card is no paper."""

    def card(digit: Digit) -> bytes:
        face = coloured(digit, (150, 150, 150), (200, 200, 200)).convert("RGBA")
        return encode(ImageOps.expand(face, 40, (0, 0, 0, 0)))

    assert np.percentile(differences(card), 90) < 2 * ITSELF


def test_a_detached_stroke_is_not_a_speck() -> None:
    picture = Image.new("L", (280, 280), 255)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((100, 90, 190, 250), fill=0)
    draw.line((110, 60, 180, 60), fill=0, width=3)  # small in area, but long
    box = preprocess.prepare(encode(picture)).box
    assert box is not None
    assert box[1] < 65


def test_faint_ink_is_distinguished_from_noise() -> None:
    noise = np.random.default_rng(3).normal(6, 1, (280, 280))
    picture = Image.fromarray(np.clip(noise + np.asarray(enlarged(DIGITS[0])) * 0.2, 0, 255).astype(np.uint8))
    assert difference(preprocess.prepare(encode(picture)).square, DIGITS[0]) < NEARLY


def lit_unevenly(digit: Digit) -> bytes:
    """Paper that is half as bright in one corner as in the other, with grain, as a small JPEG."""
    rng = np.random.default_rng(7)
    ink = np.asarray(enlarged(digit, how=Image.Resampling.BICUBIC), np.float32) / 255
    down, across = np.mgrid[0:280, 0:280] / 280
    light = 110 + 60 * down + 60 * across
    page = light * (1 - 0.75 * ink) + rng.normal(0, 3, ink.shape)
    return encode(Image.fromarray(np.clip(page, 0, 255).astype(np.uint8)), "JPEG", quality=80)


def test_uneven_illumination_is_removed() -> None:
    assert np.mean(differences(lit_unevenly)) < NEARLY


def beside_a_window(digit: Digit, shadow: float, inverted: bool) -> bytes:
    """A sheet four times as wide as its digit, bright at one side; a shadow falls on the third beside the window."""
    down, across = np.mgrid[0:500, 0:640] / 640
    light = 0.4 + 0.6 * across + 0.2 * down
    light[:, 420:] *= shadow
    ink = np.zeros(light.shape)
    ink[180:370, 200:390] = np.asarray(enlarged(digit, 190, Image.Resampling.BICUBIC), float) / 255
    level = 60 + 140 * ink if inverted else 220 * (1 - 0.7 * ink)
    page = level * light / light.max() + np.random.default_rng(5).normal(0, 3, light.shape)
    return encode(Image.fromarray(np.clip(page, 0, 255).astype(np.uint8)), "JPEG", quality=85)


@pytest.mark.parametrize("inverted", [False, True], ids=["ink on paper", "chalk on slate"])
@pytest.mark.parametrize("shadow", [1.0, 0.6], ids=["no shadow", "a shadow"])
def test_falling_light_and_shadows_are_not_ink(shadow: float, inverted: bool) -> None:
    found = [preprocess.prepare(beside_a_window(digit, shadow, inverted)) for digit in DIGITS[::5]]
    assert [one.light_on_dark for one in found].count(inverted) >= 9
    beside = [one.box[0] < 180 or one.box[0] + one.box[2] > 410 if one.box else True for one in found]
    assert sum(beside) <= 1, "the shadow was taken for ink"


def test_a_grey_ramp_is_processed_without_error() -> None:
    ramp = np.add.outer(np.linspace(0, 55, 17) / 2, np.linspace(0, 55, 66) / 2).astype(np.uint8)
    preprocess.normalize(preprocess.Page(ramp, (1.0, 1.0)))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_exif_orientation_is_applied(orientation: int) -> None:
    stored_from_upright = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    upright = Image.new("L", (400, 300), 255)
    upright.paste(enlarged(255 - DIGITS[0], 140), (200, 60))
    stored = upright
    for turn in stored_from_upright.get(orientation, []):
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    for kind in ("JPEG", "PNG", "TIFF"):
        prepared = preprocess.prepare(encode(stored, kind, exif=exif))
        assert difference(prepared.square, DIGITS[0]) < 2 * ITSELF, kind
        assert prepared.box is not None
        assert np.allclose(
            prepared.box, np.array(upright.point(lambda level: 255 - level).getbbox()) - (0, 0, 200, 60), atol=60
        )


# --- MNIST's conventions ---


@pytest.mark.parametrize("way", ["as it is", "enlarged 10 times", "black ink in the alpha alone"])
def test_squares_follow_the_conventions_of_mnist(way: str) -> None:
    for digit in DIGITS:
        square = preprocess.prepare(WAYS[way](digit)).square
        assert square is not None
        assert square.max() == 255
        rows, columns = np.nonzero(square)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)
        weights = square / square.sum()
        assert round(float(weights.sum(axis=1) @ np.arange(28))) in (13, 14)
        assert round(float(weights.sum(axis=0) @ np.arange(28))) in (13, 14)


def test_ink_never_wraps_around_the_square() -> None:
    picture = Image.new("L", (280, 280), 255)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 260, 90), fill=0)  # nearly all of the mass at the top
    draw.line((30, 90, 30, 260), fill=0, width=4)
    square = preprocess.prepare(encode(picture)).square
    assert square is not None
    rows, columns = np.nonzero(square)
    assert np.ptp(rows) + 1 == 20
    assert np.ptp(columns) + 1 == 20
    assert square[rows.min()].sum() > 10 * square[rows.max()].sum()


@pytest.mark.parametrize("pen", [1, 2, 5, 40, 70])
def test_a_stroke_may_have_any_width(pen: int) -> None:
    picture = Image.new("L", (280, 280), 255)
    ImageDraw.Draw(picture).line((140, 30, 140, 250), fill=0, width=pen)
    square = preprocess.prepare(encode(picture)).square
    assert square is not None
    rows, columns = np.nonzero(square)
    assert np.ptp(rows) + 1 == 20
    assert np.ptp(columns) + 1 == max(1, round(20 * pen / 221))


def test_the_box_is_in_pixels_of_the_picture() -> None:
    picture = Image.new("RGB", (4000, 3000), "white")
    ImageDraw.Draw(picture).rectangle((1000, 500, 1399, 1299), outline="black", width=60)
    for kind in ("PNG", "JPEG"):
        box = preprocess.prepare(encode(picture, kind)).box
        assert box == pytest.approx((1000, 500, 400, 800), abs=13), kind  # two pixels of the page as it is worked on


def test_the_polarity_of_the_ink_is_reported() -> None:
    assert preprocess.prepare(encode(enlarged(DIGITS[3]))).light_on_dark
    assert not preprocess.prepare(encode(enlarged(255 - DIGITS[3]))).light_on_dark


# --- no ink ---


def gradient() -> Image.Image:
    return Image.fromarray(np.linspace(90, 240, 300).astype(np.uint8)[None, :].repeat(200, axis=0))


def grain(middle: float, spread: float) -> Image.Image:
    return Image.fromarray(np.random.default_rng(2).normal(middle, spread, (300, 300)).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("what", "picture"),
    [
        ("white", Image.new("L", (280, 280), 255)),
        ("black", Image.new("RGB", (280, 280))),
        ("one grey", Image.new("L", (100, 50), 128)),
        ("one colour", Image.new("RGB", (64, 64), (200, 30, 60))),
        ("transparent", Image.new("RGBA", (280, 280), (0, 0, 0, 0))),
        ("white with a full alpha channel", Image.new("RGBA", (280, 280), (255, 255, 255, 255))),
        ("one pixel", Image.new("L", (1, 1), 7)),
        ("a gradient of light", gradient()),
        ("the grain of paper", grain(215, 3)),
        ("the noise of the dark", grain(6, 3)),
    ],
)
def test_a_blank_page_is_blank(what: str, picture: Image.Image) -> None:
    prepared = preprocess.prepare(encode(picture))
    assert prepared.square is None
    assert prepared.box is None


def test_a_compressed_blank_page_is_blank() -> None:
    for kind, options in (("JPEG", {"quality": 60}), ("WEBP", {"quality": 50}), ("AVIF", {"quality": 50})):
        assert preprocess.prepare(encode(grain(215, 3), kind, **options)).square is None, kind


# --- sizes ---


@pytest.mark.parametrize("size", [(8, 8), (1, 300), (300, 1), (2, 2), (3000, 2), (5, 4000), (28, 28), (33, 17)])
def test_pictures_may_have_any_shape(size: tuple[int, int]) -> None:
    levels = np.random.default_rng(5).integers(0, 256, size[::-1]).astype(np.uint8)
    prepared = preprocess.prepare(encode(Image.fromarray(levels)))
    assert prepared.square is None or prepared.square.shape == (28, 28)


def test_a_picture_of_twelve_million_pixels_is_prepared_in_a_moment() -> None:
    picture = Image.new("L", (4000, 3000), 230)
    picture.paste(
        Image.fromarray(255 - DIGITS[0]).resize((1400, 1400)).point(lambda level: level * 230 // 255), (900, 700)
    )
    data = encode(picture, "JPEG", quality=85)
    started = time.perf_counter()
    assert difference(preprocess.prepare(data).square, DIGITS[0]) < NEARLY
    assert time.perf_counter() - started < 1  # 0.04 seconds on an idle core


# --- refusals ---


def test_too_many_bytes_are_reported_with_both_numbers() -> None:
    with pytest.raises(TooManyBytes, match=r"1,001 bytes.*1,000"):
        preprocess.decode(b"x" * 1001, Limits(size=1000))


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(6000, 6000), (60_000, 60_000), (2_000_000_000, 1)])
def test_too_many_pixels_are_detected_in_the_header(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels, match=f"{size[0] * size[1]:,} pixels. The limit is 25,000,000"):
        preprocess.decode(claiming(*size))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"])
def test_a_truncated_picture_is_unreadable(kind: str) -> None:
    whole = encode(enlarged(DIGITS[0]), kind)
    with pytest.raises(UnreadablePicture, match=f"{len(whole) // 2:,} bytes"):
        preprocess.decode(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7\n", b"P5 2 2 255 abcd"],
    ids=["nothing", "a zero", "text", "SVG", "PDF", "PGM, which Pillow could read but nobody asked for"],
)
def test_unsupported_files_are_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadablePicture):
        preprocess.decode(data)


def test_damaged_pictures_raise_nothing_but_unreadable() -> None:
    rng = np.random.default_rng(11)
    for kind in FORMATS:
        whole = np.frombuffer(encode(enlarged(DIGITS[1], 56), kind), np.uint8)
        for _ in range(40):
            damaged = whole.copy()
            places = rng.integers(0, len(damaged), rng.integers(1, 12))
            damaged[places] = rng.integers(0, 256, len(places))
            try:
                preprocess.prepare(damaged.tobytes())
            except (UnreadablePicture, TooManyPixels):
                continue


def test_a_square_survives_a_round_trip_through_its_data_url() -> None:
    import base64

    url = to_data_url(DIGITS[2])
    head, _, data = url.partition(",")
    assert head == "data:image/png;base64"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), DIGITS[2])


# --- parts ---


def bars(*boxes: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Ink density with filled boxes: x, y, width, height."""
    density = np.zeros((100, 100), np.float32)
    for x, y, width, height in boxes:
        density[y : y + height, x : x + width] = 1
    return density


@pytest.mark.parametrize(
    ("boxes", "parts"),
    [
        ([(40, 0, 20, 100)], 1),
        ([(40, 0, 20, 30), (40, 35, 20, 30), (40, 70, 20, 30)], 3),  # a column
        ([(0, 20, 30, 60), (60, 20, 30, 60)], 2),  # a pair
        ([(20, 0, 60, 10), (20, 20, 60, 80)], 1),  # the top of a 5, drawn apart
        ([(0, 0, 60, 50), (40, 55, 60, 45)], 2),
        ([(0, 0, 60, 60), (40, 40, 60, 60)], 1),  # they overlap in both directions
    ],
)
def test_parts_are_similar_and_lie_apart(boxes: list[tuple[int, int, int, int]], parts: int) -> None:
    assert count_parts(bars(*boxes)) == parts


def test_a_column_of_strokes_has_parts_and_a_five_in_two_strokes_has_one() -> None:
    ring = np.array([[np.cos(turn), np.sin(turn)] for turn in np.linspace(0, 2 * np.pi, 20)]) * 20
    column = [ring + np.array([0, down]) for down in (0, 60, 120)]
    assert preprocess.normalize_strokes(column).parts == 3
    five = [np.array([[0, 0], [0, 30], [25, 40], [20, 65], [0, 70]], float), np.array([[0, -4], [30, -6]], float)]
    assert preprocess.normalize_strokes(five).parts == 1
