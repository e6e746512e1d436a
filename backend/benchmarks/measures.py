"""The measurements, one function each. Alternatives are measured in turns, because a shared machine is noisy."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from PIL import Image

from benchmarks import load, pictures
from benchmarks.load import Load
from running import Server, serving

BARE = "benchmarks.bare:create_app()"
ROUNDS = 3
CONNECTIONS = 8, 16, 64
WORKERS = 2
BATCH = 64
FILES = 1000  # of the folder that the command line reads

Figures = dict[str, Any]


def reading(server: Server, body: bytes, connections: int, seconds: float, path: str = "") -> Load:
    """Load on `POST /digits`."""
    return load.post(f"{server.address}/api/v1/digits{path}", body, connections, seconds)


def in_turns(seconds: float, *loads: Callable[[float], Load]) -> list[list[Load]]:
    """Each load ROUNDS times, after a short one to warm up: loads x rounds."""
    for one in loads:
        one(1)
    rounds = [[one(seconds) for one in loads] for _ in range(ROUNDS)]
    return [list(of_one) for of_one in zip(*rounds, strict=True)]


def one_request(seconds: float) -> Figures:
    """Latency of one connection: a drawing in several forms, a photograph and numbers, beside the bare endpoint."""
    drawn, photograph = pictures.drawing(), pictures.photograph()
    drawing, written = pictures.form([drawn]), pictures.strokes()
    with serving() as ours, serving(BARE) as bare:

        def json_to(server: Server, body: bytes) -> Callable[[float], Load]:
            return lambda time: load.post(f"{server.address}/api/v1/digits", body, 1, time, pictures.JSON)

        def form_to(server: Server, picture: bytes, path: str = "digits") -> Callable[[float], Load]:
            return lambda time: load.post(f"{server.address}/api/v1/{path}", pictures.form([picture]), 1, time)

        sent = {
            "drawing": lambda time: reading(ours, drawing, 1, time),
            "bare": lambda time: reading(bare, drawing, 1, time),
            "strokes": json_to(ours, written),
            "bare_strokes": json_to(bare, written),
            "json": json_to(ours, pictures.as_json(drawn)),
            "bare_json": json_to(bare, pictures.as_json(drawn)),
            "photograph": form_to(ours, photograph),
            "explanation": form_to(ours, drawn, "digits?include=explanation"),
            "number_1": form_to(ours, pictures.number(1), "numbers"),
            "number_4": form_to(ours, pictures.number(4), "numbers"),
        }
        stages = {
            "drawing": _stages(ours, drawing, pictures.CONTENT_TYPE),
            "strokes": _stages(ours, written, pictures.JSON),
            "photograph": _stages(ours, pictures.form([photograph]), pictures.CONTENT_TYPE, times=30),
            "number_4": _stages(ours, pictures.form([pictures.number(4)]), pictures.CONTENT_TYPE, "numbers"),
        }
        measured = dict(zip(sent, in_turns(seconds, *sent.values()), strict=True))
    p50 = {name: [one.p50 for one in rounds] for name, rounds in measured.items()}
    decode = _decoded(photograph)

    def ratio(one: str, other: str) -> float:
        return median(ours / theirs for ours, theirs in zip(p50[one], p50[other], strict=True))

    return {f"{name}_ms": median(rounds) for name, rounds in p50.items()} | {
        "ratio": ratio("drawing", "bare"),
        "strokes_ratio": ratio("strokes", "bare_strokes"),
        "json_ratio": ratio("json", "bare_json"),
        "number_ratio": ratio("number_4", "drawing"),
        "number_ratio_to_1": ratio("number_4", "number_1"),
        "photograph_decode_ms": decode,
        "photograph_ratio": median(p50["photograph"]) / decode,
        "stages": stages,
    }


def _stages(server: Server, body: bytes, content_type: str, path: str = "digits", times: int = 300) -> dict[str, float]:
    """The median milliseconds of each stage of a request, as the server reports them."""
    connection, found = HTTPConnection(*server.place), []
    with closing(connection):
        for _ in range(times):
            connection.request("POST", f"/api/v1/{path}", body, {"Content-Type": content_type})
            with connection.getresponse() as response:
                response.read()
                timing = response.headers["Server-Timing"]
            found.append({name: float(dur) for name, dur in re.findall(r"(\w+);dur=([\d.]+)", timing)})
    return {name: median(one[name] for one in found) for name in found[0]}


def _decoded(photograph: bytes) -> float:
    """Milliseconds in which libjpeg decodes the photograph at the size that the server asks for."""
    durations = []
    for _ in range(15):
        began = time.perf_counter()
        picture = Image.open(io.BytesIO(photograph))
        picture.draft("RGB", (640, 640))
        picture.load()
        durations.append(time.perf_counter() - began)
    return 1000 * median(durations)


def throughput(seconds: float) -> Figures:
    """Responses per second with two workers, beside the bare endpoint, and pictures per second in batches."""
    drawing = pictures.form([pictures.drawing()])
    batch = pictures.form([pictures.drawing()] * BATCH, "images")
    figures: Figures = {"connections": []}
    with serving(WEB_CONCURRENCY=str(WORKERS)) as ours, serving(BARE, WEB_CONCURRENCY=str(WORKERS)) as bare:
        reading(ours, drawing, 64, 1)  # both workers have started and answered
        started = sum(ours.resident())
        for connections in CONNECTIONS:
            here, there = in_turns(
                seconds,
                lambda time, count=connections: reading(ours, drawing, count, time),  # type: ignore[misc]
                lambda time, count=connections: reading(bare, drawing, count, time),  # type: ignore[misc]
            )
            rates = [one.rate for one in here]
            figures["connections"].append(
                {
                    "connections": connections,
                    "rate": median(rates),
                    "bare": median(one.rate for one in there),
                    "ratio": median(one.rate / other.rate for one, other in zip(here, there, strict=True)),
                    "steady": min(rates) / max(rates),
                    "p50_ms": median(one.p50 for one in here),
                    "p99_ms": median(one.p99 for one in here),
                    "failed": sum(one.failed for one in here),
                }
            )
        before = ours.processor_seconds()
        single = reading(ours, drawing, 8, seconds)
        between = ours.processor_seconds()
        batches = reading(ours, batch, WORKERS, seconds, "/batch")
        after = ours.processor_seconds()
        memory, ended, private = ours.memory(), sum(ours.resident()), ours.private()
    figures["rss_start_mib"], figures["rss_end_mib"] = started / 2**20, ended / 2**20
    figures["private_mib"] = private[-1] / 2**20
    figures["batch_rate"] = batches.rate * BATCH
    # The highest rate of single requests: with few connections, all of them may land on one worker.
    figures["batch_ratio"] = batches.rate * BATCH / max(one["rate"] for one in figures["connections"])
    figures["single_per_core"] = single.rate * seconds / (between - before)
    figures["batch_per_core"] = batches.rate * BATCH * seconds / (after - between)
    figures["memory_mib"] = sum(memory) / 2**20
    figures["worker_mib"] = memory[-1] / 2**20
    return figures


def overload(seconds: float) -> Figures:
    """Eighty connections without a pause beside eight, with one worker."""
    drawing = pictures.form([pictures.drawing()])
    with serving() as server:
        few, many = in_turns(
            seconds, lambda time: reading(server, drawing, 8, time), lambda time: reading(server, drawing, 80, time)
        )
    return {
        "rate_8": median(one.rate for one in few),
        "rate_80": median(one.rate for one in many),
        "ratio": median(one.rate / other.rate for one, other in zip(many, few, strict=True)),
        "failed_80": sum(one.failed for one in many),
    }


def growth(seconds: float) -> Figures:
    """How cost grows with connections, pictures of a batch, workers, and the side of a picture."""
    seconds /= 2  # there are many
    drawing = pictures.form([pictures.drawing()])
    with serving(WEB_CONCURRENCY=str(WORKERS)) as server:
        connections = [
            (count, reading(server, drawing, count, seconds).rate) for count in (1, 2, 4, 8, 16, 32, 64, 128)
        ]
        batches = [
            (
                count,
                count
                * reading(server, pictures.form([pictures.drawing()] * count, "images"), 2, seconds, "/batch").rate,
            )
            for count in (1, 2, 4, 8, 16, 32, 64)
        ]
        sides = [
            (side, reading(server, pictures.form([pictures.drawing(side)]), 1, seconds).p50)
            for side in (28, 140, 280, 560, 1120, 2240)
        ]
    workers = []
    for count in (1, 2, 3):
        with serving(WEB_CONCURRENCY=str(count)) as server:
            workers.append((count, reading(server, drawing, 16, seconds).rate))
    return {"connections": connections, "batch": batches, "side": sides, "workers": workers}


def command_line(_: float) -> Figures:
    """Start-up of the server and of the command, and a folder of pictures."""
    began = time.monotonic()
    with serving():
        started = time.monotonic() - began
    with tempfile.TemporaryDirectory(prefix="digits-bench-") as folder:
        for number in range(FILES):
            Path(folder, f"{number:03}.png").write_bytes(pictures.drawing())
        one, many = (_read(path) for path in (str(Path(folder, "000.png")), folder))
    wall = max(many.seconds - one.seconds, many.seconds / 20)  # on a busy machine, a single start may take longer
    processor = max(many.processor - one.processor, 0.0)
    return {
        "server_start_s": started,
        "first_word_s": one.first_word,
        "read_one_s": one.seconds,
        "folder_rate": (FILES - 1) / wall,
        "folder_cores": processor / wall,
    }


class _Run(NamedTuple):
    """What a run of `digits read` took, in seconds."""

    seconds: float
    first_word: float  # until it says something on standard error
    processor: float


def _read(path: str) -> _Run:
    before, began = os.times(), time.monotonic()
    command = [sys.executable, "-m", "digits.cli", "read", "--csv", path]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr  # noqa: S101 (for mypy)
        process.stderr.read(1)
        first_word = time.monotonic() - began
        process.stderr.read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    after = os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return _Run(time.monotonic() - began, first_word, processor)


QUESTIONS: dict[str, Callable[[float], Figures]] = {
    one.__name__: one for one in (one_request, throughput, overload, growth, command_line)
}
