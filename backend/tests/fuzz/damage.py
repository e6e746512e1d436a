"""Pictures of every format, damaged in many ways, sent to the API: it must answer each of them, soon and in its memory.

make fuzz COUNT=200000
"""

from __future__ import annotations

import argparse
import faulthandler
import functools
import struct
import time
import warnings
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import psutil
from flask.testing import FlaskClient
from PIL import Image
from tqdm import tqdm

from digits.app import create_app
from digits.model import store
from digits.settings import Settings
from tests.samples import DIGITS, coloured, encode, enlarged, stand_in, transparent

Rng = np.random.Generator
URL = "/api/v1/digits"
ALLOWED = (200, 422)
SLOW = 5.0  # seconds
GROWTH = 100 * 2**20  # bytes, after the run has settled
SETTLED = 0.2  # share of the run after which memory should not grow any more

# --- whole pictures ---------------------------------------------------------------------------------------------------


@functools.cache
def whole() -> dict[str, bytes]:
    """A file of every format, in the variants that take other ways through its decoder."""
    grey = enlarged(DIGITS[0], 96)
    colour = coloured(DIGITS[3], (20, 30, 90), (240, 235, 220)).resize((96, 96))
    clear = transparent(DIGITS[5], (10, 60, 10)).resize((96, 96))
    wide = Image.fromarray((np.asarray(grey, np.uint16) * 257).astype(np.uint16))

    def frames(kind: str) -> bytes:
        first, *others = (colour.rotate(angle) for angle in (0, 20, 40))  # saving leaves its traces on a picture
        return encode(first, kind, save_all=True, append_images=others)

    turned = Image.Exif()
    turned[0x0112] = 6  # orientation
    return {
        "PNG grey": encode(grey),
        "PNG clear": encode(clear),
        "PNG palette": encode(colour.quantize(16)),
        "PNG 16 bit": encode(wide),
        "PNG 1 bit": encode(grey.convert("1")),
        "PNG animated": frames("PNG"),
        "JPEG": encode(colour, "JPEG", exif=turned),
        "JPEG progressive": encode(grey, "JPEG", progressive=True),
        "JPEG CMYK": encode(colour.convert("CMYK"), "JPEG"),
        "MPO": frames("MPO"),
        "WebP": encode(colour, "WEBP"),
        "WebP lossless": encode(clear, "WEBP", lossless=True),
        "WebP animated": frames("WEBP"),
        "GIF": encode(grey, "GIF"),
        "GIF animated": frames("GIF"),
        "BMP": encode(colour, "BMP"),
        "BMP palette": encode(grey, "BMP"),
        "TIFF": encode(colour, "TIFF"),
        "TIFF LZW": encode(grey, "TIFF", compression="tiff_lzw"),
        "TIFF deflate": encode(wide, "TIFF", compression="tiff_adobe_deflate"),
        "TIFF fax": encode(grey.convert("1"), "TIFF", compression="group4"),
        "TIFF JPEG": encode(colour, "TIFF", compression="jpeg"),
        "TIFF pages": frames("TIFF"),
        "AVIF": encode(colour, "AVIF"),
        "AVIF clear": encode(clear, "AVIF"),
        "HEIF": encode(colour, "HEIF"),
        "HEIF clear": encode(clear, "HEIF"),
    }


# --- and what befalls them --------------------------------------------------------------------------------------------


def _bytes_changed(data: bytearray, rng: Rng) -> bytearray:
    for place in rng.integers(0, len(data), rng.integers(1, 12)):
        data[place] = rng.integers(256)
    return data


def _bits_flipped(data: bytearray, rng: Rng) -> bytearray:
    for place in rng.integers(0, len(data), rng.integers(1, 12)):
        data[place] ^= 1 << int(rng.integers(8))
    return data


def _head_changed(data: bytearray, rng: Rng) -> bytearray:
    for place in rng.integers(0, min(len(data), 200), rng.integers(1, 6)):
        data[place] = rng.choice([0, 1, 2, 127, 128, 255, int(rng.integers(256))])
    return data


def _number_changed(data: bytearray, rng: Rng) -> bytearray:
    number = int(rng.choice([0, 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 20_000, int(rng.integers(2**32))]))
    order, size = ("big", "little")[rng.integers(2)], int(rng.choice([2, 4]))
    place = int(rng.integers(0, max(1, min(len(data), 400) - size)))
    data[place : place + size] = (number % 256**size).to_bytes(size, order)
    return data


