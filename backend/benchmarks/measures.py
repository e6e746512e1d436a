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

from benchmarks import load, machine, pictures, servers, wrk
from benchmarks.figures import (
    BUSY,
    TAKEN,
    Cold,
    Figures,
    Grown,
    Memory,
    Ratio,
    Spread,
    Storm,
    Timing,
    Turn,
    milliseconds,
    percentile,
    rate,
    ratio,
    server_cost,
    spread,
    timing,
)
from benchmarks.load import Order
from benchmarks.pictures import Form
from benchmarks.servers import Server, serving

READ, BATCH, LIVE = "/api/v1/digits", "/api/v1/digits/batch", "/api/v1/health/live"

OURS, BARE, SIGNATURE, PREDICT = "Digits", "bare Flask-RESTX", "SavedModel's signature", "Keras predict"
COMPARED = {OURS: servers.OURS, BARE: servers.BARE, SIGNATURE: servers.SIGNATURE, PREDICT: servers.PREDICT}

WORKERS = 2  # of each server that is compared
FULL_LOAD = 8  # connections that keep two workers busy
MANY = 64  # pictures in the batch that is compared with as many requests
SINGLES = (1, 2, 4, 8)  # connections by which as many requests are made
OVERLOAD = 10  # times the capacity
CROWD = 256  # connections that a storm comes by
HEALTH_RATE = 20.0  # questions a second about the health, during a storm
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
    rounds=1, few_rounds=1, seconds=0.3, sides=(28, 4000), batches=(1, 64), connections=(1, 64), workers=(1, 2)
)


@dataclass(frozen=True)
class Question:
    """What is posted where; `body` is a file."""

    path: str
    body: str
    content_type: str


