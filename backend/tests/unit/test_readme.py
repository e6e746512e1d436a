"""What the README says is so."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from digits.settings import BACKEND
from digits.training.evaluation import measure

ROOT = BACKEND.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_its_figures_and_those_of_the_report_are_those_of_the_model_card(card: dict[str, Any]) -> None:
    report = (BACKEND / "docs" / "report" / "README.md").read_text("utf-8")
    for name, table in (("figures", measure.digits_table), ("refusals", measure.refusals_table)):
        assert card[name]
        assert measure.markdown(table(card[name])) in README
        assert measure.markdown(table(card[name])) in report
    assert measure.markdown(measure.robustness_table(card["robustness"])) in report
    assert card["sha256"][:12] in report


@pytest.mark.parametrize("path", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_what_it_links_to_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_its_answer_is_the_answer(reading_client: Any) -> None:
    told = json.loads(re.search(r"```json\n(.*?)```", README, re.DOTALL)[1])  # type: ignore[index]
    picture = (BACKEND / "docs" / "seven.png").read_bytes()
    answer = reading_client.post("/api/v1/digits", data=picture, content_type="image/png").get_json()
    assert list(answer) == list(told)
    assert answer["digit"] == told["digit"]
    assert answer["probabilities"] == pytest.approx(told["probabilities"], abs=1e-4)


def test_every_verb_that_it_names_can_be_made() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^\$ |`)make ([a-z]+)", README, re.MULTILINE))
    assert {"run", "test"} <= named
    assert named <= targets
