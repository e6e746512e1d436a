"""Corrections, pictures that a user labelled on the page: read from their file, measured, trained on."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digits import cli, preprocess
from digits.errors import CorrectionsError
from digits.model import store
from digits.settings import BACKEND
from digits.training import trainer
from digits.training.data import NOT_A_DIGIT, LabelledImages, corrections
from digits.training.data.mnist import Mnist
from digits.training.evaluation import measure, sets
from tests.conftest import MODEL
from tests.samples import DIGITS, LABELS, encode, enlarged

PAGE = BACKEND.parent / "frontend" / "src"

SEVEN, TWO = (encode(enlarged(digit)) for digit in DIGITS[:2])
PHOTO = encode(enlarged(DIGITS[2]).convert("RGB"), "JPEG")
BLANK = encode(np.full((60, 60), 255, np.uint8))

Given = tuple[int | None, bytes]


def url(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def picture(label: object = 7, name: object = "seven.png", image: object = url(SEVEN), **more: object) -> object:
    return {"label": label, "name": name, "image": image} | more


def content(pictures: object, **other: object) -> dict[str, Any]:
    return {"format": "digits-marked", "version": 1, "pictures": pictures} | other


def saved(file: Path, told: object) -> Path:
    file.write_text(json.dumps(told), "utf-8")
    return file


def saved_pictures(file: Path, given: Sequence[Given]) -> Path:
    return saved(file, content([picture(label, f"{n}.png", url(one)) for n, (label, one) in enumerate(given)]))


# --- read -------------------------------------------------------------------------------------------------------------

WRITTEN_BY_THE_PAGE = """
import { readFileSync } from "node:fs";
const { toCorrectionsFile } = await import(process.argv[1]);
// A drawing, which has no name, was sent as strokes and is saved as the square that was read.
const entries = JSON.parse(readFileSync(0)).map(({ label, name, type, bytes }, at) => ({
  id: at + 1,
  label,
  sheet: { picture: name === null ? null : { name } },
  sent: { content: name ? new File([Buffer.from(bytes, "base64")], name, { type }) : [{ x: [3, 6], y: [2, 1] }] },
  reading: { square: `data:${type};base64,${bytes}` },
}));
process.stdout.write(await toCorrectionsFile(entries));
"""


def test_files_that_the_page_writes_are_read(tmp_path: Path) -> None:
    given = [
        {"label": 7, "name": None, "type": "image/png", "bytes": base64.b64encode(SEVEN).decode()},
        {"label": "none", "name": "Größe ‘1’.jpg", "type": "image/jpeg", "bytes": base64.b64encode(PHOTO).decode()},
        {"label": 0, "name": "no type", "type": "", "bytes": base64.b64encode(BLANK).decode()},
    ]
    node = shutil.which("node")
    assert node
    command = [node, "--input-type=module", "--eval", WRITTEN_BY_THE_PAGE, (PAGE / "state" / "history.js").as_uri()]
    done = subprocess.run(command, input=json.dumps(given).encode(), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    (tmp_path / "digits-marked.json").write_bytes(done.stdout)
    found = corrections.load(tmp_path / "digits-marked.json")
    assert found.name == "digits-marked.json"
    assert [(one.label, one.name, one.picture) for one in found.pictures] == [
        (7, "drawing-1", SEVEN),
        (None, "Größe ‘1’.jpg", PHOTO),
        (0, "no type", BLANK),
    ]


def test_every_picture_is_preprocessed_as_by_the_server(tmp_path: Path) -> None:
    found = corrections.load(saved_pictures(tmp_path / "a.json", [(7, SEVEN), (1, PHOTO), (None, BLANK)])).pictures
    for one, sent in zip(found[:2], (SEVEN, PHOTO), strict=True):
        assert one.square is not None
        assert np.array_equal(one.square, preprocess.prepare(sent).square)  # type: ignore[arg-type]
    assert found[2].square is None


def test_unknown_fields_are_ignored(tmp_path: Path) -> None:
    told = content([picture(marked_at="2026-01-01")], by="somebody")
    assert [one.label for one in corrections.load(saved(tmp_path / "a.json", told)).pictures] == [7]


LONG = "x" * 500


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ([], r"a\.json: This is \[\], not a JSON object\."),
        ({"readings": []}, r"'format' is missing; it should be 'digits-marked'\."),
        (content([picture()], format="digits"), r"'format' is 'digits'; it should be 'digits-marked'\."),
        (content([picture()], version=2), r"'version' is 2; it should be 1\."),
        (content([]), r"'pictures' is \[\]; it should be a list of one picture or more\."),
        (content(None), r"'pictures' is null, not a list of one picture or more\."),
        (content([picture(), 7]), r"a\.json, picture 2: This is 7, not a JSON object\."),
        (content([picture(10)]), r"picture 1 \('seven\.png'\): 'label' is 10; it should be a digit, 0 to 9, or null"),
        (content([picture(-1)]), r"'label' is -1; it should"),
        (content([picture("7")]), r"'label' is '7'; it should"),
        (content([picture(7.0)]), r"'label' is 7\.0; it should"),
        (content([picture(label=True)]), r"'label' is True; it should"),
        (content([{"name": "a", "image": url(SEVEN)}]), r"picture 1 \('a'\): 'label' is missing; it should"),
        (content([picture(name=3)]), r"picture 1 \(3\): 'name' is 3; it should be text\."),
        (content([picture(image=None)]), r"'image' is null, not a data: URL in base64\."),
        (content([picture(image="seven.png")]), r"'image' is 'seven\.png'; it should be a data: URL in base64\."),
        (content([picture(image="data:image/png,abc")]), r"'image' is 'data:image/png,abc'; it should be a data: URL"),
        (content([picture(image="data:image/png;base64")]), r"it should be a data: URL in base64\."),
        (content([picture(image="data:image/png;base64,ab!cd")]), r"'image' is not base64: 'ab!cd'\."),
        (content([picture(), picture(1, "one.png", url(b"junk"))]), r"picture 2 \('one\.png'\): These 4 bytes are not"),
        (content([picture(image=url(b""))]), r"picture 1 \('seven\.png'\): The picture is empty: it has 0 bytes\."),
        (content([picture(image=url(SEVEN[:-40]))]), r"picture 1 \('seven\.png'\): These \d+ bytes are not a complete"),
        (content([picture(name=LONG, image=LONG)]), r"^.{0,400}$"),
    ],
)
def test_errors_name_the_faulty_value(tmp_path: Path, told: object, sentence: str) -> None:
    with pytest.raises(CorrectionsError, match=sentence):
        corrections.load(saved(tmp_path / "a.json", told))


@pytest.mark.parametrize("junk", [b"", b"{", b"\x89PNG\r\n", b"[" * 100_000], ids=["empty", "cut off", "PNG", "deep"])
def test_what_is_not_json_is_reported(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "a.json").write_bytes(junk)
    with pytest.raises(CorrectionsError, match=r"a\.json is not JSON: .+\."):
        corrections.load(tmp_path / "a.json")


@pytest.mark.parametrize("command", ["evaluate", "train"])
def test_a_missing_file_is_reported(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--corrections", str(tmp_path / "none.json")]) == 1
    assert capsys.readouterr().err.endswith(
        f"digits: {tmp_path / 'none.json'} cannot be read: No such file or directory.\n"
    )


# --- measured ---------------------------------------------------------------------------------------------------------

#: A 7 and a 1 as they are, a 2 that is marked as a 3, a blank sheet as a 5; a 4 and a blank sheet as no digit.
MIXED: list[Given] = [
    (7, SEVEN),
    (3, TWO),
    (LABELS[2], PHOTO),
    (5, BLANK),
    (None, encode(enlarged(DIGITS[4]))),
    (None, BLANK),
]


def rows(printed: str) -> list[list[str]]:
    """The cells of every row of the tables."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines() if line]