class Asker:
    """Keeps what is posted in files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def question(self, form: Form, path: str = READ) -> Question:
        """A question that can be asked."""
        file = self._folder / f"{len(list(self._folder.iterdir()))}.form"
        file.write_bytes(form.body)
        return Question(path, str(file), form.content_type)


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
        asker = Asker(Path(folder))
        drawn = pictures.DRAWN.read_bytes()
        canvas = asker.question(pictures.form([drawn]))
        photograph = pictures.photo(*pictures.PHOTO)
        photo = asker.question(pictures.form([photograph]))
        many = asker.question(pictures.form(pictures.drawings(MANY), "images"), BATCH)

        tell("cold start")
        cold = _cold(canvas, scale.rounds)
        tell("the servers start")
        with _all_serving({name: (application, WORKERS) for name, application in COMPARED.items()}) as running:
            ours = running[OURS]
            for server in running.values():
                turn(server, canvas, WARM_UP, FULL_LOAD)
            tell("one request at a time")
            single = _compared(running, canvas, scale, 1)
            tell("throughput")
            throughput = _compared(running, canvas, scale, FULL_LOAD)
            wrk_rates = _by_wrk({name: running[name] for name in (OURS, BARE)}, canvas, scale)
            tell("a photograph")
            photos = [turn(ours, photo, scale.seconds) for _ in range(scale.rounds)]
            tell("batches")
            batch, *singles = alternating(
                {0: lambda: turn(ours, many, scale.seconds)}
                | {count: _asked(ours, canvas, scale.seconds, count) for count in SINGLES},
                scale.rounds,
            ).values()
            by_batch = _growing(ours, _batches(asker, scale), scale)
            tell("larger pictures")
            by_png = _growing(ours, {side: _png(asker, side) for side in scale.sides}, scale)
            by_jpeg = _growing(ours, {side: _jpeg(asker, side) for side in scale.sides}, scale)
            tell("more connections")
            by_connections = _grown(
                {count: _asked(ours, canvas, scale.seconds, count) for count in scale.connections}, scale
            )
            tell("overload")
            storm = _storm(ours, canvas, spread([rate(one) for one in throughput[OURS]]).median, scale.seconds)
        tell("more workers")
        with _all_serving({count: (servers.OURS, count) for count in scale.workers}) as running_workers:
            by_workers = _grown(
                {count: _asked(one, canvas, scale.seconds, FULL_LOAD) for count, one in running_workers.items()}, scale
            )
            memory = [_memory(count, server) for count, server in running_workers.items()]
        best = max(singles, key=lambda turns: spread([rate(one) for one in turns]).median)
        return Figures(
            machine=machine.described(before),
            sizes={"drawing": len(drawn), "photograph": len(photograph)},
            single={name: timing(name, turns) for name, turns in single.items()},
            throughput={name: timing(name, turns) for name, turns in throughput.items()},
            connections=FULL_LOAD,
            ratios=_ratios(single, throughput) | _batch_ratios(batch, singles[0], best),
            wrk=wrk_rates,
            photo=timing("a photograph", photos),
            batch=timing(f"{MANY} pictures a request", batch),
            batch_singles={
                str(count): timing(f"{count} at a time", turns) for count, turns in zip(SINGLES, singles, strict=True)
            },
            by_png=by_png,
            by_jpeg=by_jpeg,
            by_batch=by_batch,
            by_connections=by_connections,
            by_workers=by_workers,
            cold=cold,
            memory=memory,
            storm=storm,
        )


@contextmanager
def _all_serving(wanted: Mapping[Key, tuple[str, int]]) -> Iterator[dict[Key, Server]]:
    """Servers by name, each of an application and a number of workers; they start at the same time."""
    with ExitStack() as stack, ThreadPoolExecutor(len(wanted)) as pool:
        starting = {
            name: pool.submit(stack.enter_context, serving(application, WEB_CONCURRENCY=str(workers)))
            for name, (application, workers) in wanted.items()
        }
        yield {name: one.result() for name, one in starting.items()}


def _asked(server: Server, question: Question, seconds: float, connections: int) -> Callable[[], Turn]:
    return lambda: turn(server, question, seconds, connections)


def _compared(
    running: Mapping[str, Server], question: Question, scale: Scale, connections: int
) -> dict[str, list[Turn]]:
    return alternating(
        {name: _asked(server, question, scale.seconds, connections) for name, server in running.items()}, scale.rounds
    )


def _ratios(single: Mapping[str, Sequence[Turn]], throughput: Mapping[str, Sequence[Turn]]) -> dict[str, Ratio]:
    def of_ours(name: str, turns: Mapping[str, Sequence[Turn]], number: Callable[[Turn], float], other: str) -> Ratio:
        return ratio(name, [number(one) for one in turns[OURS]], [number(one) for one in turns[other]])

    def median(one: Turn) -> float:
        return percentile(milliseconds(one.answers), 50)

    return {
        "bare": of_ours(f"requests a second, to {BARE}", throughput, rate, BARE),
        "bare cost": of_ours(f"the workers' processor time a request, to {BARE}", throughput, server_cost, BARE),
        "bare p50": of_ours(f"p50 of one request at a time, to {BARE}", single, median, BARE),
        "predict": of_ours(f"requests a second, to {PREDICT}", throughput, rate, PREDICT),
        "predict cost": of_ours(
            f"the workers' processor time a request, to {PREDICT}", throughput, server_cost, PREDICT
        ),
        "predict p50": of_ours(f"p50 of one request at a time, to {PREDICT}", single, median, PREDICT),
        "signature p50": of_ours(f"p50 of one request at a time, to the {SIGNATURE}", single, median, SIGNATURE),
    }


# --- a batch, and as many requests ------------------------------------------------------------------------------------


def _batch_ratios(batch: Sequence[Turn], single: Sequence[Turn], best: Sequence[Turn]) -> dict[str, Ratio]:
    images = [MANY * rate(one) for one in batch]
    return {
        "batch": ratio(f"images a second in batches of {MANY}, to one request at a time", images, [*map(rate, single)]),
        "batch best": ratio(
            f"images a second in batches of {MANY}, to requests by as many connections as give most",
            images,
            [*map(rate, best)],
        ),
    }


def _batches(asker: Asker, scale: Scale) -> dict[int, Question]:
    return {count: asker.question(pictures.form(pictures.drawings(count), "images"), BATCH) for count in scale.batches}


# --- as work grows ----------------------------------------------------------------------------------------------------


def _png(asker: Asker, side: int) -> Question:
    return asker.question(pictures.form([pictures.drawing(side)]))


def _jpeg(asker: Asker, side: int) -> Question:
    return asker.question(pictures.form([pictures.photo(side, side)]))


def _growing(server: Server, questions: Mapping[int, Question], scale: Scale) -> list[Grown]:
    return _grown({at: _asked(server, question, scale.seconds / 2, 1) for at, question in questions.items()}, scale)


def _grown(measures: Mapping[int, Callable[[], Turn]], scale: Scale) -> list[Grown]:
    return [Grown(at, timing(str(at), turns)) for at, turns in alternating(measures, scale.few_rounds).items()]


# --- the start, and memory --------------------------------------------------------------------------------------------


def _cold(question: Question, rounds: int) -> Cold:
    """Both in turns; the files are in the machine's memory after the first, which is left out."""
    _import_alone()
    pairs = [(_first_answer(question), _import_alone()) for _ in range(rounds)]
    answer, alone = zip(*pairs, strict=True)
    return Cold(spread(answer), spread(alone), ratio("", answer, alone).value)


def _first_answer(question: Question) -> float:
    """Seconds from starting gunicorn to a digit that is read."""
    port = servers.free_port()
    began = time.perf_counter()
    process = servers.start(servers.OURS, {"PORT": str(port), "WEB_CONCURRENCY": "1"}, subprocess.DEVNULL)
    try:
        while time.perf_counter() - began < servers.START:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=servers.START)
                connection.request(
                    "POST", question.path, Path(question.body).read_bytes(), {"Content-Type": question.content_type}
                )
                if connection.getresponse().status == TAKEN:
                    return time.perf_counter() - began
            except OSError:  # nobody listens yet
                time.sleep(0.01)
            finally:
                connection.close()
        raise servers.NotServing(f"The server had not read a digit after {servers.START} seconds.")
    finally:
        servers.stop(process)


def _import_alone() -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "import tensorflow"],
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"},
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=servers.START,
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
    watching = Order(server.address + LIVE, connections=4, seconds=2 * seconds, rate=HEALTH_RATE)
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


# --- a second opinion -------------------------------------------------------------------------------------------------


def _by_wrk(running: Mapping[str, Server], question: Question, scale: Scale) -> dict[str, Spread]:
    program = wrk.find()
    if program is None:
        return {}
    rates: dict[str, list[float]] = {name: [] for name in running}
    for _ in range(scale.few_rounds):
        for name, server in running.items():
            rates[name].append(wrk.rate(program, order(server, question, scale.seconds, FULL_LOAD)))
    return {name: spread(found) for name, found in rates.items()}
