"""What can be set from outside, by environment variables; all of it is checked at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from digits.errors import SettingError
from digits.images import Limits

BACKEND = Path(__file__).resolve().parent.parent

LOGS = ("auto", "json", "text", "off")


@dataclass(frozen=True)
class Config:
    """The settings, each with the default that serves where nothing is set."""

    models: Path = BACKEND / "models" / "digits"  # folders numbered by version
    version: str = ""  # of the model that is served; the highest where none is named
    page: Path = BACKEND.parent / "frontend" / "src"  # not served where it is missing
    limits: Limits = field(default_factory=Limits)
    batch_files: int = 64  # in one request
    batch_size: int = 64 * 2**20  # bytes of all of them
    at_once: int = 1  # requests that a worker works on
    waiting: int = 7  # requests that wait for it; one more is told that it is busy
    patience: float = 5.0  # seconds that a request waits
    arrival: float = 30.0  # seconds that a request may take to arrive
    rate_limit: str = ""  # of each client, such as "60 per minute"; none by default
    proxies: int = 0  # in front of the server, whose word is taken for who asks
    cors_origins: tuple[str, ...] = ()  # whose pages may ask
    log: str = "auto"  # one line for each request: json, or text at a terminal

    @property
    def threads(self) -> int:
        """Of a worker: others are answered, and clients seen off, beside the readings."""
        return self.at_once + self.waiting + 20

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """The defaults, but for every DIGITS_* that is set. Raises SettingError."""
        known = _Known(environment)
        default = cls()
        config = cls(
            models=Path(known.text("MODELS", str(default.models))),
            version=known.version("VERSION"),
            page=Path(known.text("PAGE", str(default.page))),
            limits=Limits(
                known.whole("MAX_BYTES", default.limits.size),
                known.whole("MAX_PIXELS", default.limits.pixels),
                known.whole("MAX_JPEG_PIXELS", default.limits.jpeg_pixels),
            ),
            batch_files=known.whole("BATCH_FILES", default.batch_files),
            batch_size=known.whole("BATCH_BYTES", default.batch_size),
            at_once=known.whole("AT_ONCE", default.at_once),
            waiting=known.whole("WAITING", default.waiting, least=0),
            patience=known.seconds("PATIENCE", default.patience),
            arrival=known.seconds("ARRIVAL", default.arrival, least=1.0),
            rate_limit=known.text("RATE_LIMIT", default.rate_limit),
            proxies=known.whole("PROXIES", default.proxies, least=0),
            cors_origins=known.words("CORS_ORIGINS"),
            log=known.one_of("LOG", LOGS, default.log),
        )
        known.check_all_known()
        return config


class _Known:
    """Reads the variables, and remembers which there are."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._set = {name: value for name, value in environment.items() if name.startswith("DIGITS_")}
        self._names: list[str] = []

    def text(self, name: str, default: str) -> str:
        self._names.append(f"DIGITS_{name}")
        return self._set.get(self._names[-1], default)

    def version(self, name: str) -> str:
        given = self.text(name, "")
        if given and not given.isdecimal():
            raise SettingError(f"DIGITS_{name} is {given!r}; it must be a version's number, such as 1.")
        return given

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(self.text(name, "").replace(",", " ").split())

    def whole(self, name: str, default: int, least: int = 1) -> int:
        given = self.text(name, str(default))
        if not given.isdecimal() or int(given) < least:
            raise SettingError(f"DIGITS_{name} is {given!r}; it must be a whole number of at least {least}.")
        return int(given)

    def seconds(self, name: str, default: float, least: float = 0.0) -> float:
        given = self.text(name, str(default))
        try:
            seconds = float(given)
        except ValueError:
            seconds = -1.0
        if not least <= seconds <= 600:
            raise SettingError(f"DIGITS_{name} is {given!r}; it must be a number of seconds from {least:g} to 600.")
        return seconds

    def one_of(self, name: str, choice: tuple[str, ...], default: str) -> str:
        given = self.text(name, default)
        if given not in choice:
            raise SettingError(f"DIGITS_{name} is {given!r}; it must be one of {', '.join(choice)}.")
        return given

    def check_all_known(self) -> None:
        for name in sorted(set(self._set) - set(self._names)):
            raise SettingError(f"There is no setting {name}; there are {', '.join(sorted(self._names))}.")
