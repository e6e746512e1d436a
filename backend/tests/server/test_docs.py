"""The examples in the documentation, run as they stand."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from digits.settings import BACKEND

DOCS = BACKEND / "docs"
PAGE = (DOCS / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"```(bash|python|javascript)\n(.*?)```", PAGE, re.DOTALL)


def run(language: str, code: str, server: str) -> str:
    """What the example prints, run beside the pictures that it names, against our server."""
    node, curl = shutil.which("node"), shutil.which("curl")
    assert node
    assert curl
    command = {
        "bash": ["bash", "-euo", "pipefail", "-c"],
        "python": [sys.executable, "-W", "ignore::ResourceWarning", "-c"],
        "javascript": [node, "--input-type=module", "--eval"],
    }[language]
    ours = code.replace("http://127.0.0.1:8000", server)
    done = subprocess.run([*command, ours], cwd=DOCS, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(text: str) -> list[dict[str, Any]]:
    """JSON objects that follow each other."""
    found, place, decoder = [], 0, json.JSONDecoder()
    while place < len(text.rstrip()):
        one, place = decoder.raw_decode(text, place + len(text[place:]) - len(text[place:].lstrip()))
        found.append(one)
    return found


def test_there_is_an_example_in_each_language() -> None:
    assert {language for language, _ in EXAMPLES} == {"bash", "python", "javascript"}


@pytest.mark.parametrize(
    ("language", "code"), EXAMPLES, ids=[f"{number}-{one}" for number, (one, _) in enumerate(EXAMPLES)]
)
def test_an_example_reads_the_seven(language: str, code: str, server: str) -> None:
    printed = run(language, code, server)
    if "/numbers" in code:
        texts = [one["text"] for one in objects(printed)[0]["numbers"]] if language == "bash" else printed.split()
        assert texts[0] == ("7" if language == "python" else "71")
    elif language == "bash":
        assert [one["digit"] for one in objects(printed)] == [7] * code.count("curl")
    elif "batch" in code:
        assert printed.splitlines()[0] == "seven.png 7"
        assert printed.splitlines()[2].startswith("api.md These")
    else:
        assert printed.startswith("7")


def test_the_documented_commands_work(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("digits")
    done = subprocess.run([str(command), "read", "seven.png"], cwd=DOCS, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"seven\.png  7  +[\d.]+%\n", done.stdout)
