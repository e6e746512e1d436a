"""POST /digits reads one picture or its strokes; POST /digits/batch reads many pictures."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from flask import Response, request
from flask_restx import Namespace, Resource

from digits import preprocess
from digits.api import openapi, problems, schemas, steps, uploads
from digits.api.context import context
from digits.data_url import to_data_url
from digits.errors import PictureError
from digits.model import recognizer
from digits.model.feature_maps import layers_of
from digits.model.heatmap import LEGEND, heatmap
from digits.model.recognizer import Reading, Recognizer
from digits.observability import Record, record
from digits.preprocess import Prepared, Strokes

namespace = Namespace("digits", "Read digits", path="/digits")
models = openapi.documented(namespace)

CHUNK = 16  # pictures of a batch that the model reads together

INCLUDE = openapi.include(
    schemas.INCLUDABLE,
    "What to add to the result: `input`, the bounding box of the digit and the 28x28 input of the network; "
    "`explanation`, how much the ink of that input supports the digit or contradicts it; `activations`, the feature "
    "maps of the network's convolutions",
)

ONE = """\
Accepts a picture of one digit: PNG, JPEG, WebP, GIF (first frame), BMP, TIFF, AVIF or HEIC; dark on light or light on
dark; drawn, scanned or photographed. You can try the form here. Other forms of the request return the same result.

A form with exactly this field: `curl -F image=@seven.png http://127.0.0.1:8000/api/v1/digits`

The picture itself: `curl -H 'Content-Type: image/png' --data-binary @seven.png http://127.0.0.1:8000/api/v1/digits`

JSON, with the picture in base64 or as a data: URL:
`curl --json "{\\"image\\": \\"$(base64 < seven.png | tr -d '\\n')\\"}" http://127.0.0.1:8000/api/v1/digits`

JSON, with pen strokes in writing order in place of a picture:
`curl --json '{"strokes": [{"x": [30, 90, 60], "y": [20, 20, 110]}]}' http://127.0.0.1:8000/api/v1/digits`

A stroke has the columns `x` (to the right) and `y` (down) in any unit, and optionally `t` (milliseconds), all of the
same length. The limits are 500 strokes, 20,000 points and 512 KB.

A picture without a digit is a valid request, and so is an empty list of strokes. The result has the status `rejected`
and a reason.
"""

MANY = """\
Accepts a form with one or more pictures, each in a field `images`. Returns one result per picture, in the same order: a
reading with the `name` of the file, or its `name` and an `error`, which is the problem that this picture alone would
have caused. A bad file does not affect the others.

