"""The drills' arithmetic and report, and the short drills that must hold before a change lands."""

from __future__ import annotations

import json
import math
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from prometheus_client.mmap_dict import MmapedDict

from digits.api import room
from digits.arriving import CHUNK_LINE, HEADS, MUCH, Arriving
from digits.worker import LINGER, TAKEN
from drills import clients, faults, report, soak
from drills.load import QUESTION, Answer, Load, asking, percentile
from drills.report import Verdict
from drills.server import copied_models, held_by, seconds_until
from running import serving

# --- arithmetic and report ---


def test_a_slope_and_its_margin_are_those_of_least_squares() -> None:
    chance = np.random.default_rng(1)
    xs = np.linspace(0, 60, 100)
    ys = 300_000 + 2.5 * xs + chance.normal(0, 40, xs.size)
    (value, _), covariance = np.polyfit(xs, ys, 1, cov=True)
    found = soak.slope(xs.tolist(), ys.tolist())
    assert found.value == pytest.approx(value)
    assert found.margin == pytest.approx(1.984467 * math.sqrt(covariance[0, 0]), rel=1e-4)


@pytest.mark.parametrize(("freedom", "quantile"), [(3, 3.182), (5, 2.571), (10, 2.228), (30, 2.042), (1000, 1.962)])
def test_the_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert soak.student(freedom) == pytest.approx(quantile, rel=0.01)


def test_too_few_points_tell_nothing() -> None:
    assert soak.slope([1, 2, 3, 4], [1, 2, 3, 4]).margin == math.inf


@pytest.mark.parametrize(("growth", "held"), [(0.0, True), (49.0, True), (500.0, False)])
def test_memory_that_surely_grows_is_not_flat(growth: float, held: bool) -> None:
    times = [5.0 * number for number in range(720)]
    sizes = [600_000 + growth * at / 60 + 30 * math.sin(at) for at in times]
    verdict = soak.judged(times, sizes, 1000, 0, 10, same=True)
    assert verdict.held == held
    assert f"{growth:+.1f} ±" in verdict.seen.replace("-0.0", "+0.0")


@pytest.mark.parametrize(("growth", "held"), [(300.0, True), (9_000.0, False)])
def test_a_short_soak_only_tells_a_large_leak(growth: float, held: bool) -> None:
    times = [5.0 * number for number in range(24)]
    verdict = soak.judged(times, [600_000 + growth * at / 60 for at in times], 1000, 0, 10, same=True)
    assert verdict.held == held
    assert "too short" in verdict.seen


def test_a_soak_in_which_a_request_failed_has_not_held() -> None:
    assert not soak.judged([0, 1, 2, 3, 4, 5], [1] * 6, 1000, 1, 10, same=True).held
    assert not soak.judged([], [], 0, 0, 10, same=True).held


@pytest.mark.parametrize("percent", [0, 1, 50, 99, 100])
@pytest.mark.parametrize("count", [1, 2, 99, 100, 101])
def test_percentiles_are_those_of_the_nearest_rank(percent: float, count: int) -> None:
    values = np.random.default_rng(count).random(count)
    assert percentile(values.tolist(), percent) == np.percentile(values, percent, method="inverted_cdf")


def test_a_busy_answer_is_no_failure_and_a_wrong_one_is() -> None:
    load = Load([Answer(0, 1, 200), Answer(0, 2, 503, retry_after="5"), Answer(0, 3, 0, "EOFError")])
    assert (load.seconds(), load.seconds(503), load.told()) == ([1], [2], "1 EOFError")


def test_a_drill_run_again_replaces_its_row_and_no_other(tmp_path: Path) -> None:
    order = ("one", "two", "three")
    report.keep(tmp_path, "two", "bad | things", Verdict(False, "it fell"), order)
    report.keep(tmp_path, "one", "worse things", Verdict(None, "no mount."), order)
    report.keep(tmp_path, "two", "bad | things", Verdict(True, "it stood"), order)
    rows = [line for line in (tmp_path / report.PAGE).read_text("utf-8").splitlines() if line.startswith("| ")][1:]
    assert rows == [
        "| one | worse things | no mount. | not possible there |",
        r"| two | bad \| things | it stood | yes |",
    ]
    assert list(json.loads((tmp_path / report.KEPT).read_text("utf-8"))) == ["one", "two"]
    assert report.machine() in (tmp_path / report.PAGE).read_text("utf-8")


# --- requests on their way in ---

CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        QUESTION,
        b"POST / HTTP/1.1\r\ncontent-LENGTH:  3  \r\n\r\n\r\n\r",
        CHUNKED + b"0\r\n\r\n",
        CHUNKED + b"5;a=b\r\n\r\n0\r\n\r\nA \r\n0123456789\r\n0\r\n\r\n",
        CHUNKED + b"1\r\nx\r\n0\r\nExpires: never\r\nB: c\r\n\r\n",
    ],
    ids=["no body", "length", "a body like an end", "no chunk", "chunks like ends", "fields after the chunks"],
)
@pytest.mark.parametrize("step", [1, 7, 10**6])
def test_a_request_is_whole_with_its_last_byte_and_not_before(request_: bytes, step: int) -> None:
    arriving = Arriving()
    for start in range(0, len(request_), step):
        assert not arriving.whole
        arriving.add(request_[start : start + step])
    assert arriving.whole
    assert bytes(arriving.received) == request_


