"""POST /digits: a picture in any of three forms, its reading out. POST /digits/batch: the same for many at once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Request, Response, jsonify, request
from flask_restx import Namespace, Resource

from digits import images, recognizer
from digits.api import openapi, problems, schemas
from digits.api.context import NOT_READY, context
from digits.api.observed import Observed, observed
from digits.errors import NotReady, PictureError, RequestError, UnsupportedPicture
from digits.images import Prepared
from digits.recognizer import Reading, Recognizer

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

FIELDS = "images"

PART = 16  # pictures of a batch that are read together

INCLUDE = {
    "in": "query",
    "type": "array",
    "items": {"type": "string", "enum": list(schemas.INCLUDABLE)},
    "collectionFormat": "csv",
    "allowEmptyValue": True,
    "description": "What to add to the answer: `input`, the box of the ink and the square that was read; "
    "`explanation`, how much each pixel of that square speaks for the digit",
}

HOW = """\
Takes a picture of one digit: PNG, JPEG, WebP, GIF (first frame), BMP, TIFF, AVIF or HEIC; dark on light or light on
dark; drawn or scanned. A form is what can be tried here; two other forms of the same question are answered alike.

A form with this one field and no other: `curl -F image=@seven.png http://127.0.0.1:8000/api/v1/digits`

The picture itself: `curl -H 'Content-Type: image/png' --data-binary @seven.png http://127.0.0.1:8000/api/v1/digits`

JSON, in base64 or as a data: URL:
`curl --json "{\\"image\\": \\"$(base64 < seven.png | tr -d '\\n')\\"}" http://127.0.0.1:8000/api/v1/digits`

A picture without a digit is a valid question; its answer is the status `rejected` with the reason.
"""

HOW_MANY = """\
Takes a form with one picture or more, each in a field `images`, and answers for each of them in their order: a reading
with its `name`, or `name` and `error`, a problem as it would have been answered to that picture alone. One bad file
never spoils the others.

`curl -F images=@seven.png -F images=@two.jpg http://127.0.0.1:8000/api/v1/digits/batch`
"""


@namespace.route("")
class Digits(Resource):  # type: ignore[misc]  # Flask-RESTX has no types
    """One picture of one digit."""

    @namespace.doc(
        description=HOW,
        params={
            FIELD: {"in": "formData", "type": "file", "required": True, "description": "The picture"},
            "include": INCLUDE,
        },
    )
    @namespace.response(200, "The reading", models["Reading"])
    @namespace.response(400, "The request is malformed", models["Problem"])
    @namespace.response(413, "The picture has too many bytes", models["Problem"])
    @namespace.response(415, "The media type is not supported", models["Problem"])
    @namespace.response(422, "The bytes are no readable picture, or one of too many pixels", models["Problem"])
    @namespace.response(429, "Too many requests, where a rate limit is set", models["Problem"])
    @namespace.response(503, "The model is not ready, or too busy", models["Problem"])
    def post(self) -> Response:
        """Read one digit"""
        include = _asked()
        picture = picture_of(request)
        with context().gate.passed():
            prepared = _prepare(picture)
            (reading,) = _read([prepared], context().recognizer, observed())
            answer = describe(reading, prepared, include)
        return _answer(answer)


@namespace.route("/batch")
class Batch(Resource):  # type: ignore[misc]
    """Several pictures, each of one digit."""

    @namespace.doc(
        description=HOW_MANY,
        params={
            # Swagger 2.0 has no form with one file or more; whoever tries it here can send one.
            FIELDS: {"in": "formData", "type": "file", "required": True, "description": "The pictures, one or more"},
            "include": INCLUDE,
        },
    )
    @namespace.response(200, "A reading or an error for each picture, in their order", models["Batch"])
    @namespace.response(400, "The request is malformed, or has no pictures or too many", models["Problem"])
    @namespace.response(413, "The request has too many bytes", models["Problem"])
    @namespace.response(415, "The media type is not supported", models["Problem"])
    @namespace.response(429, "Too many requests, where a rate limit is set", models["Problem"])
    @namespace.response(503, "The model is not ready, or too busy", models["Problem"])
    def post(self) -> Response:
        """Read several digits"""
        include = _asked()
        request.max_content_length = context().config.batch_size + 2**16
        pictures = pictures_of(request)
        with context().gate.passed():
            answers = _prepare_and_read([picture for _, picture in pictures])
            results = [
                {"name": name}
                | ({"error": problems.of_picture(one)} if isinstance(one, PictureError) else describe(*one, include))
                for (name, _), one in zip(pictures, answers, strict=True)
            ]
        return _answer(dict(schemas.BATCH.dump({"results": results, "model": context().card})))


def _asked() -> set[str]:
    """What the answer should include. Raises NotReady and RequestError."""
    if not context().ready:
        raise NotReady(NOT_READY)
    query = {name: ",".join(request.args.getlist(name)) for name in request.args}
    return schemas.names(schemas.load(schemas.QUERY, query)["include"])


def _answer(answer: dict[str, Any]) -> Response:
    response = jsonify(answer)
    response.headers["Server-Timing"] = observed().server_timing()
    return response


# --- picture -> answer ------------------------------------------------------------------------------------------------


def _prepare(picture: bytes) -> Prepared:
    """Raises the errors of `images.decode`."""
    seen = observed()
    with seen.timed("decode"):
        page = images.decode(picture, context().config.limits)
    height, width = page.grey.shape
    size = round(width * page.scale[0]), round(height * page.scale[1])
    seen.pictures.append({"format": page.format, "size": size, "bytes": len(picture)})
    with seen.timed("normalize"):
        return images.normalize(page)


def _prepared_or_error(picture: bytes) -> Prepared | PictureError:
    try:
        return _prepare(picture)
    except PictureError as error:
        return error


def _prepare_and_read(pictures: list[bytes]) -> Iterator[tuple[Reading, Prepared] | PictureError]:
    """In the same order. The model reads some while the next ones are prepared: it does not need Python's lock."""
    parts = []
    with ThreadPoolExecutor(1) as beside:
        for start in range(0, len(pictures), PART):
            prepared = [_prepared_or_error(picture) for picture in pictures[start : start + PART]]
            whole = [one for one in prepared if isinstance(one, Prepared)]
            parts.append((prepared, beside.submit(_read, whole, context().recognizer, observed())))
    for prepared, reading in parts:
        readings = iter(reading.result())
        for one in prepared:
            yield (next(readings), one) if isinstance(one, Prepared) else one


