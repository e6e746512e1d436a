"""Numbers as the model reads them, from strokes and from pictures."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from digits import cli, client
from digits.cli.read import local_number_reader
from digits.errors import RemoteError
from digits.model.recognizer import Model
from tests.samples import DIGITS, WRITTEN, encode, placed

URL = "/api/v1/numbers"
OF = {one["label"]: one["strokes"] for one in WRITTEN}


def written(text: str, left: float = 0.0, top: float = 0.0) -> list[list[tuple[float, float]]]:
    """Strokes of a number: each digit 120 units high, the digits 100 units apart."""
    return [
        [(left + 100 * at + x, top + y) for x, y in stroke]
        for at, digit in enumerate(text)
        for stroke in placed(OF[int(digit)], 200)
    ]


def sent(strokes: list[list[tuple[float, float]]]) -> dict[str, object]:
    return {"strokes": [{"x": [x for x, _ in stroke], "y": [y for _, y in stroke]} for stroke in strokes]}


def drawn(strokes: list[list[tuple[float, float]]], pen: int = 10) -> bytes:
    high, wide = (int(max(point[axis] for stroke in strokes for point in stroke)) + 60 for axis in (1, 0))
    picture = Image.new("L", (wide, high), 255)
    for stroke in strokes:
        ImageDraw.Draw(picture).line(stroke, fill=0, width=pen, joint="curve")
    return encode(picture)


@pytest.mark.parametrize("text", ["2026", "42", "007", "7", "31415", "9081726354"])
def test_a_number_is_read_from_strokes_and_from_a_picture(reading_client: FlaskClient, text: str) -> None:
    strokes = written(text)
    for answer in (
        reading_client.post(URL, json=sent(strokes)),
        reading_client.post(URL, data=drawn(strokes), content_type="image/png"),
    ):
        (number,) = answer.get_json()["numbers"]
        assert number["text"] == text
        assert [digit["digit"] for digit in number["digits"]] == list(map(int, text))
        lefts = [digit["box"][0] for digit in number["digits"]]
        assert lefts == sorted(lefts)


def test_several_numbers_are_in_reading_order(reading_client: FlaskClient) -> None:
    strokes = written("63", top=300) + written("71") + written("405", left=600, top=310)
    for answer in (
        reading_client.post(URL, json=sent(strokes)),
        reading_client.post(URL, data=drawn(strokes), content_type="image/png"),
    ):
        assert [number["text"] for number in answer.get_json()["numbers"]] == ["71", "63", "405"]


def test_digits_of_mnist_in_a_row_are_a_number(reading_client: FlaskClient) -> None:
    page = np.hstack([DIGITS[place] for place in (0, 1, 4, 6)])  # 7, 2, 4, 4 as the sheet has them
    picture = Image.fromarray(page).resize((page.shape[1] * 4, page.shape[0] * 4), Image.Resampling.BICUBIC)
    (number,) = reading_client.post(URL, data=encode(picture), content_type="image/png").get_json()["numbers"]
    assert len(number["text"]) == 4


def test_a_drawing_is_no_number(reading_client: FlaskClient) -> None:
    zigzag = [(0.0, 0.0), (30.0, 100.0), (-20.0, 50.0), (35.0, 20.0)]
    fence = [[(40 * place + x, y) for x, y in zigzag] for place in range(6)]
    answer = reading_client.post(URL, json=sent(fence)).get_json()
    assert answer["status"] != "accepted"


def test_the_command_line_reads_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.png"
    file.write_bytes(drawn(written("63", top=300) + written("71")))
    assert cli.main(["read", "--numbers", "--csv", str(file)]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header == "file,numbers,confidences,status,reason,error"
    assert row.split(",")[:2] == [str(file), "71 63"]
    assert cli.main(["read", "--numbers", "--json", str(file)]) == 0
    reading = json.loads(capsys.readouterr().out)
    assert [number["text"] for number in reading["numbers"]] == ["71", "63"]
    assert cli.main(["read", "--numbers", str(file)]) == 0
    assert "71 " in capsys.readouterr().out


def test_a_batch_of_pages_is_read(reading_client: FlaskClient) -> None:
    files = [(io.BytesIO(drawn(written(text))), f"{text}.png") for text in ("12", "90")]
    results = reading_client.post(f"{URL}/batch", data={"images": files}).get_json()["results"]
    assert [one["numbers"][0]["text"] for one in results] == ["12", "90"]


def test_a_server_reads_the_same_numbers_as_this_process(
    reading_client: FlaskClient, monkeypatch: pytest.MonkeyPatch, model: Model
) -> None:
    def posted(address: str, body: bytes, media_type: str) -> bytes:
        return bytes(reading_client.post(address.removeprefix("http://there"), data=body, content_type=media_type).data)

    monkeypatch.setattr(client, "_response", posted)
    page = drawn(written("63", top=300) + written("71"))
    there = client.remote_number_reader("http://there/")(page)
    here = local_number_reader(model)(page)
    assert [(one.text, one.status) for one in there.numbers] == [(one.text, one.status) for one in here.numbers]
    for one, other in zip(there.numbers, here.numbers, strict=True):
        assert one.confidence == pytest.approx(other.confidence, abs=1e-5)
        assert one.box == other.box
        assert [digit.box for digit in one.digits] == [digit.box for digit in other.digits]


def test_what_is_no_reading_of_numbers_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_response", lambda *_: b'{"numbers": [{}]}')
    with pytest.raises(RemoteError, match="not a reading"):
        client.remote_number_reader("http://there")(b"")
