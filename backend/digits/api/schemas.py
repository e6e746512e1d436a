"""The contract: what comes in and what goes out. The documentation is made from these schemas, and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from digits.errors import RequestError

INCLUDABLE = ("input", "explanation")
STATUSES = ("accepted", "uncertain", "rejected")
REASONS = ("low_confidence", "blank", "not_a_digit", "several_digits")


def load(schema: Schema, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Checked input. Raises RequestError: Flask-RESTX would answer marshmallow's error in a way of its own."""
    try:
        return dict(schema.load(raw))
    except ValidationError as error:
        raise RequestError(_sentences(error.messages_dict)) from None


def _sentences(messages: Mapping[str, Any]) -> str:
    return " ".join(f"{name}: {_flat(message)}" for name, message in messages.items())


def _flat(message: Any) -> str:
    if isinstance(message, Mapping):
        return " ".join(_flat(part) for part in message.values())
    if isinstance(message, (list, tuple)):
        return " ".join(_flat(part) for part in message)
    return str(message)


def names(include: str) -> set[str]:
    """'a,b' -> {'a', 'b'}."""
    return {name.strip() for name in include.split(",")} - {""}


def _includable(include: str) -> None:
    for name in sorted(names(include) - set(INCLUDABLE)):
        raise ValidationError(f"{name!r} cannot be included; what can is {', '.join(INCLUDABLE)}.")


class QuerySchema(Schema):
    """The query of a question."""

    include = fields.String(load_default="", validate=_includable)


class PictureSchema(Schema):
    """The JSON form of a question."""

    image = fields.String(
        required=True,
        metadata={"description": "The picture in base64, bare or as a data: URL", "example": "iVBORw0KGgo..."},
        error_messages={"required": "The picture is missing.", "invalid": "The picture must be a string of base64."},
    )


class InputSchema(Schema):
    """What the network saw."""

    box = fields.List(
        fields.Integer(),
        required=True,
        allow_none=True,
        validate=validate.Length(equal=4),
        metadata={
            "description": "Where the ink was found: x, y, width, height in the picture's upright pixels",
            "example": [102, 61, 88, 140],
        },
    )
    light_on_dark = fields.Boolean(
        required=True, metadata={"description": "Whether the ink is lighter than its paper", "example": False}
    )
    image = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The 28x28 square that the network saw, as a data: URL of a PNG; null when blank",
            "example": "data:image/png;base64,iVBORw0KGgo...",
        },
    )


class ExplanationSchema(Schema):
    """Why the digit was read."""

    image = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "How much each of the 28x28 pixels speaks for the digit, as a data: URL of a transparent "
            "PNG to be laid over the input: blue where for it, orange where against it, the more opaque the more; null "
            "when rejected",
            "example": "data:image/png;base64,iVBORw0KGgo...",
        },
    )


class ModelNameSchema(Schema):
    """Which model answered."""

    name = fields.String(required=True, metadata={"example": "digits"})
    version = fields.String(required=True, metadata={"example": "1"})


class ReadingSchema(Schema):
    """The answer to one picture."""

    status = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES),
        metadata={
            "description": "accepted; uncertain: a digit is given, but do not rely on it; rejected: there is no digit",
            "example": "accepted",
        },
    )
    reason = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*REASONS, None]),
        metadata={"description": "Why it is not accepted; null when it is", "example": None},
    )
    digit = fields.Integer(
        required=True,
        allow_none=True,
        validate=validate.Range(0, 9),
        metadata={"description": "The digit; null when rejected", "example": 7},
    )
    confidence = fields.Float(
        required=True,
        allow_none=True,
        validate=validate.Range(0, 1),
        metadata={"description": "The largest of the probabilities; null when rejected", "example": 0.9991},
    )
    probabilities = fields.List(
        fields.Float(validate=validate.Range(0, 1)),
        required=True,
        allow_none=True,
        validate=validate.Length(equal=10),
        metadata={
            "description": "Of the digits 0 to 9, in this order; they add up to 1; null when blank",
            "example": [0.0, 0.0001, 0.0002, 0.0, 0.0001, 0.0, 0.0, 0.9991, 0.0, 0.0005],
        },
    )
    input = fields.Nested(InputSchema, metadata={"description": "Only with include=input"})
    explanation = fields.Nested(ExplanationSchema, metadata={"description": "Only with include=explanation"})
    model = fields.Nested(ModelNameSchema, required=True)