def _read(prepared: list[Prepared], read: Recognizer, seen: Observed) -> list[Reading]:
    """In the same order; the model is asked once."""
    with seen.timed("model"):
        readings = recognizer.read_all(read, [one.square for one in prepared])
    for reading in readings:
        seen.read(reading)
    return readings


def describe(reading: Reading, prepared: Prepared, include: set[str]) -> dict[str, Any]:
    """The answer by ReadingSchema, with what it should include."""
    answer: dict[str, Any] = {
        "status": reading.status,
        "reason": reading.reason,
        "digit": reading.digit,
        "confidence": reading.confidence,
        "probabilities": reading.probabilities,
        "model": context().card,
    }
    if "input" in include:
        answer["input"] = {
            "box": prepared.box,
            "light_on_dark": prepared.light_on_dark,
            "image": None if prepared.square is None else images.to_data_url(prepared.square),
        }
    if "explanation" in include:
        with observed().timed("explain"):
            answer["explanation"] = {"image": _explanation(reading, prepared)}
    return dict(schemas.READING.dump(answer))


def _explanation(reading: Reading, prepared: Prepared) -> str | None:
    if reading.digit is None or prepared.square is None:
        return None
    (evidence,) = context().explainer(prepared.square[None], [reading.digit])
    return images.to_data_url(images.to_colours(evidence))


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
    if len(files) != 1 or _others(asked, FIELD):
        raise RequestError(
            f"The form must have one file in the field '{FIELD}' and nothing else; it has {len(files)}."
            f"{_told(_others(asked, FIELD))}"
        )
    return bytes(files[0].read())


def _others(asked: Request, field: str) -> list[str]:
    """The form's fields that are no file of this name, as they are told."""
    files = [repr(_start_of(name)) for name in sorted({*asked.files} - {field})]
    return files + [f"{_start_of(name)!r} (as text)" for name in sorted(asked.form)]


def _told(fields: list[str]) -> str:
    return f" It has the fields {', '.join(fields[:5])}." if fields else ""


def pictures_of(asked: Request) -> list[tuple[str, bytes]]:
    """Names and bytes of several pictures. Raises RequestError and UnsupportedPicture."""
    if asked.mimetype != "multipart/form-data":
        raise UnsupportedPicture(
            f"The Content-Type {asked.mimetype or '(none)'!r} is not read here. Send multipart/form-data with each "
            f"picture in a field '{FIELDS}'."
        )
    files, most = asked.files.getlist(FIELDS), context().config.batch_files
    if not 1 <= len(files) <= most or _others(asked, FIELDS):
        raise RequestError(
            f"The form must have 1 to {most} files in fields '{FIELDS}' and nothing else; it has {len(files)}."
            f"{_told(_others(asked, FIELDS))}"
        )
    return [(file.filename or "", bytes(file.read())) for file in files]


def _from_json(asked: Request) -> bytes:
    try:
        body = asked.get_json(silent=True)
    except RecursionError:  # thousands of brackets
        body = None
    if not isinstance(body, Mapping):
        raise RequestError(f'The body is not a JSON object such as {{"{FIELD}": "<base64>"}}.')
    text: str = schemas.load(schemas.PICTURE, body)[FIELD]
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
