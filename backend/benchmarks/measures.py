"""What is measured. Servers that are compared take turns, A B A B ..., so that the machine's noise hits all of them."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks import load, machine, pictures, wrk
from benchmarks.figures import (
    BUSY,
    TAKEN,
    Batch,
    Cold,
    Compared,
    Figures,
    Grown,
    Growth,
    Memory,
    Spread,
    Storm,
    Turn,
    median,
    milliseconds,
    percentile,
    rate,
    ratio,
    server_cost,
    spread,
    timing,
)
from benchmarks.load import Order
from running import STARTED, NotServing, Server, free_port, serving, start, stop

READ, BATCH, LIVE = "/api/v1/digits", "/api/v1/digits/batch", "/api/v1/health/live"

OURS, BARE, SIGNATURE, PREDICT = "Digits", "bare Flask-RESTX", "SavedModel's signature", "Keras predict"
#: The application that gunicorn is given; ours is the one that its configuration names.
COMPARED = {
    OURS: "",
    BARE: "benchmarks.bare:create_app()",
    SIGNATURE: "benchmarks.compared:signature()",
    PREDICT: "benchmarks.compared:predict()",
}
RATE, IMAGES = "requests a second", "images a second"

WORKERS = 2  # of each server that is compared
FULL_LOAD = 8  # connections that keep two workers busy
MANY = 64  # pictures in the batch that is compared with as many requests
SINGLES = (1, 2, 4, 8)  # connections by which as many requests are made
OVERLOAD = 10  # times the capacity
CROWD = 256  # connections that a storm comes by
HEALTH_RATE = 20.0  # questions a second about the health, during a storm
WATCHERS = 32  # connections that they come by, so that none waits for the answer to another
WARM_UP = 1.0  # seconds of full load before anything is measured

Key = TypeVar("Key")


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    rounds: int
    few_rounds: int  # where something grows
    seconds: float  # of a turn
    sides: tuple[int, ...]
    batches: tuple[int, ...]
    connections: tuple[int, ...]
    workers: tuple[int, ...]


FULL = Scale(
    rounds=5,
    few_rounds=3,
    seconds=3.0,
    sides=(28, 64, 140, 280, 640, 1280, 2000, 4000),
    batches=(1, 2, 4, 8, 16, 32, 64),
    connections=(1, 2, 4, 8, 16, 32, 64),
    workers=(1, 2, 4),
)
QUICK = Scale(
    rounds=1, few_rounds=1, seconds=0.3, sides=(28, 640), batches=(1, 64), connections=(1, 64), workers=(1, 2)
)


@dataclass(frozen=True)
class Question:
    """What is posted where; `body` is a file."""

    path: str
    body: str
    content_type: str


@dataclass(frozen=True)
class Bench:
    """What every measurement needs."""

    scale: Scale
    folder: Path  # of what is posted
    tell: Callable[[str], None]

    def question(self, pictured: Sequence[bytes], path: str = READ) -> Question:
        """Pictures to be asked about."""
        form = pictures.form(pictured, "images" if path == BATCH else "image")
        file = self.folder / f"{len(list(self.folder.iterdir()))}.form"
        file.write_bytes(form.body)
        return Question(path, str(file), form.content_type)

    def asking(
        self, server: Server, question: Question, connections: int = 1, share: float = 1.0
    ) -> Callable[[], Turn]:
        """A turn to be taken, of this share of the usual time."""
        return lambda: turn(server, question, share * self.scale.seconds, connections)


def turn(server: Server, question: Question, seconds: float, connections: int = 1) -> Turn:
    """One server asked for a while."""
    spent = server.processor_seconds()
    answers = load.ask(order(server, question, seconds, connections))
    return Turn(answers, server.processor_seconds() - spent)


def order(server: Server, question: Question, seconds: float, connections: int = 1) -> Order:
    """The same question again and again."""
    return Order(server.address + question.path, question.body, question.content_type, connections, seconds)


def alternating(measures: Mapping[Key, Callable[[], Turn]], rounds: int) -> dict[Key, list[Turn]]:
    """Each of them once a round."""
    turns: dict[Key, list[Turn]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            turns[name].append(measure())
    return turns


# --- everything -------------------------------------------------------------------------------------------------------


def measure(scale: Scale, tell: Callable[[str], None]) -> Figures:
    """In about ten minutes, or one with QUICK."""
    before = machine.load_average()
    with tempfile.TemporaryDirectory(prefix="digits-bench-") as folder:
        bench = Bench(scale, Path(folder), tell)
        drawing, photograph = pictures.DRAWN.read_bytes(), pictures.photo(*pictures.PHOTO)
        canvas = bench.question([drawing])
        tell("cold start")
        cold = _cold(canvas, scale.rounds)
        tell("the servers start")
        applications = {name: (application, WORKERS) for name, application in COMPARED.items()}
        with _all_serving(applications, canvas) as running:
            compared = _compare(bench, running, canvas)
            ours = running[OURS]
            tell("a photograph")
            photo = alternating({0: bench.asking(ours, bench.question([photograph]))}, scale.rounds)[0]
            batch = _batch(bench, ours, canvas)
            growth = _growth(bench, ours, canvas)
            tell("overload")
            storm = _storm(ours, canvas, compared.throughput[OURS].rate.median, scale.seconds)
        workers, memory = _workers(bench, canvas)
    return Figures(
        machine=machine.described(before),
        sizes={"drawing": len(drawing), "photograph": len(photograph)},
        cold=cold,
        compared=compared,
        photo=timing("a photograph", photo),
        batch=batch,
        growth=growth,
        workers=workers,
        memory=memory,
        storm=storm,
    )


@contextmanager
def _all_serving(wanted: Mapping[Key, tuple[str, int]], canvas: Question) -> Iterator[dict[Key, Server]]:
    """Servers by name, each of an application and a number of workers, warmed up; they start at the same time."""
    with ExitStack() as stack, ThreadPoolExecutor(len(wanted)) as pool:
        starting = {
            name: pool.submit(stack.enter_context, serving(application, WEB_CONCURRENCY=str(workers)))
            for name, (application, workers) in wanted.items()
        }
        running = {name: one.result() for name, one in starting.items()}
        for server in running.values():
            turn(server, canvas, WARM_UP, FULL_LOAD)
        yield running


# --- servers side by side ---------------------------------------------------------------------------------------------


def _compare(bench: Bench, running: Mapping[str, Server], canvas: Question) -> Compared:
    bench.tell("one request at a time")
    single = alternating({name: bench.asking(one, canvas) for name, one in running.items()}, bench.scale.rounds)
    bench.tell("throughput")
    throughput = alternating(
        {name: bench.asking(one, canvas, FULL_LOAD) for name, one in running.items()}, bench.scale.rounds
    )
    return Compared(
        single={name: timing(name, turns) for name, turns in single.items()},
        throughput={name: timing(name, turns) for name, turns in throughput.items()},
        connections=FULL_LOAD,
        ratios={
            f"{told}, to {other}": ratio([*map(number, turns[OURS])], [*map(number, turns[other])])
            for other in running
            if other != OURS
            for told, turns, number in (
                (RATE, throughput, rate),
                ("processor time of a request", throughput, server_cost),
                ("p50 of one at a time", single, median),
            )
        },
        wrk=_by_wrk({name: running[name] for name in (OURS, BARE)}, canvas, bench.scale),
    )


def _by_wrk(running: Mapping[str, Server], question: Question, scale: Scale) -> dict[str, Spread]:
    program = wrk.find()
    if program is None:
        return {}
    rates: dict[str, list[float]] = {name: [] for name in running}
    for _ in range(scale.few_rounds):
        for name, server in running.items():
            rates[name].append(wrk.rate(program, order(server, question, scale.seconds, FULL_LOAD)))
    return {name: spread(found) for name, found in rates.items()}


# --- a batch, and as many requests ------------------------------------------------------------------------------------


def _batch(bench: Bench, server: Server, canvas: Question) -> Batch:
    bench.tell("batches")
    together = bench.question(pictures.drawings(MANY), BATCH)
    turns = alternating(
        {0: bench.asking(server, together)} | {count: bench.asking(server, canvas, count) for count in SINGLES},
        bench.scale.rounds,
    )
    many = turns.pop(0)
    images = [MANY * rate(one) for one in many]
    return Batch(
        together=timing(f"{MANY} a request", many),
        singles={count: timing(f"{count} at a time", found) for count, found in turns.items()},
        ratios={
            f"{IMAGES}, to {count} at a time": ratio(images, [*map(rate, found)]) for count, found in turns.items()
        },
    )


# --- as work grows ----------------------------------------------------------------------------------------------------


def _growth(bench: Bench, server: Server, canvas: Question) -> Growth:
    scale = bench.scale
    bench.tell("larger batches")
    batch = _growing(bench, server, {count: bench.question(pictures.drawings(count), BATCH) for count in scale.batches})
    bench.tell("larger pictures")
    png = _growing(bench, server, {side: bench.question([pictures.drawing(side)]) for side in scale.sides})
    jpeg = _growing(bench, server, {side: bench.question([pictures.photo(side, side)]) for side in scale.sides})
    bench.tell("more connections")
    connections = _grown(bench, {count: bench.asking(server, canvas, count) for count in scale.connections})
    return Growth(png, jpeg, batch, connections)


def _growing(bench: Bench, server: Server, questions: Mapping[int, Question]) -> list[Grown]:
    return _grown(bench, {at: bench.asking(server, question, share=0.5) for at, question in questions.items()})


def _grown(bench: Bench, measures: Mapping[int, Callable[[], Turn]]) -> list[Grown]:
    turns = alternating(measures, bench.scale.few_rounds)
    return [Grown(at, timing(str(at), found)) for at, found in turns.items()]


def _workers(bench: Bench, canvas: Question) -> tuple[list[Grown], list[Memory]]:
    bench.tell("more workers")
    with _all_serving({count: (COMPARED[OURS], count) for count in bench.scale.workers}, canvas) as running:
        grown = _grown(bench, {count: bench.asking(one, canvas, FULL_LOAD) for count, one in running.items()})
        return grown, [_memory(count, server) for count, server in running.items()]


# --- the start, and memory --------------------------------------------------------------------------------------------


def _cold(question: Question, rounds: int) -> Cold:
    """Both in turns; the files are in the machine's memory after the first, which is left out."""
    _import_alone()
    pairs = [(_first_answer(question), _import_alone()) for _ in range(rounds)]
    answer, alone = zip(*pairs, strict=True)
    return Cold(spread(answer), spread(alone), ratio(answer, alone))


