"""The contract: input and output of the API. Its documentation is generated from these schemas."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from marshmallow.exceptions import SCHEMA

from digits.api.strokes import EXAMPLE, StrokesField
from digits.errors import RequestError
from digits.geometry import SIDE
from digits.model.heatmap import LEGEND

INCLUDABLE = ("input", "explanation", "activations")
INCLUDABLE_WITH_NUMBERS = ("input",)
STATUSES = ("accepted", "uncertain", "rejected")
REASONS = ("low_confidence", "blank", "not_a_digit", "several_digits")
NUMBER_REASONS = ("low_confidence", "blank", "no_number")


def load(schema: Schema, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Validated input. Raises RequestError, because Flask-RESTX would turn a ValidationError into its own format."""
    try:
        return dict(schema.load(raw))
    except ValidationError as error:
        raise RequestError(_sentences(error.messages_dict)) from None


def _sentences(messages: Mapping[str, Any]) -> str:
    return " ".join(_sentence(name, _flat(message)) for name, message in messages.items())


def _sentence(name: str, message: str) -> str:
    """The message with its field's name, unless it is about the whole body or already begins with the name."""
    return message if name == SCHEMA or message.startswith(f"{name}[") else f"{name}: {message}"


def _flat(message: Any) -> str:
    if isinstance(message, Mapping):
        return " ".join(_flat(part) for part in message.values())
    if isinstance(message, (list, tuple)):
        return " ".join(_flat(part) for part in message)
    return str(message)


def names(include: str) -> set[str]:
    """'a,b' -> {'a', 'b'}."""
    return {name.strip() for name in include.split(",")} - {""}


def _includable(include: str, choice: tuple[str, ...] = INCLUDABLE) -> None:
    for name in sorted(names(include) - set(choice)):
        raise ValidationError(f"{name!r} cannot be included. Choose from {', '.join(choice)}.")


Documented = TypeVar("Documented", bound=fields.Field[Any])


def _documented(field: Documented, description: str, example: Any) -> Documented:
    """The field with a description and an example for Swagger UI."""
    field.metadata = {"description": description, "example": example}
    return field


class QuerySchema(Schema):
    """The query string of a request for one digit."""

    include = fields.String(load_default="", validate=_includable)
    explain = fields.Integer(load_default=None, validate=validate.Range(0, 9))


class BatchQuerySchema(Schema):
    """The query string of a request for many digits."""

    include = fields.String(load_default="", validate=_includable)


class NumbersQuerySchema(Schema):
    """The query string of a request for numbers."""

    include = fields.String(load_default="", validate=partial(_includable, choice=INCLUDABLE_WITH_NUMBERS))


class BodySchema(Schema):
    """The JSON forms of a request: a picture or strokes."""

    image = fields.String(
        metadata={"description": "The picture in base64, or as a data: URL", "example": "iVBORw0KGgo..."},
        error_messages={"invalid": "The picture must be a string of base64."},
    )
    strokes = StrokesField(
        metadata={
            "description": "Pen strokes in writing order: x, y (down) in any unit, and optionally t in milliseconds",
            "example": EXAMPLE,
        },
    )

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _either(self, _: Any, original: Mapping[str, Any], **kwargs: Any) -> None:
        given = {"image", "strokes"} & original.keys()
        if not given:
            raise ValidationError("The picture or the strokes are missing: send either 'image' or 'strokes'.")
        if len(given) > 1:
            raise ValidationError("The body has both 'image' and 'strokes', but must have only one of them.")


