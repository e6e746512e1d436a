"""A client of a running server: from the bytes of a picture, or from pen strokes, to a reading."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields

from digits.errors import RemoteError
from digits.model.recognizer import Reading

Reader = Callable[[bytes], Reading]
Columns = Mapping[str, Sequence[float]]  # x, y and optionally t of a stroke, as the API defines them

TIMEOUT = 60  # seconds


def remote_reader(url: str) -> Reader:
    """A reader that sends pictures to a server, such as http://127.0.0.1:8000.

    It raises RemoteError with the detail of the server's problem, or when the server cannot be reached.
    """
    address = _address(url)
    return lambda picture: _read(address, picture, "application/octet-stream")


def read_strokes(url: str, strokes: Sequence[Columns]) -> Reading:
    """The reading of pen strokes by a server. Raises RemoteError, as `remote_reader` does."""
    return _read(_address(url), json.dumps({"strokes": strokes}).encode(), "application/json")


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise RemoteError(f"{url!r} is not the address of a server. It must begin with http:// or https://.")
    return f"{url.rstrip('/')}/api/v1/digits"


def _read(address: str, body: bytes, media_type: str) -> Reading:
    request = urllib.request.Request(address, body, {"Content-Type": media_type})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            return _reading(response.read())
    except urllib.error.HTTPError as error:
        raise RemoteError(_detail(error.read()) or f"{address} returned {error.code} {error.reason}.") from None
    except OSError as error:
        raise RemoteError(f"{address} cannot be reached: {getattr(error, 'reason', error)}.") from None


def _reading(body: bytes) -> Reading:
    try:
        response = json.loads(body)
        values = {field.name: response[field.name] for field in fields(Reading)}
        probabilities = values.pop("probabilities")
        return Reading(**values, probabilities=None if probabilities is None else tuple(probabilities))
    except (ValueError, KeyError, TypeError):
        raise RemoteError("The response of the server is not a reading.") from None


def _detail(body: bytes) -> str | None:
    """The detail of a problem; None when the body is something else."""
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return None
