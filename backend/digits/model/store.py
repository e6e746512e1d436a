"""Models on disk: one folder per version, with a SavedModel and a model card.

The card, a JSON file, says what the model is, what it was trained on, and every figure that was measured. It also has
the checksum of the SavedModel.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from digits.errors import ModelError

Card = dict[str, Any]

CARD = "card.json"


def newest(models: Path, version: str = "") -> Path:
    """The folder with the highest version number, or that of `version`. Raises ModelError when there is none."""
    found = _versions(models, version or "*")
    if not found:
        missing = f"a folder {version}" if version else "a folder named by a version number"
        raise ModelError(f"There is no model in {models}: it does not contain {missing}.")
    return found[max(found)]


def next_version(models: Path) -> Path:
    """The folder for a model that is newer than all others."""
    return models / str(max(_versions(models), default=0) + 1)


def _versions(models: Path, pattern: str = "*") -> dict[int, Path]:
    return {int(folder.name): folder for folder in models.glob(pattern) if folder.name.isdecimal()}


def read_card(folder: Path) -> Card:
    """The card of a model. Raises ModelError when there is none, or when it is damaged."""
    try:
        card = json.loads((folder / CARD).read_text("utf-8"))
    except OSError as error:
        raise ModelError(f"There is no model card {folder / CARD}.") from error
    except ValueError as error:
        raise ModelError(f"The model card {folder / CARD} is damaged.") from error
    if not isinstance(card, dict):
        raise ModelError(f"The model card {folder / CARD} is not a JSON object.")
    return card


def verified_card(folder: Path) -> Card:
    """The card of a model whose files have the checksum that the card states. Raises ModelError."""
    card = read_card(folder)
    try:
        found = checksum(folder)
    except OSError as error:
        raise ModelError(f"The model in {folder} cannot be read.") from error
    if found != card.get("sha256"):
        raise ModelError(f"The model in {folder} has the SHA-256 {found}, but its card says {card.get('sha256')}.")
    return card


def write_card(folder: Path, card: Card) -> None:
    """Write the card into the model's folder."""
    (folder / CARD).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", "utf-8")


def checksum(folder: Path) -> str:
    """SHA-256, in hexadecimal, of the names and contents of the SavedModel's files in alphabetical order."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CARD):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
