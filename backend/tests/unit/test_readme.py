"""What the README says is so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from digits.settings import BACKEND
from digits.training.evaluation import report

ROOT = BACKEND.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_readme_has_the_figures_of_the_model_card(card: dict[str, Any], tmp_path: Path) -> None:
    copy = tmp_path / "README.md"
    copy.write_text(README, "utf-8")
    report.renew_figures(copy, card)
    assert copy.read_text("utf-8") == README


@pytest.mark.parametrize("path", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_links_point_to_existing_files(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_example_response_is_the_real_one(reading_client: Any) -> None:
    told = json.loads(re.search(r"```json\n(.*?)```", README, re.DOTALL)[1])  # type: ignore[index]
    picture = (BACKEND / "docs" / "seven.png").read_bytes()
    answer = reading_client.post("/api/v1/digits", data=picture, content_type="image/png").get_json()
    assert list(answer) == list(told)
    assert answer["digit"] == told["digit"]
    assert answer["probabilities"] == pytest.approx(told["probabilities"], abs=1e-4)


def test_every_make_target_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^\$ |`)make ([a-z]+)", README, re.MULTILINE))
    assert {"run", "test"} <= named
    assert named <= targets
