"""The page's files as answers: kept in memory, compressed once, and read anew as soon as they change on disk."""

from __future__ import annotations

import gzip
import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug import Request, Response
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import PathConverter, ValidationError

INDEX = "index.html"
METHODS = ("GET", "HEAD")

#: The types, whatever the machine's own table says; nginx.conf has the same. First what is sent compressed.
TEXT = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}
OTHERS = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".woff2": "font/woff2",
}

HEADERS = {
    "Cache-Control": "no-cache",  # may be kept, but is asked after every time
    # Nothing but our own files, no inline script or style; pictures also from memory, where the page makes them.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True)
class Form:
    """A form in which a file can be sent. Each has a tag of its own, for its bytes are not those of the other."""

    body: bytes
    headers: dict[str, str]
    tag: str

    @classmethod
    def of(cls, body: bytes, headers: dict[str, str]) -> Form:
        """The bytes with their tag."""
        tag = hashlib.sha256(body).hexdigest()[:32]
        return cls(body, headers | {"ETag": f'"{tag}"'}, tag)


@dataclass(frozen=True)
class File:
    """A file as it was at its `stamp`."""

    stamp: tuple[int, ...]
    plain: Form
    compressed: Form | None  # of text

    @classmethod
    def read(cls, path: Path, stamp: tuple[int, ...]) -> File:
        """What is there now. Raises OSError."""
        body = path.read_bytes()
        if path.suffix not in TEXT:
            kind = OTHERS.get(path.suffix, "application/octet-stream")
            return cls(stamp, Form.of(body, HEADERS | {"Content-Type": kind}), None)
        headers = HEADERS | {"Content-Type": TEXT[path.suffix], "Vary": "Accept-Encoding"}
        compressed = Form.of(gzip.compress(body, mtime=0), headers | {"Content-Encoding": "gzip"})
        return cls(stamp, Form.of(body, headers), compressed)

    def form_for(self, request: Request) -> Form:
        """The smallest that the client takes."""
        return self.compressed if self.compressed and request.accept_encodings["gzip"] > 0 else self.plain


class Page:
    """A folder of files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, File] = {}

    def find(self, name: str) -> File | None:
        """The file of that name, such as `views/pad.js`, as it is on disk; None where there is none."""
        if {"", ".", ".."} & set(name.split("/")):  # a way out of the folder, or a second name of a file
            return None
        path = self._folder / name
        try:
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):
                return None
            stamp = found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
            kept = self._kept.get(name)
            if kept is None or kept.stamp != stamp:
                kept = self._kept[name] = File.read(path, stamp)
        except (OSError, ValueError):  # it is not there, may not be read, or can have no such name
            return None
        return kept


def answer(file: File | None, request: Request) -> Response:
    """The file as the client takes it, or a 304 where the client has it already."""
    if file is None:
        raise NotFound
    if request.method not in METHODS:
        raise MethodNotAllowed(METHODS)
    form = file.form_for(request)
    status = 304 if request.if_none_match.contains_weak(form.tag) else 200
    return Response(form.body, status, form.headers)


def converter(page: Page) -> type[PathConverter]:
    """For rules whose variable is a file of the page: they match its name, and no other."""

    class FileConverter(PathConverter):
        def to_python(self, value: str) -> Any:
            file = page.find(value)
            if file is None:
                raise ValidationError
            return file

    return FileConverter
