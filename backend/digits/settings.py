"""Settings from environment variables, validated at startup."""

from __future__ import annotations

import os
import re
import sysconfig
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

import limits

from digits.errors import SettingError
from digits.preprocess import Limits

BACKEND = Path(__file__).resolve().parent.parent
#: Where the model and gunicorn's configuration are: in the repository, or where pip installs the package's data.
RESOURCES = BACKEND if (BACKEND / "gunicorn.conf.py").exists() else Path(sysconfig.get_path("data"), "share", "digits")

#: An origin as Content-Security-Policy knows it: a scheme, a host, which may begin with a wildcard, and a port.
ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:(\d{1,5}|\*))?|'self'")

LOGS = ("auto", "json", "text", "off")


class _Kind(NamedTuple):
    """How the text of a variable becomes a value."""

    wanted: str  # what a valid text is, for an error message
    parse: Callable[[str], Any]  # may raise ValueError
    valid: Callable[[Any], object] = lambda value: True  # truthy if the value is allowed


Folder = Annotated[Path, _Kind("a folder", Path)]
Version = Annotated[str, _Kind("a version number such as 1", str, lambda text: not text or text.isdecimal())]
Count = Annotated[int, _Kind("an integer of at least 0", int, lambda number: number >= 0)]
Positive = Annotated[int, _Kind("an integer of at least 1", int, lambda number: number >= 1)]
Seconds = Annotated[float, _Kind("a number of seconds between 0 and 600", float, lambda seconds: 0 <= seconds <= 600)]
Rate = Annotated[str, _Kind("a rate such as '60 per minute'", str, lambda text: not text or limits.parse_many(text))]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _spaced(text: str) -> tuple[str, ...]:
    """Separated by spaces only, as in the header: the page's nginx copies the same variable into it unchanged."""
    return tuple(filter(None, text.split(" ")))


Words = Annotated[tuple[str, ...], _Kind("words", _words)]
Origins = Annotated[
    tuple[str, ...],
    _Kind(
        "origins such as https://example.com, separated by spaces",
        _spaced,
        lambda origins: all(map(ORIGIN.fullmatch, origins)),
    ),
]
Style = Annotated[str, _Kind(f"one of {', '.join(LOGS)}", str, LOGS.__contains__)]


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults. The variable of `slots` is DIGITS_SLOTS, and so on."""

    models: Folder = RESOURCES / "models" / "digits"  # one folder per version
    version: Version = ""  # version to serve; empty means the highest
    page: Folder = BACKEND.parent / "frontend" / "src"  # nothing is served when it does not exist
    max_bytes: Positive = Limits.size  # of a picture
    max_pixels: Positive = Limits.pixels
    max_jpeg_pixels: Positive = Limits.jpeg_pixels
    batch_files: Positive = 64  # per request
    batch_bytes: Positive = 64 * 2**20  # of all files of a request
    slots: Positive = 1  # requests that a worker processes at the same time
    queue_timeout: Seconds = 2.0  # that a request may wait for a slot
    queue_bytes: Positive = 256 * 2**20  # of all requests that a worker holds
    rate_limit: Rate = ""  # per client, such as "60 per minute"
    proxies: Count = 0  # trusted proxies in front of the server
    cors_origins: Words = ()  # origins whose pages may send requests
    frame_ancestors: Origins = ()  # origins whose pages may show the page in a frame
    log: Style = "auto"  # access log: json, text at a terminal, or off

    @property
    def limits(self) -> Limits:
        """What a picture may cost."""
        return Limits(self.max_bytes, self.max_pixels, self.max_jpeg_pixels)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The defaults, replaced by every DIGITS_* variable that is set. Raises SettingError."""
        given = {name: text for name, text in environment.items() if name.startswith("DIGITS_")}
        hints = get_type_hints(cls, include_extras=True)
        kinds = {f"DIGITS_{name.upper()}": hint.__metadata__[0] for name, hint in hints.items()}
        for name in sorted(given.keys() - kinds.keys()):
            raise SettingError(f"There is no setting {name}. The settings are {', '.join(sorted(kinds))}.")
        values = {name: _parsed(name, text, kinds[name]) for name, text in given.items()}
        return cls(**{name.removeprefix("DIGITS_").lower(): value for name, value in values.items()})


def _parsed(name: str, text: str, kind: _Kind) -> Any:
    """Raises SettingError."""
    with suppress(ValueError):
        value = kind.parse(text)
        if kind.valid(value):
            return value
    raise SettingError(f"{name} is {text!r}, but must be {kind.wanted}.")