def _first_answer(question: Question) -> float:
    """Seconds from starting gunicorn to a digit that is read."""
    port = free_port()
    began = time.perf_counter()
    process = start(COMPARED[OURS], {"PORT": str(port), "WEB_CONCURRENCY": "1"}, subprocess.DEVNULL)
    try:
        while time.perf_counter() - began < STARTED:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STARTED)
                connection.request(
                    "POST", question.path, Path(question.body).read_bytes(), {"Content-Type": question.content_type}
                )
                if connection.getresponse().status == TAKEN:
                    return time.perf_counter() - began
            except OSError:  # nobody listens yet
                time.sleep(0.01)
            finally:
                connection.close()
        raise NotServing("It had not read a digit.", None, STARTED)
    finally:
        stop(process)


def _import_alone() -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "import tensorflow"],
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"},
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=STARTED,
    )
    return time.perf_counter() - began


def _memory(workers: int, server: Server) -> Memory:
    master, *each = server.memory()
    return Memory(workers, master, each)


# --- overload ---------------------------------------------------------------------------------------------------------


def _storm(server: Server, question: Question, capacity: float, seconds: float) -> Storm:
    """Requests come at ten times the rate that the server can answer, whether it answers or not."""
    calm = load.ask(order(server, question, seconds))
    rain = Order(
        server.address + question.path,
        question.body,
        question.content_type,
        CROWD,
        2 * seconds,
        rate=OVERLOAD * max(capacity, 1.0),
    )
    watching = Order(server.address + LIVE, connections=WATCHERS, seconds=2 * seconds, rate=HEALTH_RATE)
    with ThreadPoolExecutor(1) as beside:
        watched = beside.submit(load.ask, watching)
        answers = load.ask(rain)
        health = watched.result()
    after = load.ask(order(server, question, seconds))
    accepted, busy = (milliseconds(answers, status, new_connections=True) for status in (TAKEN, BUSY))
    healthy = milliseconds(health, new_connections=True)
    waits = [wait for wait, status in zip(answers.retry_after, answers.statuses, strict=True) if status == BUSY]
    return Storm(
        capacity=capacity,
        offered=OVERLOAD * max(capacity, 1.0),
        connections=CROWD,
        seconds=2 * seconds,
        unsent=answers.unsent,
        accepted=len(accepted),
        busy=len(busy),
        failed=len(answers.statuses) - len(accepted) - len(busy),
        without_retry_after=waits.count(0),
        calm_p50=percentile(milliseconds(calm), 50),
        calm_p99=percentile(milliseconds(calm), 99),
        accepted_p50=percentile(accepted, 50),
        accepted_p99=percentile(accepted, 99),
        busy_p50=percentile(busy, 50),
        busy_p99=percentile(busy, 99),
        health_asked=len(health.statuses) + health.unsent,
        health_failed=len(health.statuses) + health.unsent - len(healthy),
        health_p50=percentile(healthy, 50),
        health_p99=percentile(healthy, 99),
        first_before=calm.milliseconds[0],
        first_after=after.milliseconds[0],
        after_p50=percentile(milliseconds(after), 50),
        after_p99=percentile(milliseconds(after), 99),
    )
