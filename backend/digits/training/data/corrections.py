"""Corrections: pictures that a user labelled on the page, in a file, to measure by or to train on.

    {"format": "digits-marked", "version": 1, "pictures": [
        {"label": 7, "name": "seven.png", "image": "data:image/png;base64,..."}, ...]}

A label of null means that there is no digit, or more than one. Of a number whose digits were separated wrongly, the
page also saves the right `text`, which is not used here.
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

from digits import preprocess
from digits.errors import CorrectionsError, PictureError
from digits.training.data import DIGITS, NOT_A_DIGIT, Bytes8, LabelledImages

FORMAT, VERSION = "digits-marked", 1

#: Mean difference in grey levels below which two squares show the same image: two different digits differ by about 40.
SAME_IMAGE = 10


@dataclass(frozen=True)
class Correction:
    """A picture with the label that a user gave it."""

    label: int | None  # 0 to 9, None if there is no digit or more than one
    name: str
    picture: bytes  # a file in any of the served formats
    square: Bytes8 | None  # (SIDE, SIDE) after preprocessing; None for a blank picture


@dataclass(frozen=True)
class CorrectionsFile:
    """The corrections of one file, at least one."""

    name: str
    pictures: Sequence[Correction]


def load(file: Path) -> CorrectionsFile:
    """Read a file that the page wrote, and preprocess its pictures.

    Raises CorrectionsError, which names the faulty picture by its number, from 1, and its name.
    """
    raw = _checked(FileSchema(), _json(file), str(file))["pictures"]
    return CorrectionsFile(
        file.name, [_correction(one, _place(file, number, one)) for number, one in enumerate(raw, 1)]
    )


def trainable(files: Sequence[CorrectionsFile]) -> LabelledImages:
    """The squares, (n, SIDE, SIDE), and classes, (n,), of all pictures that are not blank.

    What is not a digit gets the class NOT_A_DIGIT, since the label does not tell several digits from none. Raises
    CorrectionsError when all pictures are blank.
    """
    pictures = [one for file in files for one in file.pictures]
    found = [
        (one.square, NOT_A_DIGIT if one.label is None else one.label) for one in pictures if one.square is not None
    ]
    if not found:
        names = ", ".join(file.name for file in files)
        raise CorrectionsError(f"Nothing in {names} can be trained on: all {len(pictures)} pictures are blank.")
    squares, classes = zip(*found, strict=True)
    return LabelledImages(np.stack(squares), np.array(classes, np.int64))


def without_test_images(corrections: LabelledImages, test: Bytes8) -> LabelledImages:
    """The corrections that show none of MNIST's test images, (m, SIDE, SIDE), of which the page's samples are made."""
    distances = [np.abs(test.astype(np.int16) - square).mean(axis=(1, 2)).min() for square in corrections.images]
    return corrections[np.array(distances) >= SAME_IMAGE]


# --- the format ---------------------------------------------------------------------------------------------

_short = reprlib.Repr()
_short.maxstring = 80


def _field(name: str, fits: Callable[[Any], bool], should: str, **options: Any) -> fields.Raw:
    """A field whose error messages are sentences with the value in them."""

    def check(value: Any) -> None:
        if not fits(value):
            raise ValidationError(f"'{name}' is {_short.repr(value)}; it should be {should}.")

    sentences: dict[str, Any] = {
        "required": f"'{name}' is missing; it should be {should}.",
        "null": f"'{name}' is null, not {should}.",
    }
    return fields.Raw(required=True, validate=check, error_messages=sentences, **options)


class FileSchema(Schema):
    """A file of corrections."""

    class Meta:
        """Other fields are ignored."""

        unknown = EXCLUDE

    format = _field("format", lambda value: value == FORMAT, repr(FORMAT))
    version = _field("version", lambda value: value == VERSION, str(VERSION))
    pictures = _field(
        "pictures", lambda value: isinstance(value, list) and bool(value), "a list of one picture or more"
    )


class PictureSchema(Schema):
    """One of its pictures."""

    class Meta:
        """Other fields are ignored."""

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
        raise CorrectionsError(f"{file} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CorrectionsError(f"{file} is not JSON: {error}.") from error


def _checked(schema: Schema, raw: object, where: str) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise CorrectionsError(f"{where}: This is {_short.repr(raw)}, not a JSON object.")
    try:
        return dict(schema.load(raw))
    except ValidationError as error:
        sentences = [sentence for field in error.messages_dict.values() for sentence in field]
        raise CorrectionsError(f"{where}: {' '.join(sentences)}") from None


def _place(file: Path, number: int, raw: object) -> str:
    """The name of a picture in an error message."""
    name = raw.get("name") if isinstance(raw, Mapping) else None
    return f"{file}, picture {number}" + ("" if name is None else f" ({_short.repr(name)})")


def _correction(raw: object, where: str) -> Correction:
    fields_ = _checked(PictureSchema(), raw, where)
    try:
        picture = _bytes_of(fields_["image"])
        return Correction(fields_["label"], fields_["name"], picture, preprocess.prepare(picture).square)
    except (ValueError, PictureError) as error:
        raise CorrectionsError(f"{where}: {error}") from error


def _bytes_of(url: str) -> bytes:
    """Raises ValueError, a sentence."""
    head, comma, text = url.partition(",")
    if not (head.startswith("data:") and head.endswith(";base64") and comma):
        raise ValueError(f"'image' is {_short.repr(url)}; it should be a data: URL in base64.")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError(f"'image' is not base64: {_short.repr(text)}.") from None