@pytest.mark.parametrize(
    "beginning",
    [
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: seven\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 7\r\nContent-Length: 7\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: rot13\r\n\r\n",
        CHUNKED + b"seven\r\n",
        CHUNKED + b"1\r\nxyz",
        CHUNKED + b"1" * CHUNK_LINE,
    ],
)
def test_nobody_waits_for_the_rest_of_what_is_no_request(beginning: bytes) -> None:
    arriving = Arriving()
    arriving.add(beginning)
    assert arriving.whole


@pytest.mark.parametrize(
    "slow",
    [
        b"POST / HTTP/1.1\r\nContent-Length:" + b" " * 60_000 + b"\nx: y\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding:" + b" \t" * 30_000 + b"\nx: y\r\n\r\n",
        b"POST / HTTP/1.1\r\nExpect:" + b" " * 60_000 + b"\nx: y\r\n\r\n",
        CHUNKED + b"5" + b" " * 8_000 + b"x\r\n",
    ],
    ids=["length", "coding", "expectation", "chunk"],
)
def test_a_head_that_was_made_to_be_slow_is_not(slow: bytes) -> None:
    arriving = Arriving()
    began = time.process_time()
    arriving.add(slow)
    assert arriving.whole
    assert time.process_time() - began < 0.2


def test_a_client_of_before_1997_is_not_told_to_go_on() -> None:
    arriving = Arriving()
    arriving.add(b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert not arriving.expects


def test_a_client_that_asks_before_it_sends_is_answered_once() -> None:
    arriving = Arriving()
    arriving.add(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n")
    expected = [arriving.expects]
    arriving.add(b"\r\n")
    expected.append(arriving.expects)
    arriving.invited = True
    arriving.add(b"ab")
    expected.append(arriving.expects)
    assert expected == [False, True, False]
    assert arriving.whole


def test_what_is_large_is_not_kept() -> None:
    endless, upload = Arriving(), Arriving()
    endless.add(b"x" * HEADS)
    upload.add(b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")
    assert (endless.large, upload.large) == (True, False)
    upload.add(b"x" * MUCH)
    assert (upload.large, upload.whole) == (True, False)


# --- a full disk ---


def test_what_cannot_be_counted_on_a_full_disk_is_counted_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    place = tmp_path / "counter_1.db"
    assert room.with_room(str(place)) == str(place)
    assert place.stat().st_blocks * 512 >= room.ROOM
    monkeypatch.setattr("os.posix_fallocate", full)
    counts = MmapedDict(room.with_room(str(place)))  # type: ignore[no-untyped-call]
    counts.write_value("a", 2.0, 0.0)  # type: ignore[no-untyped-call]
    assert counts.read_value("a") == (2.0, 0.0)  # type: ignore[no-untyped-call]
    counts.close()  # type: ignore[no-untyped-call]
    assert "No space left" in caplog.text
    assert not place.exists()


# --- drills ---


@pytest.mark.parametrize("what", ["saved_model.pb truncated", "one bit of the weights changed", "card.json damaged"])
def test_a_spoilt_model_is_refused_in_a_sentence(what: str) -> None:
    refusal = faults.refused_start(faults.SPOILT[what])
    assert faults.clear(refusal), refusal.printed


def test_a_stopped_server_answers_all_that_it_has_taken() -> None:
    verdict = faults.stopped()
    assert verdict.held, verdict.seen


@pytest.fixture(scope="module")
def bad_versions() -> dict[str, Callable[[Path], None]]:
    """Two: one that shows before a worker is asked, and one that only a worker finds out."""
    return {name: faults.BAD_VERSIONS[name] for name in ("half copied", "misreading")}


def test_a_bad_version_is_refused_and_a_good_one_served_without_a_failed_request(
    tmp_path: Path, bad_versions: dict[str, Callable[[Path], None]]
) -> None:
    models = copied_models(tmp_path)
    with serving(WEB_CONCURRENCY="2", DIGITS_MODELS=str(models)) as server, asking(server.place, 4) as load:
        workers = server.worker_ids()
        for number, spoil in enumerate(bad_versions.values(), 1):
            spoil(faults.put_version(models, 2))
            server.process.send_signal(signal.SIGHUP)
            assert faults.refused(server, number), server.printed()
            assert (server.worker_ids(), server.version()) == (workers, "1")
            assert faults.model_metrics(server) == ({"1": 2}, 1)
            shutil.rmtree(models / "2")
        faults.put_version(models, 2)
        server.process.send_signal(signal.SIGHUP)
        assert seconds_until(lambda: not {*server.worker_ids()} & {*workers}, 60) < 60
        assert server.version() == "2"
        # The last of them is forgotten once gunicorn has noticed that it is gone.
        assert seconds_until(lambda: faults.model_metrics(server) == ({"2": 2}, 0), 20) < 20
    assert load.answers
    assert not load.failures(), load.told()


def test_an_honest_client_does_not_notice_a_hundred_slow_ones() -> None:
    with serving(DIGITS_ARRIVAL="30") as server, clients.dawdling(server.place, clients.slow_upload, 100):
        assert seconds_until(lambda: faults.answering(server) is not None, 5) < 2


def test_a_client_that_takes_nothing_of_a_file_is_let_go() -> None:
    with serving() as server, clients.never_reading(server.place, 1) as (client,):
        time.sleep(1)
        (worker,) = server.worker_ids()
        port = client.getsockname()[1]
        took = 1 + seconds_until(lambda: port not in held_by(worker), 60)
    assert TAKEN - 1 < took < TAKEN + LINGER + 3