class _AsItIs(fields.Float):
    """A number in JSON as it is: 102 for an integer, not 102.0."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value


class InputSchema(Schema):
    """The input of the network."""

    box = _documented(
        fields.List(_AsItIs(), required=True, allow_none=True, validate=validate.Length(equal=4)),
        "Bounding box of the digit: x, y, width, height in pixels of the upright picture, or in the units of the "
        "strokes",
        example=[102, 61, 88, 140],
    )
    light_on_dark = _documented(
        fields.Boolean(required=True),
        "Whether the ink is lighter than its background; false for strokes",
        example=False,
    )
    image = _documented(
        fields.String(required=True, allow_none=True),
        f"The {SIDE}x{SIDE} square that the network reads, as a data: URL of a PNG; null when blank",
        example="data:image/png;base64,iVBORw0KGgo...",
    )


LegendSchema = Schema.from_dict(  # "for" cannot be the name of an attribute
    {
        "for": _documented(fields.String(required=True), "CSS colour of pixels that support the digit", LEGEND["for"]),
        "against": _documented(
            fields.String(required=True), "CSS colour of pixels that count against it", LEGEND["against"]
        ),
    },
    name="LegendSchema",
)


class ExplanationSchema(Schema):
    """Which ink led to the digit."""

    image = _documented(
        fields.String(required=True, allow_none=True),
        f"How much the ink supports or contradicts the digit, as a data: URL of a transparent PNG, {SIDE}x{SIDE}, to "
        "overlay on the input. The colours are those of the legend; stronger evidence is more opaque. Null when blank",
        example="data:image/png;base64,iVBORw0KGgo...",
    )
    digit = _documented(
        fields.Integer(required=True, allow_none=True, validate=validate.Range(0, 9)),
        "The digit that is explained: the one asked for with `explain`, or else the most likely. Null when blank",
        example=7,
    )
    legend = fields.Nested(LegendSchema, required=True)


class LayerSchema(Schema):
    """What a convolution of the network sees."""

    layer = _documented(fields.String(required=True), "Its name, in the order of the network", "convolution_1")
    width = _documented(fields.Integer(required=True), "Width of a feature map in pixels", SIDE)
    height = _documented(fields.Integer(required=True), "Height of a feature map in pixels", SIDE)
    channels = _documented(fields.Integer(required=True), "How many feature maps it has", 16)
    image = _documented(
        fields.String(required=True),
        "All feature maps side by side, as a data: URL of a greyscale PNG, channels * width by height. White is the "
        "strongest activation of the layer; black means no activation",
        "data:image/png;base64,iVBORw0KGgo...",
    )


class ModelNameSchema(Schema):
    """The model that read the picture."""

    name = fields.String(required=True, metadata={"example": "digits"})
    version = fields.String(required=True, metadata={"example": "1"})


def _probability(description: str, example: float) -> fields.Float:
    field = fields.Float(required=True, allow_none=True, validate=validate.Range(0, 1))
    return _documented(field, description, example)


class ReadingSchema(Schema):
    """The result for one picture."""

    status = _documented(
        fields.String(required=True, validate=validate.OneOf(STATUSES)),
        "accepted; uncertain: there is a digit, but do not rely on it; rejected: there is no digit",
        example="accepted",
    )
    reason = _documented(
        fields.String(required=True, allow_none=True, validate=validate.OneOf([*REASONS, None])),
        "Why it is not accepted; null when it is",
        example=None,
    )
    digit = _documented(
        fields.Integer(required=True, allow_none=True, validate=validate.Range(0, 9)),
        "The digit; null when rejected",
        example=7,
    )
    confidence = _probability(
        "Probability that the whole reading is right: the largest of the ten probabilities times "
        "(1 - not_a_digit - several_digits); null when rejected",
        example=0.9989,
    )
    probabilities = _documented(
        fields.List(
            fields.Float(validate=validate.Range(0, 1)),
            required=True,
            allow_none=True,
            validate=validate.Length(equal=10),
        ),
        "Of the digits 0 to 9, in this order, given that the picture shows one digit. "
        "They add up to 1. Null when blank",
        example=[0.0, 0.0001, 0.0002, 0.0, 0.0001, 0.0, 0.0, 0.9991, 0.0, 0.0005],
    )
    not_a_digit = _probability("Probability that the picture shows no digit; null when blank", example=0.0002)
    several_digits = _probability("Probability that it shows more than one digit; null when blank", example=0.0)
    input = fields.Nested(InputSchema, metadata={"description": "Only with include=input"})
    explanation = fields.Nested(ExplanationSchema, metadata={"description": "Only with include=explanation"})
    activations = fields.List(
        fields.Nested(LayerSchema),
        allow_none=True,
        metadata={
            "description": "Only with include=activations: the feature maps of the first network's convolutions. Null "
            "when blank, and for a model that cannot show them"
        },
    )
    model = fields.Nested(ModelNameSchema, required=True)


BOX = {
    "description": "Bounding box: x, y, width, height in pixels of the upright picture, or in the units of the strokes",
    "example": [31, 40, 402, 120],
}


class DigitOfNumberSchema(Schema):
    """One digit of a number."""

    digit = fields.Integer(required=True, validate=validate.Range(0, 9), metadata={"example": 2})
    confidence = fields.Float(
        required=True,
        validate=validate.Range(0, 1),
        metadata={"description": "Probability that this ink is this digit", "example": 0.999},
    )
    probabilities = fields.List(
        fields.Float(validate=validate.Range(0, 1)),
        required=True,
        validate=validate.Length(equal=10),
        metadata={"description": "Of the digits 0 to 9, in this order, given that the ink is one digit"},
    )
    box = fields.List(_AsItIs(), required=True, validate=validate.Length(equal=4), metadata=BOX)
    strokes = fields.List(
        fields.Integer(), metadata={"description": "Indices of its strokes; only for a request with strokes"}
    )
    image = fields.String(
        metadata={
            "description": f"The {SIDE}x{SIDE} square that the network reads, as a data: URL of a PNG; only with "
            "include=input",
            "example": "data:image/png;base64,iVBORw0KGgo...",
        }
    )


class NumberSchema(Schema):
    """One number."""

    status = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES[:2]),
        metadata={"description": "accepted; uncertain: do not rely on it", "example": "accepted"},
    )
    text = fields.String(
        required=True,
        validate=validate.Regexp("[0-9]+$"),
        metadata={"description": "The digits, with leading zeros", "example": "2026"},
    )
    confidence = fields.Float(
        required=True,
        validate=validate.Range(0, 1),
        metadata={"description": "Calibrated probability that the whole text is right", "example": 0.98},
    )
    box = fields.List(_AsItIs(), required=True, validate=validate.Length(equal=4), metadata=BOX)
    digits = fields.List(fields.Nested(DigitOfNumberSchema), required=True)


class NumbersSchema(Schema):
    """The numbers on one picture."""

    status = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES),
        metadata={
            "description": "accepted: all numbers are; uncertain: at least one is; rejected: there is no number",
            "example": "accepted",
        },
    )
    reason = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*NUMBER_REASONS, None]),
        metadata={"description": "Why it is not accepted; null when it is", "example": None},
    )
    numbers = fields.List(
        fields.Nested(NumberSchema),
        required=True,
        metadata={"description": "In reading order: from top to bottom, and from left to right"},
    )
    model = fields.Nested(ModelNameSchema, required=True)


class ProblemSchema(Schema):
    """An error (RFC 9457)."""

    type = fields.String(required=True, metadata={"example": "urn:digits:problem:unreadable-picture"})
    title = fields.String(required=True, metadata={"example": "Unreadable picture"})
    status = fields.Integer(required=True, metadata={"example": 422})
    detail = fields.String(required=True, metadata={"description": "One sentence for a person"})
    request_id = fields.String(required=True, metadata={"description": "The value of the header X-Request-ID"})


class NamedReadingSchema(ReadingSchema):
    """The result for one picture in a batch: a reading or an error."""

    name = fields.String(required=True, metadata={"description": "Name of the file", "example": "seven.png"})
    error = fields.Nested(ProblemSchema, metadata={"description": "Replaces the reading"})


class BatchSchema(Schema):
    """The results for several pictures, in the same order."""

    results = fields.List(fields.Nested(NamedReadingSchema(partial=True)), required=True)
    model = fields.Nested(ModelNameSchema, required=True)


class NamedNumbersSchema(NumbersSchema):
    """The result for one picture in a batch: its numbers or an error."""

    name = fields.String(required=True, metadata={"description": "Name of the file", "example": "page.png"})
    error = fields.Nested(ProblemSchema, metadata={"description": "Replaces the numbers"})


class NumbersBatchSchema(Schema):
    """The results for several pictures, in the same order."""

    results = fields.List(fields.Nested(NamedNumbersSchema(partial=True)), required=True)
    model = fields.Nested(ModelNameSchema, required=True)


class FigureSchema(Schema):
    """One measurement."""

    data = fields.String(required=True)
    pictures = fields.Integer(required=True)
    errors = fields.Integer(required=True, metadata={"description": "Read as another digit, or rejected"})
    error_percent = fields.Float(required=True)
    rejected = fields.Integer(required=True)
    uncertain = fields.Integer(required=True)
    expected_calibration_error = fields.Float(required=True)
    milliseconds = fields.Float(required=True, metadata={"description": "Median time for one picture"})


class RefusalSchema(Schema):
    """A measurement with pictures that do not show one digit."""

    data = fields.String(required=True)
    pictures = fields.Integer(required=True)
    accepted = fields.Integer(required=True, metadata={"description": "Wrongly accepted as a digit"})
    accepted_percent = fields.Float(required=True)
    uncertain = fields.Integer(required=True)
    rejected = fields.Integer(required=True)


class RobustnessSchema(Schema):
    """A measurement with one corruption of MNIST's test images."""

    corruption = fields.String(required=True)
    pictures = fields.Integer(required=True)
    error_percent = fields.Float(required=True, metadata={"description": "With preprocessing"})
    error_percent_unprepared = fields.Float(
        required=True, metadata={"description": "Without preprocessing, for comparison"}
    )


