"""Creates the application. This is the only module that connects all parts."""

from __future__ import annotations

import io
import mimetypes
import re
from pathlib import Path
from typing import IO, Any

from flask import Flask, Request, Response, request
from flask_compress import Compress
from flask_cors import CORS
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response as BaseResponse

from digits import api
from digits.model import recognizer as recognizers
from digits.model import store
from digits.model.recognizer import Model, Recognizer
from digits.settings import Settings

INDEX = "index.html"

#: The page may load nothing but its own files, and pictures that it makes in memory. No inline script or style.
#: nginx.conf has the same policy, caching and media types; test_static.py compares what both send.
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)
#: The page consists of many small modules. A browser may use them for a day while it checks them in the background.
PAGE_CACHING = "max-age=60, stale-while-revalidate=86400"

#: Python's own table depends on the machine.
_MEDIA_TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json"}
for _suffix, _media_type in _MEDIA_TYPES.items():
    mimetypes.add_type(_media_type, _suffix)

COMPRESSED = ["text/html", "text/css", "text/javascript", "image/svg+xml", "application/manifest+json"]


class InMemoryRequest(Request):
    """A request that keeps uploads in memory: no picture is ever written to disk, not even for a moment."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return io.BytesIO()


def create_app(
    settings: Settings | None = None,
    recognizer: Recognizer | Model | None = None,
) -> Flask:
    """The application. Without a `recognizer`, it loads the newest model. Raises ModelError and SettingError."""
    settings = settings or Settings.from_environment()
    app = Flask("digits", static_folder=None)
    app.request_class = InMemoryRequest
    app.json.sort_keys = False  # type: ignore[attr-defined]  # keep the order of the contract
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    model = recognizer if isinstance(recognizer, Model) else recognizer and Model(recognizer)
    api.register(app, _context(settings, model))
    if settings.cors_origins:
        CORS(app, origins=list(settings.cors_origins), expose_headers=["X-Request-ID", "Server-Timing", "Retry-After"])
    if settings.rate_limit:
        _limit_rate(app, settings.rate_limit)
    if settings.page.is_dir():
        _serve_page(app, settings.page, settings.frame_ancestors)
    return app


def _context(settings: Settings, model: Model | None) -> api.Context:
    folder = store.newest(settings.models, settings.version)
    model = model or recognizers.load(folder)
    card = store.read_card(folder)
    limiter = api.Limiter(settings.slots, settings.queue_timeout, settings.queue_bytes)
    return api.Context(model, card, settings, limiter, ready=recognizers.passes_self_test(model.read, card))


def _limit_rate(app: Flask, rate: str) -> None:
    """Limit the readings of each client. Each worker counts for itself; health and metrics are not limited."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=True)
    for name, view in app.view_functions.items():
        if name.startswith(("api.digits", "api.numbers")):
            app.view_functions[name] = limiter.limit(rate)(view)  # type: ignore[assignment]


def _serve_page(app: Flask, folder: Path, ancestors: tuple[str, ...]) -> None:
    """Serve the files that exist at startup, compressed. In containers, nginx does this.

    Pages of the `ancestors` may show them in a frame.
    """
    policy = PAGE_POLICY.format(ancestors=" ".join(ancestors) or "'none'")
    names = [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]

    class PageFile(BaseConverter):
        """Matches the files of the page only, so that every other path is a 404 whatever the method is."""

        part_isolating = False  # names may contain slashes
        regex = "|".join(map(re.escape, names)) or "(?!)"

    def page(name: str = INDEX) -> BaseResponse:
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        content_type = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
        response = Response((folder / name).read_bytes(), content_type=content_type)  # Compress skips open files
        response.headers["Cache-Control"] = "no-cache" if name == INDEX else PAGE_CACHING
        response.headers["Content-Security-Policy"] = policy
        response.headers["Referrer-Policy"] = "no-referrer"
        response.add_etag()
        return response.make_conditional(request)

    app.url_map.converters["page_file"] = PageFile
    app.add_url_rule("/<page_file:name>", "page", page, provide_automatic_options=False)
    if INDEX in names:
        app.add_url_rule("/", "page", page, provide_automatic_options=False)

    @app.after_request  # before Compress, so that it runs after it
    def vary(response: Response) -> Response:
        """Compress says of an icon, too, that it depends on the encoding."""
        if request.endpoint == "page" and response.mimetype == "image/png":
            response.headers.pop("Vary", None)
        return response

    app.config.update(COMPRESS_MIMETYPES=COMPRESSED, COMPRESS_ALGORITHM="gzip", COMPRESS_LEVEL=9, COMPRESS_MIN_SIZE=20)
    Compress(app)
