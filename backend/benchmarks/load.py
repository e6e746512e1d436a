"""The load: requests by libcurl, timed by libcurl, from a process of its own beside the servers.

libcurl takes a quarter of the processor time that locust takes for a request, and comes as a wheel. It matters: the
machine has few cores, and what the load takes of them the servers lack, the faster ones most.

    python -m benchmarks.load < order.json > answers.json
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pycurl

#: From here `benchmarks` is found. The load imports nothing of Digits, which would take longer than a short turn.
HERE = Path(__file__).resolve().parent.parent

PATIENCE = 60  # seconds that a request may take before it counts as failed
LATE = 60  # seconds more than it was told to run, after which the load is given up
TICK = 0.002  # seconds at most between two looks at what is due
REST = 0.1  # and between two looks at what is on its way


@dataclass(frozen=True)
class Order:
    """What to ask, and how often.

    Without a `rate`, each connection asks again as soon as it is answered. With one, so many requests a second are due
    whether the server answers or not, and what is due while every connection waits is not sent.
    """

    url: str
    body: str = ""  # file of what is posted; nothing is posted without one
    content_type: str = ""
    connections: int = 1
    seconds: float = 2.0
    rate: float | None = None


@dataclass
class Answers:
    """What came back; the lists have an item for each answer."""

    seconds: float = 0.0  # until the last answer that came in time
    in_time: int = 0  # answers with status 200 before the time was up
    unsent: int = 0  # requests that were due while every connection waited
    client_seconds: float = 0.0  # of processor time that asking took
    milliseconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)  # 0 where there was no answer
    connected: list[bool] = field(default_factory=list)  # whether a connection was made for it first
    retry_after: list[int] = field(default_factory=list)  # seconds; 0 where the answer has no such header
    stages: dict[str, list[float]] = field(default_factory=dict)  # Server-Timing's milliseconds


def ask(order: Order) -> Answers:
    """Run the order in a process of its own. Raises CalledProcessError."""
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(asdict(order)),
        cwd=HERE,
        stdout=subprocess.PIPE,
        timeout=order.seconds + LATE,
        check=True,
        text=True,
    )
    return Answers(**json.loads(done.stdout))


# --- in that process --------------------------------------------------------------------------------------------------


def run(order: Order) -> Answers:
    """Ask until the time is up, and wait for what is on its way then."""
    answers = Answers()
    multi = pycurl.CurlMulti()
    idle = deque(_handle(order, answers) for _ in range(order.connections))
    due: dict[Any, float] = {}  # of the requests on their way: when each was due
    begun = 0
    processor, start = time.process_time(), time.perf_counter()
    while due or time.perf_counter() - start < order.seconds:
        elapsed = time.perf_counter() - start
        for _ in range(wanted(order, elapsed, begun, len(idle))):
            if idle:
                handle = idle.popleft()
                due[handle] = begun / order.rate if order.rate else elapsed
                multi.add_handle(handle)
            else:
                answers.unsent += 1
            begun += 1
        multi.perform()
        _rest(multi, TICK if order.rate else REST)
        multi.perform()
        for handle, answered in _finished(multi):
            elapsed = time.perf_counter() - start
            # A late request counts from when it was due: otherwise a stalled server would be asked less and look well.
            waited = elapsed - due[handle] if order.rate else handle.getinfo(pycurl.TOTAL_TIME_T) / 1e6
            _note(answers, handle, answered, 1000 * waited)
            if elapsed <= order.seconds:
                answers.seconds = elapsed
                answers.in_time += answers.statuses[-1] == HTTPStatus.OK
            multi.remove_handle(handle)
            del due[handle]
            idle.append(handle)
    answers.client_seconds = time.process_time() - processor
    return answers


def wanted(order: Order, elapsed: float, begun: int, idle: int) -> int:
    """How many requests should begin now."""
    if elapsed >= order.seconds:
        return 0
    return idle if order.rate is None else int(elapsed * order.rate) + 1 - begun


def _rest(multi: Any, seconds: float) -> None:
    """Until something arrives, or some time has passed."""
    if multi.select(seconds) == -1:  # nothing to wait for
        time.sleep(TICK)


def _handle(order: Order, answers: Answers) -> Any:
    """A request that can be made again and again."""
    handle = pycurl.Curl()
    handle.setopt(pycurl.URL, order.url)
    handle.setopt(pycurl.TIMEOUT, PATIENCE)
    handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    handle.setopt(pycurl.PROXY, "")  # the servers are here, whatever the environment says
    handle.setopt(pycurl.WRITEFUNCTION, len)
    handle.setopt(pycurl.HEADERFUNCTION, lambda line: _note_stages(answers, line))
    if order.body:
        handle.setopt(pycurl.POSTFIELDS, Path(order.body).read_bytes())
        # No browser asks first whether it may send, as libcurl would.
        handle.setopt(pycurl.HTTPHEADER, [f"Content-Type: {order.content_type}", "Expect:"])
    return handle


def _finished(multi: Any) -> Iterator[tuple[Any, bool]]:
    """Handles, and whether they were answered."""
    left = 1
    while left:
        left, answered, failed = multi.info_read()
        yield from ((handle, True) for handle in answered)
        yield from ((handle, False) for handle, *_ in failed)


def _note(answers: Answers, handle: Any, answered: bool, milliseconds: float) -> None:
    answers.milliseconds.append(round(milliseconds, 3))
    answers.statuses.append(handle.getinfo(pycurl.RESPONSE_CODE) if answered else 0)
    answers.connected.append(handle.getinfo(pycurl.NUM_CONNECTS) > 0)
    answers.retry_after.append(handle.getinfo(pycurl.RETRY_AFTER))


def _note_stages(answers: Answers, line: bytes) -> None:
    if line[:14].lower() == b"server-timing:":
        for name, milliseconds in stages(line[14:].decode("latin-1")):
            answers.stages.setdefault(name, []).append(milliseconds)


def stages(timing: str) -> Iterator[tuple[str, float]]:
    """'decode;dur=0.21, model;dur=0.4' -> ('decode', 0.21), ('model', 0.4) (Server-Timing, W3C)."""
    for metric in timing.split(","):
        name, *parameters = (part.strip() for part in metric.split(";"))
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "dur":
                yield name, float(value)


if __name__ == "__main__":
    json.dump(asdict(run(Order(**json.load(sys.stdin)))), sys.stdout)