class ProblemSchema(Schema):
    """A failure (RFC 9457)."""

    type = fields.String(required=True, metadata={"example": "urn:digits:problem:unreadable-picture"})
    title = fields.String(required=True, metadata={"example": "Unreadable picture"})
    status = fields.Integer(required=True, metadata={"example": 422})
    detail = fields.String(required=True, metadata={"description": "A sentence for a person"})
    request_id = fields.String(required=True, metadata={"description": "The same as in the header X-Request-ID"})


class NamedReadingSchema(ReadingSchema):
    """The answer to one picture of several: a reading, or an error."""

    name = fields.String(required=True, metadata={"description": "Of the file", "example": "seven.png"})
    error = fields.Nested(ProblemSchema, metadata={"description": "In the place of a reading"})


class BatchSchema(Schema):
    """The answers to several pictures, in their order."""

    results = fields.List(fields.Nested(NamedReadingSchema(partial=True)), required=True)
    model = fields.Nested(ModelNameSchema, required=True)


class FigureSchema(Schema):
    """One measurement."""

    data = fields.String(required=True)
    pictures = fields.Integer(required=True)
    errors = fields.Integer(required=True, metadata={"description": "Read as another digit, or not read at all"})
    error_percent = fields.Float(required=True)
    rejected = fields.Integer(required=True)
    uncertain = fields.Integer(required=True)
    expected_calibration_error = fields.Float(required=True)
    milliseconds = fields.Float(required=True, metadata={"description": "Median time for one picture"})


class RefusalSchema(Schema):
    """A measurement with pictures that are not of one digit."""

    data = fields.String(required=True)
    pictures = fields.Integer(required=True)
    accepted = fields.Integer(required=True, metadata={"description": "Read as a sure digit: wrongly"})
    accepted_percent = fields.Float(required=True)
    uncertain = fields.Integer(required=True)
    rejected = fields.Integer(required=True)


class RobustnessSchema(Schema):
    """A measurement with MNIST's test images spoilt in one way."""

    corruption = fields.String(required=True)
    pictures = fields.Integer(required=True)
    error_percent = fields.Float(required=True, metadata={"description": "Prepared as every picture is"})
    error_percent_unprepared = fields.Float(
        required=True, metadata={"description": "Given to the network as they are, for comparison"}
    )


class CardSchema(Schema):
    """The model card."""

    name = fields.String(required=True)
    version = fields.String(required=True)
    sha256 = fields.String(required=True, metadata={"description": "Of the SavedModel's files"})
    trained_on = fields.Dict(keys=fields.String(), required=True)
    chosen_on = fields.Dict(keys=fields.String(), required=True)
    calibration = fields.Dict(keys=fields.String(), required=True)
    thresholds = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    limits = fields.List(fields.String(), required=True)
    figures = fields.List(fields.Nested(FigureSchema), required=True)
    refusals = fields.List(fields.Nested(RefusalSchema), required=True)
    robustness = fields.List(fields.Nested(RobustnessSchema), required=True)
    self_test = fields.Dict(keys=fields.String(), required=True)


class HealthSchema(Schema):
    """A sign of life."""

    status = fields.String(required=True, validate=validate.OneOf(("live", "ready")))


# Made once: to make a schema copies all of its fields, which takes longer than to use it.
QUERY, PICTURE, READING, BATCH, CARD = QuerySchema(), PictureSchema(), ReadingSchema(), BatchSchema(), CardSchema()
