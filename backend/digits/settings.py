"""Settings from environment variables, validated at startup."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import limits

from digits.errors import SettingError
from digits.preprocess import Limits

BACKEND = Path(__file__).resolve().parent.parent
#: Where the model and gunicorn's configuration are: in the repository, or where pip installs the package's data.
RESOURCES = BACKEND if (BACKEND / "gunicorn.conf.py").exists() else Path(sysconfig.get_path("data"), "share", "digits")

LOGS = ("auto", "json", "text", "off")


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults."""

    models: Path = RESOURCES / "models" / "digits"  # one folder per version
    version: str = ""  # version to serve; empty means the highest
    page: Path = BACKEND.parent / "frontend" / "src"  # nothing is served when it does not exist
    limits: Limits = field(default_factory=Limits)
    batch_files: int = 64  # per request
    batch_size: int = 64 * 2**20  # bytes of all files of a request
    slots: int = 1  # requests that a worker processes at the same time
    queue_timeout: float = 2.0  # seconds that a request may wait for a slot
    queue_size: int = 256 * 2**20  # bytes of all requests that a worker holds
    rate_limit: str = ""  # per client, such as "60 per minute"
    proxies: int = 0  # trusted proxies in front of the server
    cors_origins: tuple[str, ...] = ()  # origins whose pages may send requests
    log: str = "auto"  # access log: json, text at a terminal, or off

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The defaults, replaced by every DIGITS_* variable that is set. Raises SettingError."""
        variables = _Variables(environment)
        default = cls()
        settings = cls(
            models=Path(variables.text("MODELS", str(default.models))),
            version=variables.version("VERSION"),
            page=Path(variables.text("PAGE", str(default.page))),
            limits=Limits(
                variables.integer("MAX_BYTES", default.limits.size),
                variables.integer("MAX_PIXELS", default.limits.pixels),
                variables.integer("MAX_JPEG_PIXELS", default.limits.jpeg_pixels),
            ),
            batch_files=variables.integer("BATCH_FILES", default.batch_files),
            batch_size=variables.integer("BATCH_BYTES", default.batch_size),
            slots=variables.integer("SLOTS", default.slots),
            queue_timeout=variables.seconds("QUEUE_TIMEOUT", default.queue_timeout),
            queue_size=variables.integer("QUEUE_BYTES", default.queue_size),
            rate_limit=variables.rate("RATE_LIMIT"),
            proxies=variables.integer("PROXIES", default.proxies, least=0),
            cors_origins=variables.words("CORS_ORIGINS"),
            log=variables.choice("LOG", LOGS, default.log),
        )
        variables.refuse_unknown()
        return settings


class _Variables:
    """Reads DIGITS_* variables and remembers which names exist."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._given = {name: value for name, value in environment.items() if name.startswith("DIGITS_")}
        self._known: list[str] = []

    def text(self, name: str, default: str) -> str:
        self._known.append(f"DIGITS_{name}")
        return self._given.get(self._known[-1], default)

    def version(self, name: str) -> str:
        given = self.text(name, "")
        if given and not given.isdecimal():
            raise SettingError(f"DIGITS_{name} is {given!r}, but must be a version number such as 1.")
        return given

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(self.text(name, "").replace(",", " ").split())

    def integer(self, name: str, default: int, least: int = 1) -> int:
        given = self.text(name, str(default))
        if not given.isdecimal() or int(given) < least:
            raise SettingError(f"DIGITS_{name} is {given!r}, but must be an integer of at least {least}.")
        return int(given)

    def seconds(self, name: str, default: float) -> float:
        given = self.text(name, str(default))
        try:
            seconds = float(given)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= 600:
            raise SettingError(f"DIGITS_{name} is {given!r}, but must be a number of seconds between 0 and 600.")
        return seconds

    def rate(self, name: str) -> str:
        given = self.text(name, "")
        try:
            limits.parse_many(given)
        except ValueError:
            if given:
                raise SettingError(f"DIGITS_{name} is {given!r}, but must be a rate such as '60 per minute'.") from None
        return given

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        given = self.text(name, default)
        if given not in choices:
            raise SettingError(f"DIGITS_{name} is {given!r}, but must be one of {', '.join(choices)}.")
        return given

    def refuse_unknown(self) -> None:
        for name in sorted(set(self._given) - set(self._known)):
            raise SettingError(f"There is no setting {name}. The settings are {', '.join(sorted(self._known))}.")
