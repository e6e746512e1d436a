"""The strokes of a JSON body -> arrays of points. Shared by every operation that reads strokes."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from marshmallow import ValidationError, fields
from numpy.typing import NDArray

from digits.preprocess import Points

MOST_BYTES = 512 * 2**10  # of the body
MOST_STROKES = 500
MOST_POINTS = 20_000  # of all strokes together
LARGEST = 1e300  # widths and heights of larger numbers could overflow

REQUIRED, OPTIONAL = ("x", "y"), ("t",)  # the columns of a stroke
EXAMPLE = [{"x": [30, 90, 60], "y": [20, 20, 110]}]


class StrokesField(fields.Field[list[Points]]):
    """Strokes as columns -> one array (n, 2) of x and y per stroke. Empty ones are kept for the indices."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Points]:
        if not isinstance(value, list):
            raise ValidationError('The strokes must be a list such as [{"x": [30, 90], "y": [20, 20]}].')
        if len(value) > MOST_STROKES:
            raise ValidationError(f"There are {len(value):,} strokes. The limit is {MOST_STROKES}.")
        strokes = [_points(stroke, f"strokes[{index}]") for index, stroke in enumerate(value)]
        count = sum(map(len, strokes))
        if count > MOST_POINTS:
            raise ValidationError(f"There are {count:,} points. The limit is {MOST_POINTS:,}.")
        return strokes


def _points(stroke: Any, place: str) -> Points:
    """Columns -> (n, 2). The times are checked and left out. Raises ValidationError, which names the place."""
    if not isinstance(stroke, Mapping):
        raise ValidationError(f'{place} must be an object such as {{"x": [30, 90], "y": [20, 20]}}.')
    for name in stroke:
        if name not in REQUIRED + OPTIONAL:
            raise ValidationError(f"{place} has the unknown member {reprlib.repr(name)}. It may have x, y and t.")
    for name in REQUIRED:
        if name not in stroke:
            raise ValidationError(f"{place} has no {name}.")
    columns = {name: _numbers(values, f"{place}.{name}") for name, values in stroke.items()}
    for name, column in columns.items():
        if len(column) != len(columns["x"]):
            raise ValidationError(f"{place} has {len(columns['x']):,} numbers in x, but {len(column):,} in {name}.")
    return np.stack([columns["x"], columns["y"]], axis=1)


def _numbers(values: Any, place: str) -> NDArray[np.float64]:
    """A list of numbers, all of them at once, because there may be thousands. Raises ValidationError."""
    if not isinstance(values, list):
        raise ValidationError(f"{place} must be a list of numbers.")
    if not set(map(type, values)) <= {int, float}:  # a boolean is an int for `isinstance`, but not here
        index = next(index for index, value in enumerate(values) if type(value) not in (int, float))
        raise ValidationError(f"{place}[{index}] is {reprlib.repr(values[index])}, but must be a number.")
    with suppress(OverflowError):  # an integer that is larger than every float
        numbers = np.array(values, np.float64)
        if (np.abs(numbers) <= LARGEST).all():  # never true of NaN
            return numbers
    index = next(index for index, value in enumerate(values) if not abs(value) <= LARGEST)
    raise ValidationError(
        f"{place}[{index}] is {reprlib.repr(values[index])}, but must be a number from {-LARGEST:g} to {LARGEST:g}."
    )
