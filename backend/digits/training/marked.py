"""Pictures that a person marked on the page with what is in them: a file of them, to measure by or to learn from.

    {"format": "digits-marked", "version": 1, "pictures": [
        {"label": 7, "name": "seven.png", "image": "data:image/png;base64,..."}, ...]}

A label of null says that there is no digit, or not just one.
"""

from __future__ import annotations

import base64
import binascii
import json
import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from numpy.typing import NDArray

from digits import images
from digits.errors import MarkedError, PictureError
from digits.training.data import DIGITS, OTHER, Digits

Bytes8 = NDArray[np.uint8]

FORMAT, VERSION = "digits-marked", 1


@dataclass(frozen=True)
class Marked:
    """A picture with what a person says that it is."""

    label: int | None  # 0 to 9, None where there is no digit or not just one
    name: str
    picture: bytes  # a file in any of the formats that are served
    square: Bytes8 | None  # (28, 28) as it is served; None where nothing is found on the picture


@dataclass(frozen=True)
class MarkedFile:
    """Marked pictures, one at least."""

    name: str
    pictures: Sequence[Marked]


def load(file: Path) -> MarkedFile:
    """The pictures of a file as the page writes it, each prepared as it is served.

    Raises MarkedError, which names the picture that is at fault by its number, from 1, and its name.
    """
    raw = _checked(FileSchema(), _json(file), str(file))["pictures"]
    return MarkedFile(file.name, [_marked(one, _place(file, number, one)) for number, one in enumerate(raw, 1)])


def learnable(files: Sequence[MarkedFile]) -> Digits:
    """The squares, (n, 28, 28), and classes, (n,), of all pictures on which something is found.

    What is no digit is of the class OTHER, whatever it is: the mark does not tell several digits from none. Raises
    MarkedError when nothing is found on any.
    """
    pictures = [one for file in files for one in file.pictures]
    found = [(one.square, OTHER if one.label is None else one.label) for one in pictures if one.square is not None]
    if not found:
        raise MarkedError(f"There is nothing to learn from in {_names(files)}: all {len(pictures)} pictures are blank.")
    squares, classes = zip(*found, strict=True)
    return Digits(np.stack(squares), np.array(classes, np.int64))


def _names(files: Sequence[MarkedFile]) -> str:
    return ", ".join(file.name for file in files)


# --- what a file may hold ---------------------------------------------------------------------------------------------

_short = reprlib.Repr()
_short.maxstring = 80


def _field(name: str, fits: Callable[[Any], bool], should: str, **options: Any) -> fields.Raw:
    """A field whose errors are sentences with the value in them."""

    def check(value: Any) -> None:
        if not fits(value):
            raise ValidationError(f"'{name}' is {_short.repr(value)}; it should be {should}.")

    sentences: dict[str, Any] = {
        "required": f"'{name}' is missing; it should be {should}.",
        "null": f"'{name}' is null, not {should}.",
    }
    return fields.Raw(required=True, validate=check, error_messages=sentences, **options)


class FileSchema(Schema):
    """A file of marked pictures."""

    class Meta:
        """Whatever else is told of them may stay untold here."""

        unknown = EXCLUDE

    format = _field("format", lambda value: value == FORMAT, repr(FORMAT))
    version = _field("version", lambda value: value == VERSION, str(VERSION))
    pictures = _field(
        "pictures", lambda value: isinstance(value, list) and bool(value), "a list of one picture or more"
    )


class PictureSchema(Schema):
    """One of its pictures."""

    class Meta:
        """Likewise."""

        unknown = EXCLUDE

    label = _field(
        "label",
        lambda value: type(value) is int and 0 <= value < DIGITS,  # JSON's true is an int in Python, too
        "a digit, 0 to 9, or null where there is none",
        allow_none=True,
    )
    name = _field("name", lambda value: isinstance(value, str), "text")
    image = _field("image", lambda value: isinstance(value, str), "a data: URL in base64")


def _json(file: Path) -> object:
    try:
        return json.loads(file.read_bytes())
    except OSError as error:
        raise MarkedError(f"{file} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise MarkedError(f"{file} is no JSON: {error}.") from error


def _checked(schema: Schema, raw: object, where: str) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise MarkedError(f"{where}: This is {_short.repr(raw)}, not a JSON object.")
    try:
        return dict(schema.load(raw))
    except ValidationError as error:
        sentences = [sentence for field in error.messages_dict.values() for sentence in field]
        raise MarkedError(f"{where}: {' '.join(sentences)}") from None


def _place(file: Path, number: int, raw: object) -> str:
    """What to call a picture, also one that cannot be read."""
    name = raw.get("name") if isinstance(raw, Mapping) else None
    return f"{file}, picture {number}" + ("" if name is None else f" ({_short.repr(name)})")


def _marked(raw: object, where: str) -> Marked:
    told = _checked(PictureSchema(), raw, where)
    try:
        picture = _bytes_of(told["image"])
        return Marked(told["label"], told["name"], picture, images.prepare(picture).square)
    except (ValueError, PictureError) as error:
        raise MarkedError(f"{where}: {error}") from error


def _bytes_of(url: str) -> bytes:
    """Raises ValueError, a sentence."""
    head, comma, text = url.partition(",")
    if not (head.startswith("data:") and head.endswith(";base64") and comma):
        raise ValueError(f"'image' is {_short.repr(url)}; it should be a data: URL in base64.")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError(f"'image' is not base64: {_short.repr(text)}.") from None
