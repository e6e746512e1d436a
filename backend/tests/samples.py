"""Real handwriting, and the many ways in which people send it."""

from __future__ import annotations

import io
import json
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digits.model.recognizer import Reading, Recognizer, Squares
from digits.model.store import Card

DATA = Path(__file__).parent / "data"

Digit = NDArray[np.uint8]  # (28, 28), bright on black

LABELS = tuple(map(int, "72104149590690159734966540740131347271211742351244"))  # of the sheet, as MNIST gives them
_sheet = np.asarray(Image.open(DATA / "mnist.png"))  # (140, 280)
DIGITS: tuple[Digit, ...] = tuple(_sheet.reshape(5, 28, 10, 28).swapaxes(1, 2).reshape(50, 28, 28))


class Written(TypedDict):
    """A digit as the pen wrote it."""

    label: int
    writer: str
    strokes: list[list[list[float]]]  # points x, y of each stroke


WRITTEN: tuple[Written, ...] = tuple(json.loads((DATA / "strokes.json").read_text("utf-8")))


def columns(written: Written) -> list[dict[str, list[float]]]:
    """The strokes as the API takes them."""
    return [{"x": [x for x, _ in stroke], "y": [y for _, y in stroke]} for stroke in written["strokes"]]


def encode(picture: Image.Image | Digit, kind: str = "PNG", **options: Any) -> bytes:
    """The file of a picture."""
    file = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(file, kind, **options)
    return file.getvalue()


def enlarged(digit: Digit, side: int = 280, how: Image.Resampling = Image.Resampling.NEAREST) -> Image.Image:
    """A digit as a picture of `side` pixels."""
    return Image.fromarray(digit).resize((side, side), how)


def coloured(digit: Digit, ink: tuple[int, int, int], paper: tuple[int, int, int]) -> Image.Image:
    """A digit of one colour on another."""
    share = np.asarray(enlarged(digit), np.float32)[..., None] / 255
    return Image.fromarray((share * np.array(ink) + (1 - share) * np.array(paper)).astype(np.uint8))


def transparent(digit: Digit, ink: tuple[int, int, int]) -> Image.Image:
    """A digit whose ink is in the alpha channel only, as a canvas has it."""
    alpha = enlarged(digit)
    picture = Image.new("RGB", alpha.size, ink)
    picture.putalpha(alpha)
    return picture


def placed(strokes: list[list[list[float]]], side: float) -> list[list[tuple[float, float]]]:
    """Strokes scaled into a square of `side`, with a margin of a fifth on each side."""
    points = np.array([point for stroke in strokes for point in stroke], float)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    scale = side * 0.6 / max(extent.max(), 1e-9)
    shift = (side - extent * scale) / 2 - low * scale
    return [[(x * scale + shift[0], y * scale + shift[1]) for x, y in stroke] for stroke in strokes]


def drawn(written: Written, side: int = 280, pen: int = 16) -> Image.Image:
    """Strokes drawn with a round pen, black on white."""
    picture = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(picture)
    for stroke in placed(written["strokes"], side):
        draw.line(stroke, fill=0, width=pen, joint="curve")
        for x, y in (stroke[0], stroke[-1]):
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=0)
    return picture


def stand_in(card: Card) -> Recognizer:
    """In place of the model: reads everything as the digit that it is known to read."""
    reading = sure_of(int(card["self_test"]["digit"]))
    return lambda squares: [reading] * len(squares)


def sure_of(digit: int) -> Reading:
    """A reading without any doubt."""
    return Reading("accepted", None, digit, 1.0, tuple(float(digit == one) for one in range(10)), 0.0, 0.0)


class RawResponse(NamedTuple):
    """A response to a request that no HTTP client would send."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def raw_response(port: int, text: str) -> RawResponse:
    """Send a request as it is to 127.0.0.1."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(text.encode())
        received = b""
        with suppress(ConnectionResetError):  # nginx does not wait for a body that it refuses
            while part := connection.recv(65536):
                received += part
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name: value for name, _, value in (line.partition(": ") for line in lines)}
    return RawResponse(int(first.split()[1]), headers, body)


def nearest(squares: Squares) -> list[Reading]:
    """A recognizer without a model: each square is the sample digit that it resembles most."""
    known = np.stack(DIGITS).reshape(50, -1).astype(np.float32)
    known /= np.linalg.norm(known, axis=1, keepdims=True)
    found = [LABELS[place] for place in (squares.reshape(len(squares), -1) @ known.T).argmax(axis=1)]
    return [
        Reading("accepted", None, one, 1.0, tuple(float(one == digit) for digit in range(10)), 0.0, 0.0)
        for one in found
    ]
