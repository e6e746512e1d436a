"""make bench: its arithmetic, its load, the servers that it compares with, its report, and a short run of the whole."""

from __future__ import annotations

import itertools
import json
import math
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from benchmarks import bare, compared, figures, load, measures, pictures, report, wrk
from benchmarks.figures import Batch, Cold, Compared, Figures, Grown, Growth, Memory, Spread, Storm, Timing, Turn
from benchmarks.load import Answers, Order
from digits import preprocess
from digits.model.recognizer import Recognizer
from digits.settings import BACKEND
from tests.samples import DIGITS, encode, enlarged

URL = "/api/v1/digits"

# --- arithmetic -------------------------------------------------------------------------------------------------------


def test_percentiles_are_those_of_the_standard_library() -> None:
    values = np.random.default_rng(1).exponential(2.0, 501).tolist()
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    assert figures.percentile(values, 50) == pytest.approx(statistics.median(values))
    assert figures.percentile(values, 90) == pytest.approx(cuts[89])
    assert figures.percentile(values, 99) == pytest.approx(cuts[98])


def test_what_was_not_measured_is_not_a_number() -> None:
    assert math.isnan(figures.percentile([], 50))
    assert math.isnan(figures.spread([math.nan]).median)


def test_a_ratio_is_made_round_by_round() -> None:
    disturbed = figures.ratio([100, 10, 100], [200, 20, 200])  # the second round was ten times slower for both
    assert disturbed == Spread(0.5, 0.5, 0.5)
    assert figures.ratio([1, 3], [2, 0]) == Spread(0.5, 0.5, 0.5)


def test_a_timing_counts_each_answer_once_and_times_the_good_ones_on_kept_connections() -> None:
    answers = Answers(
        seconds=2.0,
        in_time=3,
        client_seconds=0.012,
        milliseconds=[50.0, 2.0, 4.0, 0.5, 9.0, 0.1],
        statuses=[200, 200, 200, 503, 500, 0],
        connected=[True, False, False, False, False, True],
        retry_after=[0, 0, 0, 5, 0, 0],
        stages={"model": [1.0, 2.0, 6.0]},
    )
    timing = figures.timing("one", [Turn(answers, server_seconds=0.06)])
    assert (timing.requests, timing.busy, timing.failed) == (6, 1, 2)
    assert timing.p50.median == 3.0  # of 2 and 4: the first made its connection
    assert timing.rate.median == 1.5
    assert timing.server.median == pytest.approx(10.0)
    assert timing.client.median == pytest.approx(2.0)
    assert timing.stages == {"model": 2.0}


# --- the load ---------------------------------------------------------------------------------------------------------


def test_server_timing_is_read_as_its_specification_writes_it() -> None:
    told = 'miss, db;dur=53, app;dur=47.2, cache;desc="Cache Read";dur=23.2'  # W3C, Server Timing, example 1
    assert list(load.stages(told)) == [("db", 53.0), ("app", 47.2), ("cache", 23.2)]


@pytest.mark.parametrize(
    ("rate", "elapsed", "begun", "idle", "wanted"),
    [
        (None, 0.5, 7, 3, 3),  # whoever is free asks
        (None, 2.0, 7, 3, 0),  # the time is up
        (10.0, 0.0, 0, 3, 1),
        (10.0, 0.51, 1, 3, 5),  # late by five, though only three are free: two are not sent
        (10.0, 0.51, 6, 3, 0),
    ],
)
def test_the_load_keeps_its_pace(rate: float | None, elapsed: float, begun: int, idle: int, wanted: int) -> None:
    assert load.wanted(Order("", seconds=2.0, rate=rate), elapsed, begun, idle) == wanted


