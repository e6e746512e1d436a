"""Request -> picture or strokes, whichever form the client chose."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from flask import Request

from digits.api import schemas
from digits.api.strokes import MOST_BYTES
from digits.errors import RequestError, TooManyBytes, UnsupportedPicture
from digits.preprocess import Strokes

FIELD = "image"
BATCH_FIELD = "images"
STROKES_FIELD = "strokes"

#: Media types of a body that is the picture itself. The decoder finds out what it really is.
PICTURE_TYPES = frozenset(
    {
        "",
        "application/octet-stream",
        "application/x-octet-stream",
        "binary/octet-stream",
        *(
            f"image/{name}"
            for name in ("png", "jpeg", "jpg", "webp", "gif", "bmp", "x-ms-bmp", "tiff", "avif", "heic", "heif")
        ),
    }
)

SHOWN = 24  # characters of an invalid value that an error message repeats


def content_of(request: Request) -> bytes | Strokes:
    """The bytes of the picture, or the strokes. Raises RequestError, UnsupportedPicture and TooManyBytes."""
    if request.mimetype == "multipart/form-data":
        return _from_form(request)
    if request.mimetype == "application/json":
        return _from_json(request)
    if request.mimetype in PICTURE_TYPES:
        return request.get_data(cache=False)
    raise UnsupportedPicture(
        f"The Content-Type {request.mimetype!r} is not supported. Send multipart/form-data with the picture in the "
        f"field '{FIELD}', or application/json, or the picture itself with its own type, such as image/png."
    )


def pictures_of(request: Request, most: int) -> list[tuple[str, bytes]]:
    """Name and bytes of 1 to `most` pictures. Raises RequestError and UnsupportedPicture."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedPicture(
            f"The Content-Type {request.mimetype or '(none)'!r} is not supported. Send multipart/form-data with each "
            f"picture in a field '{BATCH_FIELD}'."
        )
    _require_boundary(request)
    files = request.files.getlist(BATCH_FIELD)
    if not 1 <= len(files) <= most or _other_fields(request, BATCH_FIELD):
        raise RequestError(
            f"The form must have 1 to {most} files in fields '{BATCH_FIELD}' and nothing else. It has {len(files)}."
            f"{_listed(_other_fields(request, BATCH_FIELD))}"
        )
    return [(file.filename or "", bytes(file.read())) for file in files]


def _from_form(request: Request) -> bytes:
    _require_boundary(request)
    files = request.files.getlist(FIELD)
    others = _other_fields(request, FIELD)
    if len(files) != 1 or others:
        raise RequestError(
            f"The form must have one file in the field '{FIELD}' and nothing else. It has {len(files)}."
            f"{_listed(others)}"
        )
    return bytes(files[0].read())


def _require_boundary(request: Request) -> None:
    """Without a boundary, a form seems to be empty."""
    if not request.mimetype_params.get("boundary"):
        raise RequestError(
            "The Content-Type multipart/form-data has no boundary. Let your HTTP client set this header itself."
        )


def _other_fields(request: Request, field: str) -> list[str]:
    """The form's fields that are not files of this name, for an error message."""
    # A part whose name cannot be parsed has the name None.
    files = [repr(_shortened(name)) for name in sorted({name or "" for name in request.files} - {field})]
    return files + [f"{_shortened(name)!r} (as text)" for name in sorted(name or "" for name in request.form)]


def _listed(fields: list[str]) -> str:
    return f" It has the fields {', '.join(fields[:5])}." if fields else ""


def _from_json(request: Request) -> bytes | Strokes:
    _refuse_long_strokes(request.get_data())
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # thousands of nested brackets
        body = None
    if not isinstance(body, Mapping):
        raise RequestError(f'The body is not a JSON object such as {{"{FIELD}": "<base64>"}}.')
    loaded = schemas.load(schemas.BODY, body)
    if STROKES_FIELD in loaded:
        strokes: Strokes = loaded[STROKES_FIELD]
        return strokes
    return from_base64(loaded[FIELD])


def _refuse_long_strokes(body: bytes) -> None:
    """Before they are parsed: millions of numbers would take seconds, unlike a picture's single string."""
    if len(body) > MOST_BYTES and f'"{STROKES_FIELD}"'.encode() in body:
        raise TooManyBytes(f"The strokes have {len(body):,} bytes. The limit is {MOST_BYTES:,}.")


def from_base64(text: str) -> bytes:
    """Base64 or a data: URL -> bytes. Accepts both alphabets of RFC 4648, with or without padding and line breaks.

    Raises RequestError.
    """
    if text[:5].lower() == "data:":
        head, _, text = text.partition(",")
        if not head.lower().endswith(";base64"):
            raise RequestError(f"The data: URL in '{FIELD}' is not in base64.")
    lines = [line.strip() for line in text.splitlines()]
    if any(" " in line for line in lines):
        raise RequestError(
            f"'{FIELD}' is not base64: {_shortened(text)!r} has spaces. Did a form decode each '+' as a space?"
        )
    compact = "".join(lines).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise RequestError(f"'{FIELD}' is not base64: {_shortened(text)!r}.") from None


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."
