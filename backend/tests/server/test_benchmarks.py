"""The benchmarks: wrk's figures are understood, and a short run makes a report."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from benchmarks import load, measures, pictures, report
from benchmarks.aims import AIMS
from digits import preprocess

PRINTED = """\
Running 1s test @ http://127.0.0.1:8000/api/v1/digits
  1 threads and 8 connections
Requests/sec:    237.41
{"requests": 480, "duration": 2000000, "bad": 30, "broken": 2, "p50": 4100, "p90": 6500, "p99": 12000}
"""


def test_bad_responses_do_not_count_as_throughput() -> None:
    assert load.parsed(PRINTED) == load.Load(rate=225, p50=4.1, p90=6.5, p99=12, failed=32)


def test_output_without_figures_is_an_error() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (of the JSON decoder)
        load.parsed("unable to connect to 127.0.0.1:1 Connection refused")


def test_werkzeug_parses_the_form() -> None:
    body = pictures.form([b"one", b"two"], "images")
    builder = EnvironBuilder(method="POST", data=body, content_type=pictures.CONTENT_TYPE)
    with Request(builder.get_environ()) as request:
        assert [file.read() for file in request.files.getlist("images")] == [b"one", b"two"]


def test_the_photograph_has_one_digit_where_it_was_drawn() -> None:
    prepared = preprocess.prepare(pictures.photograph(1000, 750))
    assert prepared.box is not None
    x, y, width, height = prepared.box
    assert 125 < x < x + width < 875
    assert 0 < y < y + height < 750


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_a_server_under_load_is_measured() -> None:
    measured = measures.overload(1)
    assert measured["rate_8"] > 0
    assert measured["failed_80"] == 0


def test_the_report_shows_the_figures(tmp_path: Path) -> None:
    row = dict.fromkeys(("connections", "rate", "bare", "ratio", "steady", "p50_ms", "p99_ms", "failed"), 12345)
    through = {"connections": [row]} | dict.fromkeys(("batch_rate", "batch_ratio", "memory_mib", "worker_mib"), 512.0)
    through |= dict.fromkeys(("rss_start_mib", "rss_end_mib", "private_mib"), 100.0)
    through |= {"single_per_core": 250.0, "batch_per_core": 500.0}
    sent = ("drawing", "bare", "strokes", "bare_strokes", "json", "bare_json", "number_1", "number_4", "photograph")
    ratios = ("ratio", "strokes_ratio", "json_ratio", "number_ratio", "number_ratio_to_1", "photograph_ratio")
    one_request = dict.fromkeys((*(f"{one}_ms" for one in (*sent, "explanation", "photograph_decode")), *ratios), 2.75)
    command = dict.fromkeys(("server_start_s", "first_word_s", "read_one_s", "folder_rate", "folder_cores"), 3.0)
    stages = dict.fromkeys(("decode", "normalize", "model"), 0.25)
    figures = {
        "machine": "a machine",
        "one_request": one_request
        | {"stages": dict.fromkeys(("drawing", "strokes", "photograph", "number_4"), stages)},
        "throughput": through,
        "overload": dict.fromkeys(("rate_8", "rate_80", "ratio"), 1.0) | {"failed_80": 0},
        "command_line": command,
        "growth": {name: [(1, 2.0), (2, 4.0)] for name in ("connections", "batch", "side", "workers")},
    }
    report.write(tmp_path, figures)
    page = (tmp_path / "README.md").read_text("utf-8")
    assert "12345" in page
    assert "| number of four digits, times a digit | at most 2.5 | 2.75 | no |" in page
    assert "| drawing, times the bare endpoint | at most 3 | 2.75 | yes |" in page
    assert all(aims.why(figures) for aims in AIMS)
    assert page.count("\n- ") == page.count("| no |")  # each aim that is missed has a reason
    assert (tmp_path / "growth.png").stat().st_size > 1000
    plan = tmp_path / "capacity.md"
    plan.write_text(f"before\n{report.BEGIN}old\n{report.END}after\n", "utf-8")
    report.renew(plan, report.capacity(figures))
    text = plan.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| 1,000 | single | 7 | 4 | 2 GiB |" in text  # 1,000 / 250 per core / 60 % busy, two cores a server