class NumbersFigureSchema(Schema):
    """A measurement with numbers."""

    data = fields.String(required=True)
    pages = fields.Integer(required=True)
    right_percent = fields.Float(
        required=True, metadata={"description": "Pages of which every number is read as it is"}
    )
    right_percent_touching = fields.Float(
        required=True, allow_none=True, metadata={"description": "Of those whose digits touch; null if none do"}
    )
    digit_error_percent = fields.Float(required=True, metadata={"description": "Edit distance per digit"})
    accepted_percent = fields.Float(required=True)
    accepted_wrong_percent = fields.Float(required=True, metadata={"description": "Of the accepted pages"})
    calibration_error_percent = fields.Float(
        allow_none=True,
        metadata={"description": "Expected calibration error of the confidence; null for pages of several numbers"},
    )
    milliseconds = fields.Float(required=True, metadata={"description": "Median time for one page"})


class FeatureSchema(Schema):
    """A feature map of the network, and what excites it."""

    layer = fields.String(required=True, metadata={"example": "convolution_2"})
    channel = fields.Integer(required=True, metadata={"description": "Counted from 0"})
    digits = fields.List(
        fields.Integer(), required=True, metadata={"description": "Digits that excite it most, the strongest first"}
    )
    strokes = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Direction of bars that excite it most: horizontal, rising, vertical or falling"},
    )
    place = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Where it is strongest on average: top, bottom, left or right"},
    )


