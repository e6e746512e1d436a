"""The application, put together: the only place that knows everybody."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, Any

import limits
from flask import Flask, Request, request
from flask_cors import CORS
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from digits import api, card, page, recognizer
from digits.config import Config
from digits.errors import ModelError, SettingError
from digits.recognizer import Explainer, Recognizer


class InMemoryRequest(Request):
    """A request whose uploads stay in memory: no picture is ever written to disk, not even for a moment."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return io.BytesIO()


def create_app(
    config: Config | None = None, recognizer: Recognizer | None = None, explainer: Explainer | None = None
) -> Flask:
    """The application; without a `recognizer` the newest model is loaded. Raises ModelError when there is none."""
    config = config or Config.from_environment()
    model = newest_model(config.models, config.version)
    app = Flask("digits", static_folder=None)
    app.request_class = InMemoryRequest
    app.json.sort_keys = False  # type: ignore[attr-defined]  # answers keep the order of the contract
    if config.proxies:
        count = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    api.register(app, _context(config, model, recognizer, explainer))
    if config.cors_origins:
        CORS(app, origins=list(config.cors_origins), expose_headers=["X-Request-ID", "Server-Timing", "Retry-After"])
    if config.rate_limit:
        _limit_rate(app, config.rate_limit)
    _serve_page(app, config.page)
    return app


def _limit_rate(app: Flask, rate: str) -> None:
    """Of each client, counted by each worker for itself; health and metrics are not limited."""
    try:
        limits.parse_many(rate)
    except ValueError:
        raise SettingError(f"DIGITS_RATE_LIMIT is {rate!r}; it must be a rate such as '60 per minute'.") from None
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=True)
    for name, view in app.view_functions.items():
        if name.startswith("api.digits"):
            app.view_functions[name] = limiter.limit(rate)(view)  # type: ignore[assignment]


def newest_model(models: Path, version: str = "") -> Path:
    """The folder with the highest version number, or of the version. Raises ModelError when there is none."""
    return _versions(models, version)[0]


def newest_sound_model(models: Path, version: str = "") -> tuple[Path, list[ModelError]]:
    """The newest that is whole, and what is wrong with those that are newer. Raises ModelError when there is none."""
    wrong: list[ModelError] = []
    for folder in _versions(models, version):
        try:
            card.checked(folder)
        except ModelError as error:
            wrong.append(error)
        else:
            return folder, wrong
    raise wrong[0]


def _versions(models: Path, version: str) -> list[Path]:
    """The newest first."""
    found = [folder for folder in models.glob(version or "*") if folder.name.isdecimal()]
    if not found:
        what = f"no folder {version}" if version else "no folder whose name is a version number"
        raise ModelError(f"There is no model in {models}: it has {what}.")
    return sorted(found, key=lambda folder: int(folder.name), reverse=True)


def _context(config: Config, model: Path, read: Recognizer | None, explain: Explainer | None) -> api.Context:
    read, explain = (read, explain or recognizer.unexplained) if read else recognizer.load(model)
    about = card.read(model)
    gate = api.Gate(config.at_once, config.waiting, config.patience)
    return api.Context(read, explain, about, config, gate, ready=recognizer.reads_known_digit(read, about))


def _serve_page(app: Flask, folder: Path) -> None:
    """Each of its files under its name. The rules take any method, so that a 405 is told only of what is there."""
    files = page.Page(folder)

    def send(file: page.File | None = None) -> Response:
        return page.answer(file or files.find(page.INDEX), request)

    app.url_map.converters["file"] = page.converter(files)
    app.url_map.add(Rule("/", endpoint="page"))
    app.url_map.add(Rule("/<file:file>", endpoint="page"))
    app.view_functions["page"] = send