@contextmanager
def answering(answer: Callable[[int], tuple[int, float]]) -> Iterator[tuple[str, list[bytes]]]:
    """A server's address and what it was sent; `answer` tells status and seconds of the n-th request."""
    sent: list[bytes] = []
    numbers = itertools.count()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["Content-Length"])))
            status, seconds = answer(next(numbers))
            time.sleep(seconds)
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.send_header("Server-Timing", "model;dur=0.25")
            if status == 503:
                self.send_header("Retry-After", "5")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", sent
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_load_counts_what_the_server_counts(tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(b"\0binary\r\n")
    with answering(lambda number: (503 if number % 3 == 0 else 200, 0.002)) as (address, sent):
        answers = load.ask(Order(address, str(body), "application/octet-stream", connections=2, seconds=0.5))
    assert len(answers.statuses) == len(sent) > 10
    assert set(sent) == {b"\0binary\r\n"}
    assert answers.statuses.count(503) == len(range(0, len(sent), 3))
    assert answers.retry_after == [5 if status == 503 else 0 for status in answers.statuses]
    assert answers.stages == {"model": [0.25] * len(sent)}
    assert sum(answers.connected) == 2
    assert min(answers.milliseconds) >= 2.0
    assert answers.in_time <= answers.statuses.count(200) <= answers.in_time + 2
    assert answers.client_seconds > 0


def test_a_load_that_comes_at_a_rate_does_not_wait_for_a_server_that_stalls(tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(b"?")
    with answering(lambda _: (200, 0.1)) as (address, sent):
        answers = load.ask(Order(address, str(body), "text/plain", connections=2, seconds=0.5, rate=100.0))
    assert len(sent) + answers.unsent == 50
    assert answers.unsent > 30
    assert min(answers.milliseconds) >= 100


def test_whom_nobody_answers_is_counted_as_failed(tmp_path: Path) -> None:
    with answering(lambda _: (200, 0.0)) as (address, _):
        pass
    answers = load.ask(Order(address, seconds=0.1))
    assert set(answers.statuses) == {0}
    assert answers.in_time == 0


def test_what_wrk_prints_is_understood() -> None:
    printed = """\
Running 3s test @ http://127.0.0.1:8000/api/v1/digits
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.51ms  413.90us  11.45ms   70.10%
    Req/Sec     3.23k   410.52     4.15k    65.85%
  13189 requests in 4.00s, 3.21MB read
  Non-2xx or 3xx responses: 189
Requests/sec:   3297.25
Transfer/sec:      0.80MB
"""
    assert wrk.told(printed) == 3250.0


# --- what is asked about ----------------------------------------------------------------------------------------------


def test_forms_are_what_werkzeug_parses() -> None:
    drawn = [b"\x89PNG\r\n--digits", b"second"]
    form = pictures.form(drawn, "images")
    parser = FormDataParser(stream_factory=lambda *_, **__: BytesIO())
    kind, options = parse_options_header(form.content_type)
    _, others, files = parser.parse(BytesIO(form.body), kind, len(form.body), options)
    assert [file.read() for file in files.getlist("images")] == drawn
    assert not others


@pytest.mark.parametrize("picture", [pictures.drawing(64), pictures.photo(800, 600), *pictures.drawings(3)])
def test_the_pictures_are_of_a_seven(picture: bytes, recognizer: Recognizer) -> None:
    square = preprocess.prepare(picture).square
    assert square is not None
    assert recognizer(square[None])[0].digit == 7


def test_the_photograph_is_a_jpeg_of_its_size_that_is_no_smaller_than_a_phone_makes() -> None:
    made = pictures.photo(800, 600)
    with Image.open(BytesIO(made)) as opened:
        assert (opened.format, opened.size, opened.mode) == ("JPEG", (800, 600), "RGB")
    assert len(made) * 8 > 1.0 * 800 * 600  # bits of a pixel


# --- the servers beside ours ------------------------------------------------------------------------------------------


def test_the_bare_server_answers_with_the_members_of_a_reading(reading_client: FlaskClient) -> None:
    def asked(client: FlaskClient) -> dict[str, object]:
        told = client.post(URL, data={"image": (BytesIO(pictures.DRAWN.read_bytes()), "a.png")})
        assert told.status_code == 200
        return dict(told.get_json())

    assert asked(bare.create_app().test_client()).keys() == asked(reading_client).keys()


@pytest.mark.parametrize("create", [compared.predict, compared.signature])
def test_the_servers_that_ask_the_network_otherwise_read_the_same(
    create: Callable[[], object], reading_client: FlaskClient
) -> None:
    other = create().test_client()  # type: ignore[attr-defined]
    agreed = 0
    for digit in DIGITS[:12]:
        picture = encode(enlarged(digit))
        ours, theirs = (
            client.post(URL, data=picture, content_type="image/png").get_json() for client in (reading_client, other)
        )
        if ours["confidence"] > 0.999:  # about others Keras asks one network where the SavedModel asks both
            assert theirs["probabilities"] == pytest.approx(ours["probabilities"], abs=1e-4)
            agreed += 1
    assert agreed > 5


# --- the report -------------------------------------------------------------------------------------------------------


def spread(value: float) -> Spread:
    return Spread(value, value * 0.9, value * 1.1)


def timing(name: str, p50: float = 1.5) -> Timing:
    middle, high = spread(p50), spread(2 * p50)
    return Timing(
        name, 5, 1_000, 3, 0, middle, middle, high, spread(2.0), spread(600.0), middle, middle, {"model": 0.4}
    )


def made_up(p50: float = 1.5) -> Figures:
    storm = dict.fromkeys((field.name for field in fields(Storm)), 0.0)
    return Figures(
        machine={"processor": "abacus"},
        sizes={"drawing": 860, "photograph": 2_000_000},
        cold=Cold(spread(5.0), spread(4.0), spread(1.25)),
        compared=Compared(
            single={name: timing(name, p50) for name in measures.COMPARED},
            throughput={name: timing(name) for name in measures.COMPARED},
            connections=8,
            ratios={
                f"{measures.RATE}, to {measures.BARE}": spread(0.4),
                f"{measures.RATE}, to {measures.PREDICT}": spread(25),
            },
            wrk={},
        ),
        photo=timing("a photograph", 30.0),
        batch=Batch(
            timing("64 a request"), {1: timing("1 at a time")}, {f"{measures.IMAGES}, to 1 at a time": spread(2.5)}
        ),
        growth=Growth(*([Grown(at, timing(str(at))) for at in (1, 64)] for _ in fields(Growth))),
        workers=[Grown(1, timing("1"))],
        memory=[Memory(2, 200 * 2**20, [100 * 2**20, 110 * 2**20])],
        storm=Storm(**storm | {"calm_p99": 4.0, "accepted_p99": 10.0}),  # type: ignore[arg-type]
    )


def test_an_aim_holds_by_the_median_and_not_where_nothing_was_measured() -> None:
    assert report.Aim("", Spread(2.0, 1.0, 9.0), most=2.0).holds
    assert not report.Aim("", Spread(2.01, 1.0, 9.0), most=2.0).holds
    assert report.Aim("", Spread(3.0, 1.0, 9.0), least=3.0).holds
    assert not report.Aim("", Spread(math.nan, math.nan, math.nan), most=2.0).holds


def test_the_aims_are_judged_by_what_was_measured() -> None:
    held = {one.wanted: one.holds for one in report.aims(made_up())}
    assert [wanted for wanted, holds in held.items() if not holds] == [
        "a batch of 64 at least 3 times the images a second"
    ]
    assert not report.aims(made_up(p50=2.5))[0].holds


def test_the_report_names_its_plots_and_its_tables_are_tables(tmp_path: Path) -> None:
    report.write(tmp_path, made_up())
    page = (tmp_path / "README.md").read_text("utf-8")
    named = set(re.findall(r"\]\((\w+\.png)\)", page))
    assert named == {file.name for file in tmp_path.glob("*.png")}
    for table in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1
    assert "| one request at a time: p50 of at most 2.0 ms" in page
    assert "1.50 ms (1.35 to 1.65)" in page
    assert "abacus" in page
    assert "wrk, which could give a second opinion, was not on the machine." in page


def test_the_figures_are_kept_whole(tmp_path: Path) -> None:
    report.write_figures(tmp_path / "new" / "bench.json", made_up())
    kept = json.loads((tmp_path / "new" / "bench.json").read_text("utf-8"))
    assert kept == json.loads(json.dumps(asdict(made_up())))


def test_what_was_not_measured_is_null_in_json(tmp_path: Path) -> None:
    report.write_figures(tmp_path / "bench.json", made_up(p50=math.nan))
    text = (tmp_path / "bench.json").read_text("utf-8")
    assert "NaN" not in text
    assert json.loads(text)["compared"]["single"][measures.OURS]["p50"]["median"] is None
    assert "not measured" in report.page(made_up(p50=math.nan))


# --- the whole --------------------------------------------------------------------------------------------------------


def test_a_short_run_measures_every_part(tmp_path: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks",
            "--quick",
            "--report",
            str(tmp_path),
            "--figures",
            str(tmp_path / "b.json"),
        ],
        cwd=BACKEND,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads((tmp_path / "b.json").read_text("utf-8"))
    compared_ones = [*found["compared"]["single"].values(), *found["compared"]["throughput"].values()]
    assert len(compared_ones) == 2 * len(measures.COMPARED)
    grown = [one["timing"] for kind in found["growth"].values() for one in kind] + [
        one["timing"] for one in found["workers"]
    ]
    for one in (*compared_ones, found["photo"], found["batch"]["together"], *grown):
        assert one["requests"] > 0
        assert one["failed"] == 0
    assert found["compared"]["single"][measures.OURS]["p50"]["median"] > 0
    assert found["storm"]["accepted"] + found["storm"]["busy"] > 0
    assert all(one["each"] for one in found["memory"])
    assert (tmp_path / "README.md").exists()