def never(*_: object) -> Mnist:
    raise AssertionError("MNIST was loaded.")


def test_only_corrections_are_measured_without_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in (sets, measure):
        monkeypatch.setattr(module, "load_mnist", never)
    file = saved_pictures(tmp_path / "mine.json", MIXED)
    other = saved_pictures(tmp_path / "yours.json", [(7, SEVEN)])
    assert cli.main(["evaluate", "--corrections", str(file), "--corrections", str(other)]) == 0
    digits, mine, yours, others, refused = rows(capsys.readouterr().out)
    assert mine[:5] == ["corrections in mine.json", "4", "2 (50.00 %)", "1", "0"]
    assert yours[:5] == ["corrections in yours.json", "1", "0 (0.00 %)", "0", "0"]
    assert refused == ["corrections to 'not a digit' in mine.json", "2", "1 (50.00 %)", "0", "1"]
    assert (digits[2], others[2]) == ("errors", "accepted")


def test_corrections_are_additional_sets_with_data(
    few_digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved_pictures(tmp_path / "mine.json", MIXED)
    asked = ["evaluate", "--data", str(few_digits), "--first", "1"]
    assert cli.main(asked) == 0
    without = [row[:2] for row in rows(capsys.readouterr().out)]
    assert cli.main([*asked, "--corrections", str(file)]) == 0
    found = [row[:2] for row in rows(capsys.readouterr().out)]
    assert [row for row in found if row in without] == without
    assert [row for row in found if row not in without] == [
        ["corrections in mine.json", "1"],
        ["corrections to 'not a digit' in mine.json", "1"],
    ]


def test_the_figures_of_corrections_never_enter_the_model_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (MODEL / store.CARD).read_bytes()
    file = saved_pictures(tmp_path / "mine.json", [(7, SEVEN)])
    with pytest.raises(SystemExit) as left:
        cli.main(["evaluate", "--corrections", str(file), "--write"])
    assert left.value.code == 2
    assert "public sets only: --write excludes --corrections." in capsys.readouterr().err
    assert (MODEL / store.CARD).read_bytes() == before


def test_a_report_shows_corrections_with_a_warning(tmp_path: Path) -> None:
    file = saved_pictures(tmp_path / "mine.json", MIXED)
    assert cli.main(["evaluate", "--corrections", str(file), "--report", str(tmp_path / "report")]) == 0
    page = (tmp_path / "report" / "README.md").read_text("utf-8")
    assert "| corrections in mine.json " in page
    assert "| corrections to 'not a digit' in mine.json " in page
    assert "Nobody has checked the labels of corrections" in page
    assert "The 1 mistakes" in page  # the blank one was refused, and is no mistake to be shown
    assert "Corrupted" not in page
    for name in re.findall(r"\]\((.+?)\)", page):
        assert (tmp_path / "report" / name).stat().st_size > 500


# --- trained on -------------------------------------------------------------------------------------------------------


def test_labels_become_classes_and_blank_pictures_are_left_out(tmp_path: Path) -> None:
    files = [
        corrections.load(saved_pictures(tmp_path / "a.json", MIXED)),
        corrections.load(saved_pictures(tmp_path / "b.json", [(None, SEVEN)])),
    ]
    found = corrections.trainable(files)
    assert found.labels.tolist() == [7, 3, LABELS[2], NOT_A_DIGIT, NOT_A_DIGIT]
    assert found.labels.dtype == np.int64
    assert found.images.shape == (5, 28, 28)
    assert found.images.dtype == np.uint8
    assert np.array_equal(found.images[4], preprocess.prepare(SEVEN).square)  # type: ignore[arg-type]


def test_blank_corrections_alone_cannot_be_trained_on(tmp_path: Path) -> None:
    file = corrections.load(saved_pictures(tmp_path / "a.json", [(5, BLANK), (None, BLANK)]))
    with pytest.raises(CorrectionsError, match=r"Nothing in a\.json can be trained on: all 2 pictures are blank\."):
        corrections.trainable([file])


def test_corrections_that_show_a_test_image_are_found() -> None:
    squares = np.stack([preprocess.prepare(SEVEN).square, np.rot90(DIGITS[3])])  # type: ignore[list-item]
    found = corrections.without_test_images(LabelledImages(squares, np.array([7, 1])), np.stack(DIGITS))
    assert found.labels.tolist() == [1]


def test_the_command_line_passes_corrections_on_and_reports_blank_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    passed: list[LabelledImages | None] = []
    monkeypatch.setattr(trainer, "train", lambda *given: passed.append(given[4]))
    files = [str(saved_pictures(tmp_path / f"{name}.json", MIXED)) for name in "ab"]
    assert cli.main(["train", "--corrections", *files]) == 0
    assert cli.main(["train"]) == 0
    with_corrections, without = passed
    assert without is None
    assert with_corrections is not None
    assert with_corrections.labels.tolist() == [7, 3, LABELS[2], NOT_A_DIGIT] * 2
    assert capsys.readouterr().err == "digits: 4 of the corrections are blank and were left out.\n"


@pytest.mark.parametrize("verb", ["train", "evaluate"])
@pytest.mark.parametrize(
    ("files", "option"),
    [("", ""), ("/a.json", "--corrections /a.json"), ("/a.json /b.json", "--corrections /a.json /b.json")],
)
def test_make_passes_the_files_on(verb: str, files: str, option: str) -> None:
    done = subprocess.run(
        ["make", "-n", verb, "DATA=", f"CORRECTIONS={files}"],
        cwd=BACKEND.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    (options,) = re.findall(rf"bin/digits {verb}(.*)", done.stdout)
    assert " ".join(options.split()).partition(" --report")[0].removeprefix("--report backend/runs/report") == option
