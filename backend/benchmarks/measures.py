"""The measurements, one function each. Alternatives are measured in turns, because a shared machine is noisy."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image

from benchmarks import load, pictures
from benchmarks.load import Load
from running import Server, serving

BARE = "benchmarks.bare:create_app()"
ROUNDS = 3
CONNECTIONS = 8, 16, 64
WORKERS = 2
BATCH = 64
FILES = 400  # of the folder that the command line reads

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
    """Latency of one connection: a drawing, an explanation and a photograph, beside the bare endpoint."""
    drawing, photograph = pictures.form([pictures.drawing()]), pictures.photograph()
    photo = pictures.form([photograph])
    with serving() as ours, serving(BARE) as bare:
        measured = in_turns(
            seconds,
            lambda time: reading(ours, drawing, 1, time),
            lambda time: reading(bare, drawing, 1, time),
            lambda time: reading(ours, photo, 1, time),
            lambda time: reading(ours, drawing, 1, time, "?include=explanation"),
        )
    drawn, plain, photographed, explained = ([one.p50 for one in rounds] for rounds in measured)
    decode = _decoded(photograph)
    return {
        "drawing_ms": median(drawn),
        "bare_ms": median(plain),
        "ratio": median(one / other for one, other in zip(drawn, plain, strict=True)),
        "explanation_ms": median(explained),
        "photograph_ms": median(photographed),
        "photograph_decode_ms": decode,
        "photograph_ratio": median(photographed) / decode,
    }


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
        memory = ours.memory()
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
    return {"server_start_s": started, "read_one_s": one, "folder_rate": (FILES - 1) / max(many - one, 1e-9)}


def _read(path: str) -> float:
    began = time.monotonic()
    command = [sys.executable, "-m", "digits.cli", "read", "--csv", path]
    subprocess.run(command, capture_output=True, check=True)
    return time.monotonic() - began


QUESTIONS: dict[str, Callable[[float], Figures]] = {
    one.__name__: one for one in (one_request, throughput, overload, growth, command_line)
}
