"""A client of a running server: from the bytes of a picture, or from pen strokes, to a reading."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from digits.errors import RemoteError
from digits.model.numbers import DigitOfNumber, NumberReading, PageReading
from digits.model.recognizer import Reading

Reader = Callable[[bytes], Reading]
NumberReader = Callable[[bytes], PageReading]
Parsed = TypeVar("Parsed")
Columns = Mapping[str, Sequence[float]]  # x, y and optionally t of a stroke, as the API defines them

PICTURE = "application/octet-stream"
TIMEOUT = 60  # seconds


def remote_reader(url: str) -> Reader:
    """A reader that sends pictures to a server, such as http://127.0.0.1:8000.

    It raises RemoteError with the detail of the server's problem, or when the server cannot be reached.
    """
    address = _address(url, "digits")
    return lambda picture: _parsed(_reading, _response(address, picture, PICTURE))


def remote_number_reader(url: str) -> NumberReader:
    """The same for all numbers on a picture."""
    address = _address(url, "numbers")
    return lambda picture: _parsed(_page_reading, _response(address, picture, PICTURE))


def read_strokes(url: str, strokes: Sequence[Columns]) -> Reading:
    """The reading of pen strokes by a server. Raises RemoteError, as `remote_reader` does."""
    body = json.dumps({"strokes": strokes}).encode()
    return _parsed(_reading, _response(_address(url, "digits"), body, "application/json"))


def _address(url: str, resource: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise RemoteError(f"{url!r} is not the address of a server. It must begin with http:// or https://.")
    return f"{url.rstrip('/')}/api/v1/{resource}"


def _response(address: str, body: bytes, media_type: str) -> bytes:
    request = urllib.request.Request(address, body, {"Content-Type": media_type})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            return bytes(response.read())
    except urllib.error.HTTPError as error:
        raise RemoteError(_detail(error.read()) or f"{address} returned {error.code} {error.reason}.") from None
    except OSError as error:
        raise RemoteError(f"{address} cannot be reached: {getattr(error, 'reason', error)}.") from None


def _parsed(parse: Callable[[Any], Parsed], body: bytes) -> Parsed:
    try:
        return parse(json.loads(body))
    except (ValueError, KeyError, TypeError):
        raise RemoteError("The response of the server is not a reading.") from None


def _reading(body: Any) -> Reading:
    values = {field.name: body[field.name] for field in fields(Reading)}
    probabilities = values.pop("probabilities")
    return Reading(**values, probabilities=None if probabilities is None else tuple(probabilities))


def _page_reading(body: Any) -> PageReading:
    return PageReading(body["status"], body["reason"], tuple(map(_number, body["numbers"])))


def _number(body: Any) -> NumberReading:
    digits = tuple(
        DigitOfNumber(one["digit"], one["confidence"], tuple(one["probabilities"]), tuple(one["box"]))
        for one in body["digits"]
    )
    return NumberReading(body["status"], body["text"], body["confidence"], tuple(body["box"]), digits)


def _detail(body: bytes) -> str | None:
    """The detail of a problem; None when the body is something else."""
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return None