def _cut_short(data: bytearray, rng: Rng) -> bytearray:
    return data[: rng.integers(len(data))]


def _part_lost(data: bytearray, rng: Rng) -> bytearray:
    first, last = sorted(rng.integers(0, len(data), 2))
    del data[first : min(last, first + 300)]
    return data


def _part_doubled(data: bytearray, rng: Rng) -> bytearray:
    first, last = sorted(rng.integers(0, len(data), 2))
    data[first:first] = data[first : min(last, first + 300)] * int(rng.integers(1, 4))
    return data


def _noise_within(data: bytearray, rng: Rng) -> bytearray:
    place = rng.integers(len(data))
    data[place:place] = rng.bytes(int(rng.integers(1, 200)))
    return data


WAYS: tuple[Callable[[bytearray, Rng], bytearray], ...] = (
    _bytes_changed,
    _bits_flipped,
    _head_changed,
    _head_changed,
    _number_changed,
    _number_changed,
    _cut_short,
    _part_lost,
    _part_doubled,
    _noise_within,
)


def damaged(picture: bytes, rng: Rng) -> bytes:
    """The file after one or two accidents; every second PNG has the checksums of what it has become."""
    data = bytearray(picture)
    for _ in range(rng.integers(1, 3)):
        data = WAYS[rng.integers(len(WAYS))](data, rng) if data else data
    return with_right_checksums(bytes(data)) if rng.random() < 0.5 else bytes(data)


def with_right_checksums(data: bytes) -> bytes:
    """A PNG whose chunks' checksums fit them (PNG specification, 5.3), so that a decoder goes on; others unchanged."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    made, place = data[:8], 8
    while place + 12 <= len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        chunk = data[place + 4 : place + 8 + length]
        if len(chunk) < 4 + length:
            break
        made += data[place : place + 4] + chunk + struct.pack(">I", zlib.crc32(chunk))
        place += 12 + length
    return made + data[place:]


# --- a run ------------------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """What came of it."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)  # by format and status
    wrong: list[str] = field(default_factory=list)  # what should not be
    slowest: float = 0.0  # seconds
    settled: int = 0  # bytes of memory after a part of the run
    ended: int = 0  # and at its end


def run(client: FlaskClient, count: int, seed: int) -> Run:
    """Ask `count` times about a damaged picture."""
    files, process = whole(), psutil.Process()
    names, done = list(files), Run()
    for name, file in files.items():
        assert client.post(URL, data=file, content_type="application/octet-stream").status_code == 200, name
    for number in tqdm(range(count), unit="picture", mininterval=5):
        name = names[number % len(names)]
        picture = damaged(files[name], np.random.default_rng((seed, number)))
        began = time.perf_counter()
        answer = client.post(URL, data=picture, content_type="application/octet-stream")
        done.slowest = max(done.slowest, time.perf_counter() - began)
        done.answers[name, answer.status_code] += 1
        read = "digit" in (answer.get_json(silent=True) or {})
        if answer.status_code not in ALLOWED or read != (answer.status_code == 200):
            done.wrong.append(f"{name}, number {number} of seed {seed}: {answer.status_code} {answer.text[:200]}")
        if number == int(SETTLED * count):
            done.settled = process.memory_info().rss
    done.ended = process.memory_info().rss
    if done.slowest > SLOW:
        done.wrong.append(f"the slowest answer took {done.slowest:.1f} seconds")
    if done.ended > done.settled + GROWTH:
        done.wrong.append(f"memory grew by {(done.ended - done.settled) / 2**20:.0f} MiB")
    return done


def main() -> None:
    """Run and tell."""
    parser = argparse.ArgumentParser(description="Send damaged pictures to the API.")
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    faulthandler.enable()
    warnings.simplefilter("ignore")  # Pillow tells of damages
    double = stand_in(store.read_card(store.newest(Settings().models)))  # the model itself sees nothing but squares
    done = run(create_app(recognizer=double).test_client(), asked.count, asked.seed)
    for name in whole():
        statuses = ", ".join(f"{done.answers[name, status]:,} x {status}" for status in ALLOWED)
        print(f"{name:18} {statuses}")
    megabytes = done.settled / 2**20, done.ended / 2**20
    print(f"slowest {done.slowest:.2f} s; memory {megabytes[0]:.0f} MiB, at the end {megabytes[1]:.0f} MiB")
    print("\n".join(done.wrong) or f"{asked.count:,} damaged pictures, each answered as it should be")
    raise SystemExit(bool(done.wrong))


if __name__ == "__main__":
    main()