class CardSchema(Schema):
    """The model card."""

    name = fields.String(required=True)
    version = fields.String(required=True)
    sha256 = fields.String(required=True, metadata={"description": "Checksum of the SavedModel's files"})
    trained_on = fields.Dict(keys=fields.String(), required=True)
    chosen_on = fields.Dict(keys=fields.String(), required=True)
    calibration = fields.Dict(keys=fields.String(), required=True)
    thresholds = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    limits = fields.List(fields.String(), required=True)
    figures = fields.List(fields.Nested(FigureSchema), required=True)
    refusals = fields.List(fields.Nested(RefusalSchema), required=True)
    robustness = fields.List(fields.Nested(RobustnessSchema), required=True)
    features = fields.List(
        fields.Nested(FeatureSchema),
        load_default=[],
        metadata={"description": "Some feature maps of each convolution of the first network, and what excites them"},
    )
    numbers = fields.List(fields.Nested(NumbersFigureSchema), metadata={"description": "Figures of reading numbers"})
    self_test = fields.Dict(keys=fields.String(), required=True)


class HealthSchema(Schema):
    """The state of the process."""

    status = fields.String(required=True, validate=validate.OneOf(("live", "ready")))


# Created once: creating a schema copies all of its fields, which takes longer than using it.
QUERY, BATCH_QUERY, BODY = QuerySchema(), BatchQuerySchema(), BodySchema()
READING, BATCH, CARD = ReadingSchema(), BatchSchema(), CardSchema()
NUMBERS_QUERY, NUMBERS, NUMBERS_BATCH = NumbersQuerySchema(), NumbersSchema(), NumbersBatchSchema()
