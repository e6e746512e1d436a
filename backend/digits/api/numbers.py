"""POST /numbers reads the numbers on a picture or in strokes; POST /numbers/batch reads many pictures."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_restx import Namespace, Resource

from digits import preprocess
from digits.api import openapi, problems, schemas, steps, uploads
from digits.api.context import context
from digits.candidates import Group
from digits.data_url import to_data_url
from digits.errors import PictureError
from digits.model.numbers import DigitOfNumber, PageReading, read_numbers
from digits.observability import record
from digits.preprocess import Strokes

namespace = Namespace("numbers", "Read numbers", path="/numbers")
models = openapi.documented(namespace)

INCLUDE = openapi.include(
    schemas.INCLUDABLE_WITH_NUMBERS,
    "What to add to the result: `input`, the 28x28 input of the network for each digit",
)

ONE = """\
Accepts a picture of one number or several, on one line or more: side by side, below each other or in a table. The forms
of the request and the formats of pictures are those of `POST /digits`.

`curl -F image=@2026.png http://127.0.0.1:8000/api/v1/numbers`

`curl --json '{"strokes": [{"x": [10, 10], "y": [0, 60]}, {"x": [40, 70, 50], "y": [0, 0, 60]}]}'
http://127.0.0.1:8000/api/v1/numbers`

The numbers are in reading order. A number of which a part cannot be read is `uncertain`; it is never shortened. Letters
and drawings are not numbers: the reason is `no_number`. Decimal points and signs are not read.
"""

MANY = """\
Accepts a form with one or more pictures, each in a field `images`. Returns one result per picture, in the same order:
its numbers with the `name` of the file, or its `name` and an `error`.

`curl -F images=@page-1.png -F images=@page-2.jpg http://127.0.0.1:8000/api/v1/numbers/batch`
"""


@namespace.route("")
class Numbers(Resource):  # type: ignore[misc]  # Flask-RESTX has no types
    """The numbers on one picture."""

    @namespace.doc(
        description=ONE,
        params={
            uploads.FIELD: openapi.ONE_FILE,
            "include": INCLUDE,
        },
    )
    @openapi.reads(namespace, models["Numbers"], "The numbers")
    def post(self) -> Response:
        """Read numbers"""
        include = steps.included(schemas.NUMBERS_QUERY)
        limiter = context().limiter
        with limiter.admitted(steps.size_of_request()):
            content = uploads.content_of(request)
            with limiter.slot():
                result = _numbers_of(content, include)
        return steps.response(result)


@namespace.route("/batch")
class NumbersBatch(Resource):  # type: ignore[misc]
    """The numbers on several pictures."""

    @namespace.doc(description=MANY, params={uploads.BATCH_FIELD: openapi.SEVERAL_FILES, "include": INCLUDE})
    @openapi.reads(
        namespace, models["NumbersBatch"], "Numbers or an error for each picture, in the same order", batch=True
    )
    def post(self) -> Response:
        """Read the numbers on several pictures"""
        include = steps.included(schemas.NUMBERS_QUERY)
        steps.allow_batch()
        limiter = context().limiter
        with limiter.admitted(steps.size_of_request()):
            pictures = uploads.pictures_of(request, context().settings.batch_files)
            with limiter.slot():
                results = [{"name": name} | _numbers_or_error(picture, include) for name, picture in pictures]
        return steps.response(dict(schemas.NUMBERS_BATCH.dump({"results": results, "model": context().card})))


def _numbers_or_error(picture: bytes, include: set[str]) -> dict[str, Any]:
    try:
        return _numbers_of(picture, include)
    except PictureError as error:
        return {"error": problems.of_picture(error)}


def _numbers_of(content: bytes | Strokes, include: set[str]) -> dict[str, Any]:
    """Picture or strokes -> the result as NumbersSchema defines it. Raises the errors of `preprocess.decode`."""
    current, model = record(), context().model
    groups = _groups_of(content)
    with current.timed("model"):
        reading = read_numbers(groups, model.read, model.read_line, model.numbers)
    current.read_numbers(reading.status, reading.reason)
    return describe(reading, include, with_strokes=not isinstance(content, bytes))


def _groups_of(content: bytes | Strokes) -> list[Group]:
    if isinstance(content, bytes):
        page = steps.decoded(content)
        with record().timed("segment"):
            return preprocess.find_numbers(page)
    steps.note_strokes(content)
    with record().timed("segment"):
        return preprocess.find_numbers_in_strokes(content)


def describe(reading: PageReading, include: set[str], with_strokes: bool) -> dict[str, Any]:
    """The result as NumbersSchema defines it, with what it should include."""
    numbers = [
        vars(number) | {"digits": [_digit(digit, include, with_strokes) for digit in number.digits]}
        for number in reading.numbers
    ]
    return dict(schemas.NUMBERS.dump(vars(reading) | {"numbers": numbers, "model": context().card}))


def _digit(digit: DigitOfNumber, include: set[str], with_strokes: bool) -> dict[str, Any]:
    result = {name: value for name, value in vars(digit).items() if name not in ("square", "strokes")}
    if with_strokes:
        result["strokes"] = digit.strokes
    if "input" in include and digit.square is not None:
        result["image"] = to_data_url(digit.square)
    return result