`curl -F images=@seven.png -F images=@two.jpg http://127.0.0.1:8000/api/v1/digits/batch`
"""


@namespace.route("")
class Digits(Resource):  # type: ignore[misc]  # Flask-RESTX has no types
    """One picture of one digit."""

    @namespace.doc(
        description=ONE,
        params={
            uploads.FIELD: openapi.ONE_FILE,
            "include": INCLUDE,
            "explain": openapi.EXPLAIN,
        },
    )
    @openapi.reads(namespace, models["Reading"], "The reading")
    def post(self) -> Response:
        """Read one digit"""
        asked = steps.asked(schemas.QUERY)
        limiter = context().limiter
        with limiter.admitted(steps.size_of_request()):
            content = uploads.content_of(request)
            with limiter.slot():
                prepared = _prepare_picture(content) if isinstance(content, bytes) else _prepare_strokes(content)
                (reading,) = _read([prepared], context().model.read, record())
                result = describe(reading, prepared, asked["include"], asked["explain"])
        return steps.response(result)


@namespace.route("/batch")
class Batch(Resource):  # type: ignore[misc]
    """Several pictures, each of one digit."""

    @namespace.doc(
        description=MANY,
        params={
            uploads.BATCH_FIELD: openapi.SEVERAL_FILES,
            "include": INCLUDE,
        },
    )
    @openapi.reads(namespace, models["Batch"], "A reading or an error for each picture, in the same order", batch=True)
    def post(self) -> Response:
        """Read several digits"""
        include = steps.included(schemas.BATCH_QUERY)
        steps.allow_batch()
        limiter = context().limiter
        with limiter.admitted(steps.size_of_request()):
            pictures = uploads.pictures_of(request, context().settings.batch_files)
            with limiter.slot():
                readings = _read_batch([picture for _, picture in pictures])
                results = [
                    {"name": name} | _result(reading, include)
                    for (name, _), reading in zip(pictures, readings, strict=True)
                ]
        return steps.response(dict(schemas.BATCH.dump({"results": results, "model": context().card})))


# --- picture or strokes -> reading ------------------------------------------------------------------------------------


def _prepare_picture(picture: bytes) -> Prepared:
    """Raises the errors of `preprocess.decode`."""
    page = steps.decoded(picture)
    with record().timed("normalize"):
        return preprocess.normalize(page)


def _prepare_strokes(strokes: Strokes) -> Prepared:
    steps.note_strokes(strokes)
    with record().timed("normalize"):
        return preprocess.normalize_strokes(strokes)


def _prepared_or_error(picture: bytes) -> Prepared | PictureError:
    try:
        return _prepare_picture(picture)
    except PictureError as error:
        return error


def _read_batch(pictures: list[bytes]) -> Iterator[tuple[Reading, Prepared] | PictureError]:
    """In the same order. The model reads one chunk while the next is prepared, because it releases Python's lock."""
    chunks = []
    with ThreadPoolExecutor(1) as pool:
        for start in range(0, len(pictures), CHUNK):
            prepared = [_prepared_or_error(picture) for picture in pictures[start : start + CHUNK]]
            valid = [one for one in prepared if isinstance(one, Prepared)]
            chunks.append((prepared, pool.submit(_read, valid, context().model.read, record())))
    for prepared, pending in chunks:
        readings = iter(pending.result())
        for one in prepared:
            yield (next(readings), one) if isinstance(one, Prepared) else one


def _read(prepared: list[Prepared], read: Recognizer, current: Record) -> list[Reading]:
    """In the same order, with a single call of the model."""
    with current.timed("model"):
        readings = recognizer.read_all(read, prepared)
    for reading in readings:
        current.read(reading)
    return readings


# --- reading -> JSON --------------------------------------------------------------------------------------------------


def _result(reading: tuple[Reading, Prepared] | PictureError, include: set[str]) -> dict[str, Any]:
    if isinstance(reading, PictureError):
        return {"error": problems.of_picture(reading)}
    return describe(*reading, include)


def describe(reading: Reading, prepared: Prepared, include: set[str], explain: int | None = None) -> dict[str, Any]:
    """The result as ReadingSchema defines it, with what it should include."""
    result: dict[str, Any] = vars(reading) | {"model": context().card}
    if "input" in include:
        result["input"] = {
            "box": prepared.box,
            "light_on_dark": prepared.light_on_dark,
            "image": None if prepared.square is None else to_data_url(prepared.square),
        }
    if "explanation" in include:
        with record().timed("explain"):
            result["explanation"] = _explanation(reading, prepared, explain)
    if "activations" in include:
        result["activations"] = _activations(prepared)
    return dict(schemas.READING.dump(result))


def _activations(prepared: Prepared) -> list[dict[str, Any]] | None:
    feature_maps = context().model.feature_maps
    if prepared.square is None or feature_maps is None:
        return None
    with record().timed("activations"):
        return layers_of(feature_maps(prepared.square))


def _explanation(reading: Reading, prepared: Prepared, explain: int | None) -> dict[str, Any]:
    """Explain the requested digit, or the most likely one, even if the reading is rejected."""
    if reading.probabilities is None or prepared.square is None:
        return {"image": None, "digit": None, "legend": LEGEND}
    closest = int(np.argmax(reading.probabilities)) if reading.digit is None else reading.digit
    digit = closest if explain is None else explain
    (evidence,) = context().model.explain(prepared.square[None], [digit])
    return {"image": to_data_url(heatmap(evidence, prepared.square)), "digit": digit, "legend": LEGEND}
