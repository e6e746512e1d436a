"""Pictures that are not what they say, or more than they seem."""

from __future__ import annotations

import base64
import io
import socket
import struct
import time
import zipfile
import zlib
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.calls import URL, assert_problem
from tests.samples import DIGITS, encode, enlarged

SEVEN = enlarged(DIGITS[0])


def ask(client: FlaskClient, picture: bytes, media_type: str = "application/octet-stream") -> Any:
    """The answer to the picture itself as the body, which must come at once."""
    began = time.monotonic()
    answer = client.post(URL, data=picture, content_type=media_type)
    assert time.monotonic() - began < 3
    return answer


def huge_png() -> bytes:
    """A whole PNG whose header has been made to say 60,000 x 60,000."""
    picture = bytearray(encode(SEVEN))
    picture[16:24] = struct.pack(">II", 60_000, 60_000)
    picture[29:33] = struct.pack(">I", zlib.crc32(picture[12:29]))
    return bytes(picture)


def huge_gif() -> bytes:
    """A GIF with a screen of 65,535 x 65,535."""
    picture = bytearray(encode(SEVEN, "GIF"))
    picture[6:10] = struct.pack("<HH", 65_535, 65_535)
    return bytes(picture)


def huge_bmp() -> bytes:
    """A BMP that says 100,000 x 100,000."""
    picture = bytearray(encode(SEVEN, "BMP"))
    picture[18:26] = struct.pack("<ii", 100_000, 100_000)
    return bytes(picture)


def huge_webp() -> bytes:
    """A WebP of 16,383 x 16,383 in a few hundred kilobytes."""
    return encode(Image.new("L", (16_383, 16_383), 255), "WEBP", lossless=True, method=0)


def huge_tiff() -> bytes:
    """A TIFF of 30,000 x 30,000 white pixels by fax compression."""
    return encode(Image.new("1", (30_000, 30_000), 1), "TIFF", compression="group4")


@pytest.mark.parametrize("make", [huge_png, huge_gif, huge_bmp, huge_webp, huge_tiff], ids=lambda make: make.__name__)
def test_decompression_bombs_are_detected_by_their_header(client: FlaskClient, make: Any) -> None:
    picture = make()
    problem = assert_problem(ask(client, picture), 422, "pixels")
    assert problem["type"] == "urn:digits:problem:too-many-pixels"


def test_only_the_first_frame_of_an_animation_is_read(reading_client: FlaskClient) -> None:
    frames = [enlarged(DIGITS[one % 50], 64) for one in range(1, 1000)]
    picture = encode(enlarged(DIGITS[0], 64), "GIF", save_all=True, append_images=frames)
    assert ask(reading_client, picture).get_json()["digit"] == 7


def test_a_nested_data_url_is_not_a_picture(client: FlaskClient) -> None:
    url = encode(SEVEN)
    for _ in range(2):
        url = b"data:image/png;base64," + base64.b64encode(url)
    assert_problem(client.post(URL, json={"image": url.decode()}), 422)


@pytest.mark.parametrize("scheme", ["http", "ftp"])
def test_pictures_are_never_fetched_from_urls(client: FlaskClient, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        address = f"{scheme}://127.0.0.1:{server.getsockname()[1]}/seven.png"
        assert_problem(client.post(URL, json={"image": address}), 400, "base64")
        assert_problem(ask(client, address.encode(), "image/png"), 422)
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "file",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n",
        b"P5 8 8 255\n" + bytes(64),  # PGM, which Pillow knows and we do not
        b"GIF89a=1;alert(1)//",
        b"<html><script>alert(1)</script></html>",
        b"\x00" * 100,
    ],
    ids=["svg", "pdf", "eps", "pgm", "script as GIF", "html", "zeros"],
)
def test_only_listed_formats_are_decoded(client: FlaskClient, file: bytes) -> None:
    assert_problem(ask(client, file, "image/png"), 422, f"{len(file)} bytes")


def test_bytes_after_the_image_are_ignored(reading_client: FlaskClient) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("x.html", "<script>alert(1)</script>")
    answer = ask(reading_client, encode(SEVEN) + archive.getvalue(), "image/png")
    assert answer.get_json()["digit"] == 7
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("said", ["image/png", "image/gif", "application/octet-stream"])
def test_the_format_is_determined_by_the_bytes(reading_client: FlaskClient, said: str) -> None:
    assert ask(reading_client, encode(SEVEN, "JPEG"), said).get_json()["digit"] == 7
