"""The command line, run as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digits import cli
from tests.samples import DIGITS, LABELS, encode, enlarged


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    file = tmp_path / "seven.png"
    file.write_bytes(encode(enlarged(DIGITS[0])))
    return file


def test_pictures_are_read(seven: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blank = seven.with_name("blank.png")
    blank.write_bytes(encode(np.full((20, 20), 255, np.uint8)))
    assert cli.main(["read", str(seven), str(blank)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{seven}: 7 (")
    assert second == f"{blank}: no digit (blank)"


def test_pictures_are_read_for_programs(seven: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", "--json", str(seven)]) == 0
    reading = json.loads(capsys.readouterr().out)
    assert (reading["file"], reading["digit"], reading["status"]) == (str(seven), 7, "accepted")


def test_what_cannot_be_read_is_told_and_the_rest_is_read(seven: Path, capsys: pytest.CaptureFixture[str]) -> None:
    junk = seven.with_name("junk.png")
    junk.write_bytes(b"junk")
    assert cli.main(["read", str(junk), str(seven.with_name("missing.png")), str(seven)]) == 1
    printed = capsys.readouterr()
    assert ": 7 (" in printed.out
    assert f"{junk}: These 4 bytes" in printed.err
    assert "missing.png" in printed.err


def test_the_model_is_measured_here_and_through_a_server(
    tmp_path: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet, labels = np.stack(DIGITS), np.array(LABELS, np.uint8)
    np.savez(tmp_path / "mnist.npz", x_train=sheet, y_train=labels, x_test=sheet, y_test=labels)
    assert cli.main(["evaluate", "--data", str(tmp_path), "--first", "30"]) == 0
    here = capsys.readouterr().out.splitlines()
    assert cli.main(["evaluate", "--data", str(tmp_path), "--first", "30", "--url", server]) == 0
    there = capsys.readouterr().out.splitlines()
    for local, remote in zip(here, there, strict=True):
        assert local.split(" | ")[:-1] == remote.split(" | ")[:-1]  # all but the milliseconds
    assert here[1].split(" | ")[1].strip() == "30"


def test_a_missing_data_folder_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", "--data", str(tmp_path / "none")]) == 1
    assert "mnist.npz" in capsys.readouterr().err
