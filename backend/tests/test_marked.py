"""Pictures that a person marked on the page: read from their file, measured by, learnt from."""

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

from digits import card as cards
from digits import cli, images
from digits.config import BACKEND
from digits.errors import MarkedError
from digits.recognizer import Recognizer
from digits.training import checks, data, evaluate, marked, sources, train
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
const { toMarkedFile } = await import(process.argv[1]);
const entries = JSON.parse(readFileSync(0)).map(({ truth, name, type, bytes }, at) => ({
  id: at + 1,
  truth,
  sheet: { picture: name === null ? null : { name } },
  sent: { blob: new Blob([Buffer.from(bytes, "base64")], { type }), scale: 1, explained: false },
}));
process.stdout.write(await toMarkedFile(entries));
"""


def test_what_the_page_writes_is_what_is_read(tmp_path: Path) -> None:
    given = [
        {"truth": 7, "name": None, "type": "image/png", "bytes": base64.b64encode(SEVEN).decode()},
        {"truth": "none", "name": "Größe ‘1’.jpg", "type": "image/jpeg", "bytes": base64.b64encode(PHOTO).decode()},
        {"truth": 0, "name": "no type", "type": "", "bytes": base64.b64encode(BLANK).decode()},
    ]
    node = shutil.which("node")
    assert node
    command = [node, "--input-type=module", "--eval", WRITTEN_BY_THE_PAGE, (PAGE / "marked.js").as_uri()]
    done = subprocess.run(command, input=json.dumps(given).encode(), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    (tmp_path / "digits-marked.json").write_bytes(done.stdout)
    found = marked.load(tmp_path / "digits-marked.json")
    assert found.name == "digits-marked.json"
    assert [(one.label, one.name, one.picture) for one in found.pictures] == [
        (7, "drawing-1.png", SEVEN),
        (None, "Größe ‘1’.jpg", PHOTO),
        (0, "no type", BLANK),
    ]


def test_every_picture_is_prepared_as_it_is_served(tmp_path: Path) -> None:
    found = marked.load(saved_pictures(tmp_path / "a.json", [(7, SEVEN), (1, PHOTO), (None, BLANK)])).pictures
    for one, sent in zip(found[:2], (SEVEN, PHOTO), strict=True):
        assert one.square is not None
        assert np.array_equal(one.square, images.prepare(sent).square)  # type: ignore[arg-type]
    assert found[2].square is None


def test_what_else_a_file_tells_is_left_alone(tmp_path: Path) -> None:
    told = content([picture(marked_at="2026-01-01")], by="somebody")
    assert [one.label for one in marked.load(saved(tmp_path / "a.json", told)).pictures] == [7]


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
        (content([picture(image=url(SEVEN[:-40]))]), r"picture 1 \('seven\.png'\): These \d+ bytes are not a whole"),
        (content([picture(name=LONG, image=LONG)]), r"^.{0,400}$"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_the_value(tmp_path: Path, told: object, sentence: str) -> None:
    with pytest.raises(MarkedError, match=sentence):
        marked.load(saved(tmp_path / "a.json", told))


@pytest.mark.parametrize("junk", [b"", b"{", b"\x89PNG\r\n", b"[" * 100_000], ids=["empty", "cut off", "PNG", "deep"])
def test_what_is_no_json_is_told(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "a.json").write_bytes(junk)
    with pytest.raises(MarkedError, match=r"a\.json is no JSON: .+\."):
        marked.load(tmp_path / "a.json")


@pytest.mark.parametrize("command", ["evaluate", "train"])
def test_a_file_that_is_not_there_is_told(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--marked", str(tmp_path / "none.json")]) == 1
    assert capsys.readouterr().err.endswith(
        f"digits: {tmp_path / 'none.json'} cannot be read: No such file or directory.\n"
    )


# --- measured by ------------------------------------------------------------------------------------------------------

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


def never(*_: object) -> data.Mnist:
    raise AssertionError("MNIST was asked for.")


def test_only_the_marked_pictures_are_measured_by_where_no_data_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in (checks, evaluate):
        monkeypatch.setattr(module, "load_mnist", never)
    file = saved_pictures(tmp_path / "mine.json", MIXED)
    other = saved_pictures(tmp_path / "yours.json", [(7, SEVEN)])
    assert cli.main(["evaluate", "--marked", str(file), "--marked", str(other)]) == 0
    digits, mine, yours, others, refused = rows(capsys.readouterr().out)
    assert mine[:5] == ["marked in mine.json", "4", "2 (50.00 %)", "1", "0"]
    assert yours[:5] == ["marked in yours.json", "1", "0 (0.00 %)", "0", "0"]
    assert refused == ["marked as no digit in mine.json", "2", "1 (50.00 %)", "0", "1"]
    assert (digits[2], others[2]) == ("read wrongly", "read as a sure digit")


def test_marked_pictures_are_more_sets_where_data_are_named(
    few_digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved_pictures(tmp_path / "mine.json", MIXED)
    asked = ["evaluate", "--data", str(few_digits), "--first", "1"]
    assert cli.main(asked) == 0
    without = [row[:2] for row in rows(capsys.readouterr().out)]
    assert cli.main([*asked, "--marked", str(file)]) == 0
    found = [row[:2] for row in rows(capsys.readouterr().out)]
    assert [row for row in found if row in without] == without
    assert [row for row in found if row not in without] == [
        ["marked in mine.json", "1"],
        ["marked as no digit in mine.json", "1"],
    ]


def test_the_figures_of_marked_pictures_are_kept_out_of_the_model_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (MODEL / cards.NAME).read_bytes()
    file = saved_pictures(tmp_path / "mine.json", [(7, SEVEN)])
    with pytest.raises(SystemExit) as left:
        cli.main(["evaluate", "--marked", str(file), "--write"])
    assert left.value.code == 2
    assert "public sets only: --write cannot go with --marked." in capsys.readouterr().err
    assert (MODEL / cards.NAME).read_bytes() == before


def test_a_report_on_marked_pictures_shows_them_and_promises_nothing_of_them(tmp_path: Path) -> None:
    file = saved_pictures(tmp_path / "mine.json", MIXED)
    assert cli.main(["evaluate", "--marked", str(file), "--report", str(tmp_path / "report")]) == 0
    page = (tmp_path / "report" / "README.md").read_text("utf-8")
    assert "| marked in mine.json " in page
    assert "| marked as no digit in mine.json " in page
    assert "What a person marked is not known to be right" in page
    assert "The 1 mistakes" in page  # the blank one was refused, and is no mistake to be shown
    assert "Spoilt" not in page
    for name in re.findall(r"\]\((.+?)\)", page):
        assert (tmp_path / "report" / name).stat().st_size > 500


# --- learnt from ------------------------------------------------------------------------------------------------------


def test_a_digit_is_learnt_as_itself_and_what_is_none_as_no_digit_and_a_blank_one_not_at_all(tmp_path: Path) -> None:
    files = [
        marked.load(saved_pictures(tmp_path / "a.json", MIXED)),
        marked.load(saved_pictures(tmp_path / "b.json", [(None, SEVEN)])),
    ]
    learnt = marked.learnable(files)
    assert learnt.labels.tolist() == [7, 3, LABELS[2], data.OTHER, data.OTHER]
    assert learnt.labels.dtype == np.int64
    assert learnt.pictures.shape == (5, 28, 28)
    assert learnt.pictures.dtype == np.uint8
    assert np.array_equal(learnt.pictures[4], images.prepare(SEVEN).square)  # type: ignore[arg-type]


def test_nothing_can_be_learnt_from_blank_pictures_alone(tmp_path: Path) -> None:
    file = marked.load(saved_pictures(tmp_path / "a.json", [(5, BLANK), (None, BLANK)]))
    with pytest.raises(MarkedError, match=r"nothing to learn from in a\.json: all 2 pictures are blank\."):
        marked.learnable([file])


SQUARES = data.Digits(np.stack(DIGITS[:3]), np.array([7, 2, data.OTHER], np.int64))


def test_marked_pictures_are_one_more_source_to_learn_from_and_none_to_choose_by(few_digits: Path) -> None:
    without, to_choose_by = sources.load(few_digits, 1)
    learnt, validation = sources.load(few_digits, 1, SQUARES)
    assert [source.name for source in learnt[:-1]] == [source.name for source in without]
    assert [source.name for source in validation] == [source.name for source in to_choose_by]
    for source, before in zip(validation, to_choose_by, strict=True):
        assert np.array_equal(source.labels, before.labels)
        assert np.array_equal(source.still(), before.still())
    assert learnt[-1].name == "pictures marked by hand (3, each 1 times)"
    assert learnt[-1].labels.tolist() == [7, 2, data.OTHER]


@pytest.mark.parametrize(("pictures", "times"), [(1, 50), (20, 50), (100, 50), (200, 25), (5_000, 1), (90_000, 1)])
def test_few_marked_pictures_are_seen_often_and_many_of_them_less(pictures: int, times: int) -> None:
    many = data.Digits(np.zeros((pictures, 28, 28), np.uint8), np.zeros(pictures, np.int64))
    assert len(sources.repeated(many, 100_000).labels) == times * pictures


def test_the_squares_of_a_marked_source_are_those_of_its_labels_and_always_others(recognizer: Recognizer) -> None:
    source = sources.repeated(data.Digits(np.stack(DIGITS), np.array(LABELS, np.int64)), 50_000)
    squares = np.concatenate([task() for task in source.tasks(seed=3)])
    assert squares.shape == (50 * 50, 28, 28)
    right = [reading.digit == label for reading, label in zip(recognizer(squares), source.labels, strict=True)]
    assert np.mean(right) > 0.93
    assert len({square.tobytes() for square in squares[::50]}) > 40  # of one picture; some keep their shape


SMALL = train.Recipe(members=1, passes=2, batch=25, widths=(4, 8, 8), depths=(1, 1, 1))


def test_a_run_without_the_marked_pictures_is_not_taken_for_one_with_them(
    few_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train, "GATE", 1.0)
    run, model = tmp_path / "run", tmp_path / "digits" / "1"
    told = []
    for learnt in (None, SQUARES, SQUARES):
        train.train(few_digits, run, model, SMALL, learnt)
        told.append(capsys.readouterr().out.count("going on after pass 2"))
        names = [source["data"] for source in cards.read(model)["trained_on"]["sources"]]
        assert (names[-1] == "pictures marked by hand (3, each 1 times)") == (learnt is not None)
    assert told == [0, 0, 1]


def test_the_command_line_hands_over_what_is_to_be_learnt_and_tells_what_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    handed: list[data.Digits | None] = []
    monkeypatch.setattr(train, "train", lambda *given: handed.append(given[-1]))
    files = [str(saved_pictures(tmp_path / f"{name}.json", MIXED)) for name in "ab"]
    assert cli.main(["train", "--marked", *files]) == 0
    assert cli.main(["train"]) == 0
    with_marks, without = handed
    assert without is None
    assert with_marks is not None
    assert with_marks.labels.tolist() == [7, 3, LABELS[2], data.OTHER] * 2
    assert capsys.readouterr().err == "digits: 4 of the marked pictures are blank, and left out.\n"


@pytest.mark.parametrize("verb", ["train", "evaluate"])
@pytest.mark.parametrize(
    ("files", "option"), [("", ""), ("/a.json", "--marked /a.json"), ("/a.json /b.json", "--marked /a.json /b.json")]
)
def test_make_names_the_marked_files(verb: str, files: str, option: str) -> None:
    done = subprocess.run(
        ["make", "-n", verb, "DATA=", f"MARKED={files}"], cwd=BACKEND.parent, capture_output=True, text=True, check=True
    )
    (command,) = re.findall(rf"bin/digits {verb}(.*)", done.stdout)
    assert " ".join(command.split()).partition(" --report")[0].removeprefix("--report backend/runs/report") == option
