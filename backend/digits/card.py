"""The model card: what a model is, what was measured, where it stands. A JSON file beside the SavedModel."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from digits.errors import ModelError

Card = dict[str, Any]

NAME = "card.json"


def read(folder: Path) -> Card:
    """The card in the model's folder. Raises ModelError when there is none, or none that can be read."""
    try:
        card = json.loads((folder / NAME).read_text("utf-8"))
    except OSError as error:
        raise ModelError(f"There is no model card {folder / NAME}.") from error
    except ValueError as error:
        raise ModelError(f"The model card {folder / NAME} is damaged.") from error
    if not isinstance(card, dict):
        raise ModelError(f"The model card {folder / NAME} is no JSON object.")
    return card


def checked(folder: Path) -> Card:
    """The card of a model whose files are the very ones that it speaks of. Raises ModelError."""
    card = read(folder)
    try:
        found = fingerprint(folder)
    except OSError as error:
        raise ModelError(f"The model in {folder} cannot be read.") from error
    if found != card.get("sha256"):
        raise ModelError(f"The model in {folder} has the SHA-256 {found}; its card says {card.get('sha256')}.")
    return card


def write(folder: Path, card: Card) -> None:
    """Put the card into the model's folder."""
    (folder / NAME).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", "utf-8")


def fingerprint(folder: Path) -> str:
    """SHA-256, in hexadecimal, over the names and bytes of the SavedModel's files in alphabetic order."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
