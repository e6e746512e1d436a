"""The application, put together: the only place that knows everybody."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from flask import Flask, Request, Response, send_from_directory

from digits import api, card, recognizer
from digits.errors import ModelError
from digits.images import Limits
from digits.recognizer import Recognizer

BACKEND = Path(__file__).resolve().parent.parent

#: Nothing but our own files, no inline script or style; pictures also from memory, where the page makes them.
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Config:
    """What can be set from outside."""

    models: Path = BACKEND / "models" / "digits"  # folders numbered by version; the highest is served
    page: Path = BACKEND.parent / "frontend" / "src"  # not served where it is missing
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """The defaults, but for DIGITS_MODELS and DIGITS_PAGE where they are set."""
        return cls(
            models=Path(environment.get("DIGITS_MODELS", cls.models)),
            page=Path(environment.get("DIGITS_PAGE", cls.page)),
        )


class InMemoryRequest(Request):
    """A request whose uploads stay in memory: no picture is ever written to disk, not even for a moment."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return io.BytesIO()


def create_app(config: Config | None = None, recognizer: Recognizer | None = None) -> Flask:
    """The application; without a `recognizer` the newest model is loaded. Raises ModelError when there is none."""
    config = config or Config.from_environment()
    model = newest_model(config.models)
    app = Flask("digits", static_folder=None)
    app.request_class = InMemoryRequest
    app.json.sort_keys = False  # type: ignore[attr-defined]  # answers keep the order of the contract
    api.register(app, _context(config, model, recognizer))
    _serve_page(app, config.page)
    return app


def newest_model(models: Path) -> Path:
    """The folder with the highest version number. Raises ModelError when there is none."""
    versions = [folder for folder in models.glob("*") if folder.name.isdecimal()]
    if not versions:
        raise ModelError(f"There is no model in {models}: it has no folder whose name is a version number.")
    return max(versions, key=lambda folder: int(folder.name))


def _context(config: Config, model: Path, given: Recognizer | None) -> api.Context:
    read = given or recognizer.load(model)
    about = card.read(model)
    return api.Context(read, about, config.limits, ready=recognizer.reads_known_digit(read, about))


def _serve_page(app: Flask, folder: Path) -> None:
    """A route for each file of the page: a catch-all would answer 405 where nothing is."""

    def send(name: str) -> Response:
        response = send_from_directory(folder, name)
        response.headers["Content-Security-Policy"] = PAGE_POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        app.add_url_rule("/" if name == "index.html" else f"/{name}", name, send, defaults={"name": name})
