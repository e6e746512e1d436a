"""The steps that every reading takes: what to include, decoding, the response."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from marshmallow import Schema

from digits import preprocess
from digits.api import problems, schemas
from digits.api.context import context
from digits.errors import PictureError
from digits.observability import record
from digits.preprocess import Page, Strokes

FORM_OVERHEAD = 2**16  # bytes


def asked(query: Schema) -> dict[str, Any]:
    """The query string, with the names of what to include as a set. Raises NotReady and RequestError."""
    context().require_ready()
    given = {name: ",".join(request.args.getlist(name)) for name in request.args}
    loaded = schemas.load(query, given)
    return loaded | {"include": schemas.names(loaded["include"])}


def included(query: Schema) -> set[str]:
    """What the result should include. Raises NotReady and RequestError."""
    return set(asked(query)["include"])


def size_of_request() -> int:
    """Its bytes, or the most that they can be."""
    return request.content_length or request.max_content_length or 0


def allow_batch() -> None:
    """Accept a form with the files of a batch."""
    request.max_content_length = context().settings.batch_bytes + FORM_OVERHEAD


def decoded(picture: bytes) -> Page:
    """Raises the errors of `preprocess.decode`, after counting them."""
    current = record()
    try:
        with current.timed("decode"):
            page = preprocess.decode(picture, context().settings.limits)
    except PictureError as error:
        current.refused(problems.name_of(error))
        raise
    height, width = page.grey.shape
    size = round(width * page.scale[0]), round(height * page.scale[1])
    current.pictures.append({"format": page.format, "size": size, "bytes": len(picture)})
    return page


def note_strokes(strokes: Strokes) -> None:
    """Enter strokes in the record of the request."""
    record().pictures.append({"format": "strokes", "strokes": len(strokes), "points": sum(map(len, strokes))})


def response(result: dict[str, Any]) -> Response:
    """The result with the times of its steps."""
    made = jsonify(result)
    made.headers["Server-Timing"] = record().server_timing()
    return made
