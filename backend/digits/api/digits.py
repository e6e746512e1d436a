"""POST /digits: a picture in any of three forms, its reading out."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Request, Response, jsonify, request
from flask_restx import Namespace, Resource

from digits import images, recognizer
from digits.api import openapi, schemas
from digits.api.context import NOT_READY, Context, context
from digits.errors import NotReady, RequestError, UnsupportedPicture
from digits.images import Prepared
from digits.recognizer import Reading

namespace = Namespace("digits", "Read digits", path="/digits")
models = openapi.documented(namespace)

#: Of a picture that is the body itself. What it really is, its first bytes tell.
MEDIA_TYPES = frozenset(
    {
        "application/octet-stream",
        *(
            f"image/{name}"
            for name in ("png", "jpeg", "jpg", "webp", "gif", "bmp", "x-ms-bmp", "tiff", "avif", "heic", "heif")
        ),
    }
)

FIELD = "image"

HOW = """\
Takes a picture of one digit: PNG, JPEG, WebP, GIF (first frame), BMP, TIFF, AVIF or HEIC; dark on light or light on
dark; drawn or scanned. A form is what can be tried here; two other forms of the same question are answered alike.

A form: `curl -F image=@seven.png http://127.0.0.1:8000/api/v1/digits`

The picture itself: `curl -H 'Content-Type: image/png' --data-binary @seven.png http://127.0.0.1:8000/api/v1/digits`

JSON, in base64 or as a data: URL:
`curl --json "{\\"image\\": \\"$(base64 < seven.png | tr -d '\\n')\\"}" http://127.0.0.1:8000/api/v1/digits`

A picture without a digit is a valid question; its answer is the status `rejected` with the reason.
"""


@namespace.route("")
class Digits(Resource):  # type: ignore[misc]  # Flask-RESTX has no types
    """One picture of one digit."""

    @namespace.doc(
        description=HOW,
        params={
            FIELD: {"in": "formData", "type": "file", "required": True, "description": "The picture"},
            "include": {
                "in": "query",
                "type": "array",
                "items": {"type": "string", "enum": list(schemas.INCLUDABLE)},
                "collectionFormat": "csv",
                "description": "What to add to the answer: `input`, the box of the ink and the square that was read",
            },
        },
    )
    @namespace.response(200, "The reading", models["Reading"])
    @namespace.response(400, "The request is malformed", models["Problem"])
    @namespace.response(413, "The picture has too many bytes", models["Problem"])
    @namespace.response(415, "The media type is not supported", models["Problem"])
    @namespace.response(422, "The bytes are no readable picture, or one of too many pixels", models["Problem"])
    @namespace.response(503, "The model is not ready", models["Problem"])
    def post(self) -> Response:
        """Read one digit"""
        if not context().ready:
            raise NotReady(NOT_READY)
        asked = schemas.load(
            schemas.QuerySchema(), {name: ",".join(request.args.getlist(name)) for name in request.args}
        )
        stages: dict[str, float] = {}
        prepared, reading = read(picture_of(request), context(), stages)
        answer = describe(reading, prepared if "input" in schemas.names(asked["include"]) else None, context())
        response = jsonify(answer)
        response.headers["Server-Timing"] = ", ".join(f"{stage};dur={took:.2f}" for stage, took in stages.items())
        return response


def read(picture: bytes, using: Context, stages: dict[str, float]) -> tuple[Prepared, Reading]:
    """Picture bytes -> what the network saw and its reading; the milliseconds of each stage are put into `stages`."""
    with _timed(stages, "decode"):
        page = images.decode(picture, using.limits)
    with _timed(stages, "normalize"):
        prepared = images.normalize(page)
    with _timed(stages, "model"):
        reading = recognizer.read(using.recognizer, prepared.square)
    return prepared, reading


@contextmanager
def _timed(stages: dict[str, float], stage: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    stages[stage] = 1000 * (time.perf_counter() - started)


def describe(reading: Reading, prepared: Prepared | None, using: Context) -> dict[str, Any]:
    """The answer by ReadingSchema; with `input` where `prepared` is given."""
    answer: dict[str, Any] = {
        "status": reading.status,
        "reason": reading.reason,
        "digit": reading.digit,
        "confidence": reading.confidence,
        "probabilities": reading.probabilities,
        "model": using.card,
    }
    if prepared is not None:
        answer["input"] = {
            "box": prepared.box,
            "light_on_dark": prepared.light_on_dark,
            "image": None if prepared.square is None else images.to_data_url(prepared.square),
        }
    return dict(schemas.ReadingSchema().dump(answer))


# --- the three forms of a question ------------------------------------------------------------------------------------


def picture_of(asked: Request) -> bytes:
    """The picture's bytes, in whichever form they were sent. Raises RequestError and UnsupportedPicture."""
    if asked.mimetype == "multipart/form-data":
        return _from_form(asked)
    if asked.mimetype == "application/json":
        return _from_json(asked)
    if asked.mimetype in MEDIA_TYPES:
        return asked.get_data(cache=False)
    raise UnsupportedPicture(
        f"The Content-Type {asked.mimetype or '(none)'!r} is not read here. Send multipart/form-data with the picture "
        f"in the field '{FIELD}', or application/json, or the picture itself with its own type, such as image/png."
    )


def _from_form(asked: Request) -> bytes:
    files = asked.files.getlist(FIELD)
    if len(files) != 1:
        others = sorted({*asked.files, *asked.form} - {FIELD})
        had = f" It has the fields {', '.join(map(repr, others))}." if others else ""
        raise RequestError(f"The form must have one file in the field '{FIELD}', and has {len(files)}.{had}")
    return bytes(files[0].read())


def _from_json(asked: Request) -> bytes:
    try:
        body = asked.get_json(silent=True)
    except RecursionError:  # thousands of brackets
        body = None
    if not isinstance(body, Mapping):
        raise RequestError(f'The body is not a JSON object such as {{"{FIELD}": "<base64>"}}.')
    text: str = schemas.load(schemas.PictureSchema(), body)[FIELD]
    if text.startswith("data:"):
        head, _, text = text.partition(",")
        if not head.endswith(";base64"):
            raise RequestError(f"The data: URL in '{FIELD}' is not in base64.")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise RequestError(f"'{FIELD}' is not base64: {_start_of(text)!r}.") from None


def _start_of(text: str) -> str:
    return text if len(text) <= 24 else text[:24] + "..."
