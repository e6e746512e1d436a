"""A running server as a function: a picture's bytes in, its reading out."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable

from digits.errors import RemoteError
from digits.model.recognizer import Reading

Reader = Callable[[bytes], Reading]

TIMEOUT = 60  # seconds


def remote_reader(url: str) -> Reader:
    """Asks the server at an address such as http://127.0.0.1:8000.

    The reader raises RemoteError with the server's own sentence, or that it cannot be reached.
    """
    if not url.startswith(("http://", "https://")):
        raise RemoteError(f"{url!r} is no address of a server; one begins with http:// or https://.")
    address = f"{url.rstrip('/')}/api/v1/digits"
    headers = {"Content-Type": "application/octet-stream"}

    def read(picture: bytes) -> Reading:
        try:
            with urllib.request.urlopen(urllib.request.Request(address, picture, headers), timeout=TIMEOUT) as response:
                return _reading(response.read())
        except urllib.error.HTTPError as error:
            raise RemoteError(_detail(error.read()) or f"{address} answers {error.code} {error.reason}.") from None
        except OSError as error:
            raise RemoteError(f"{address} cannot be reached: {getattr(error, 'reason', error)}.") from None

    return read


def _reading(body: bytes) -> Reading:
    try:
        answer = json.loads(body)
        probabilities = answer["probabilities"]
        return Reading(
            answer["status"],
            answer["reason"],
            answer["digit"],
            answer["confidence"],
            None if probabilities is None else tuple(probabilities),
            answer["not_a_digit"],
            answer["several_digits"],
        )
    except (ValueError, KeyError, TypeError):
        raise RemoteError("The server's answer is no reading.") from None


def _detail(body: bytes) -> str | None:
    """The sentence of a problem."""
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return None
