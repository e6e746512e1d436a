"""The command line, run as a person runs it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from digits import cli
from digits.cli import read
from digits.model import store
from digits.settings import BACKEND, Settings
from tests.samples import DIGITS, LABELS, encode, enlarged


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    file = tmp_path / "seven.png"
    file.write_bytes(encode(enlarged(DIGITS[0])))
    return file


@pytest.fixture
def blank(seven: Path) -> Path:
    file = seven.with_name("blank.png")
    file.write_bytes(encode(np.full((20, 20), 255, np.uint8)))
    return file


def test_a_table_is_printed_for_people(seven: Path, blank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", str(seven), str(blank)]) == 3
    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"{seven}  7  +[\d.]+%", first)
    assert second == f"{blank}  -  no digit: blank"


def test_lines_of_json_are_printed_for_programs(seven: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", "--json", str(seven)]) == 0
    reading = json.loads(capsys.readouterr().out)
    assert (reading["file"], reading["digit"], reading["status"]) == (str(seven), 7, "accepted")


def test_csv_is_printed_for_spreadsheets(seven: Path, blank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    junk = seven.with_name("junk, or so.png")
    junk.write_bytes(b"junk")
    assert cli.main(["read", "--csv", str(seven.parent)]) == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["file"] for row in rows] == [str(blank), str(junk), str(seven)]
    assert [row["status"] for row in rows] == ["rejected", "", "accepted"]
    assert [row["digit"] for row in rows] == ["", "", "7"]
    assert "4 bytes" in rows[1]["error"]


def test_many_files_are_read_together_and_in_order(seven: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seven.unlink()
    for place in range(read.MANY + 20):
        name = seven.with_name(f"{place:02}.png")
        name.write_bytes(b"junk" if place == 18 else encode(enlarged(DIGITS[place % len(DIGITS)])))
    assert cli.main(["read", "--json", str(seven.parent)]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(line["file"]).stem for line in lines] == [f"{place:02}" for place in range(read.MANY + 20)]
    assert "4 bytes" in lines.pop(18)["error"]
    expected = [label for place, label in enumerate(LABELS[: read.MANY + 20]) if place != 18]
    assert [line["digit"] for line in lines] == expected


def test_folders_are_searched_recursively_and_patterns_expanded(seven: Path) -> None:
    below = seven.parent / "a" / "b"
    below.mkdir(parents=True)
    (below / "EIGHT.JPG").write_bytes(b"x")
    (below / "notes.txt").write_text("x")
    assert list(read.files([str(seven.parent)])) == [str(below / "EIGHT.JPG"), str(seven)]
    assert list(read.files([f"{seven.parent}/*.png"])) == [str(seven)]
    assert list(read.files([f"{seven.parent}/**/*.JPG"])) == [str(below / "EIGHT.JPG")]
    assert list(read.files(["nowhere.png", "-"])) == ["nowhere.png", "-"]


def test_a_folder_without_pictures_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", str(tmp_path)]) == 1
    assert f"no picture in {tmp_path}" in capsys.readouterr().err


def test_a_picture_may_come_from_standard_input(
    seven: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(seven.read_bytes())))
    assert cli.main(["read", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["digit"] == 7


def test_a_named_server_reads_the_pictures(
    seven: Path, blank: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    junk = seven.with_name("junk.png")
    junk.write_bytes(b"junk")
    asked = ["read", "--json", str(seven), str(blank), str(junk)]
    assert cli.main(asked) == cli.main([*asked, "--url", server]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for here, there in zip(lines[:3], lines[3:], strict=True):
        for one in (here, there):
            for field in ("confidence", "probabilities", "not_a_digit", "several_digits"):
                one[field] = pytest.approx(one.get(field), abs=1e-5) if "digit" in one else None
        assert here.keys() == there.keys()
        assert here.get("digit") == there.get("digit")
        assert here.get("error") == there.get("error")


@pytest.mark.parametrize(
    ("url", "told"),
    [("http://127.0.0.1:9", "cannot be reached"), ("ftp://x", "not the address"), ("7", "not the address")],
)
def test_an_unreachable_server_is_reported(
    seven: Path, url: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["read", "--url", url, str(seven)]) == 1
    assert told in capsys.readouterr().err


def test_unreadable_files_are_reported_and_the_rest_is_read(seven: Path, capsys: pytest.CaptureFixture[str]) -> None:
    junk = seven.with_name("junk.png")
    junk.write_bytes(b"junk")
    assert cli.main(["read", str(junk), str(seven.with_name("missing.png")), str(seven)]) == 1
    printed = capsys.readouterr()
    assert f"{seven}  7" in printed.out
    assert f"{junk}: These 4 bytes" in printed.err
    assert "missing.png" in printed.err


def test_help_lists_exit_statuses_and_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["read", "--help"])
    printed = capsys.readouterr().out
    assert "exit status" in printed
    assert "--url http://127.0.0.1:8000 scans" in printed


def test_the_server_can_be_started(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("digits")
    told = subprocess.run(
        [str(command), "serve", "--port", "99999"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert "cannot listen on 127.0.0.1:99999" in told.stderr


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


def test_a_missing_data_folder_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", "--data", str(tmp_path / "none")]) == 1
    assert "mnist.npz" in capsys.readouterr().err


def test_a_sound_model_passes_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    folder = store.newest(Settings().models)
    assert cli.main(["check", str(folder)]) == 0
    assert store.read_card(folder)["sha256"] in capsys.readouterr().out


def test_a_damaged_model_fails_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "9"
    shutil.copytree(store.newest(Settings().models), folder)
    store.write_card(folder, store.read_card(folder) | {"sha256": "0"})
    assert cli.main(["check", str(folder)]) == 1
    assert str(folder) in capsys.readouterr().err


def test_a_closed_pipe_is_not_an_error(seven: Path) -> None:
    command = f"{Path(sys.executable).with_name('digits')} read --json {' '.join([str(seven)] * 50)} | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["digit"] == 7
    assert len(done.stderr.splitlines()) == 1  # that the model is being loaded


def test_the_installed_command_needs_no_checkout(seven: Path, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    source = tmp_path / "source"  # a build leaves files behind
    shutil.copytree(BACKEND, source, ignore=shutil.ignore_patterns(".venv", "tests", "docs", "runs", "*.egg-info"))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    python = str(tmp_path / "env" / "bin" / "python")
    wheels = tmp_path / "wheels"
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", wheels, source], check=True)
    subprocess.run([*pip, "--python", python, "install", "--no-deps", *wheels.iterdir()], check=True)
    shutil.rmtree(source)
    packages = sysconfig.get_path("purelib")  # the dependencies; not Digits, which is linked there by a .pth file
    command = [python, "-c", "from digits.cli import main; raise SystemExit(main())", "read", "--json", str(seven)]
    result = subprocess.run(command, env=os.environ | {"PYTHONPATH": packages}, cwd=tmp_path, capture_output=True)
    assert result.returncode == 0, result.stderr.decode()
    assert json.loads(result.stdout)["digit"] == 7
