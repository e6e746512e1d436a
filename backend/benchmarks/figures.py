"""What was measured, as numbers: rounds of answers -> their percentiles, and ratios of the same round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import numpy as np

from benchmarks.load import Answers

TAKEN, BUSY = HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True)
class Turn:
    """One server asked for a while."""

    answers: Answers
    server_seconds: float  # of processor time that its workers took


@dataclass(frozen=True)
class Spread:
    """A number over several rounds: the median, the least and the most; not a number where nothing was measured."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Timing:
    """All rounds of one server. The percentiles are of milliseconds, of answers with status 200."""

    name: str
    rounds: int
    requests: int
    busy: int  # answered 503
    failed: int  # anything else but 200, or no answer
    p50: Spread
    p90: Spread
    p99: Spread
    tail: Spread  # p99 / p50
    rate: Spread  # answers with status 200 a second
    server: Spread  # milliseconds of the workers' processor time for an answer
    client: Spread  # and of the load's
    stages: dict[str, float]  # median milliseconds by Server-Timing


@dataclass(frozen=True)
class Cold:
    """Seconds from nothing to the first answer, and those that importing TensorFlow takes alone."""

    first_answer: Spread
    import_alone: Spread
    ratio: Spread


@dataclass(frozen=True)
class Memory:
    """Bytes of the master and of each worker after the same load."""

    workers: int
    master: int
    each: list[int]


@dataclass(frozen=True)
class Storm:
    """More than can be answered."""

    capacity: float  # requests a second that were answered before
    offered: float  # that were due
    connections: int
    seconds: float
    unsent: int  # due while every connection waited
    accepted: int
    busy: int
    failed: int
    without_retry_after: int  # of the busy ones
    calm_p50: float  # milliseconds of one request at a time, before
    calm_p99: float
    accepted_p50: float
    accepted_p99: float
    busy_p50: float
    busy_p99: float
    health_asked: int
    health_failed: int
    health_p50: float
    health_p99: float
    first_before: float  # milliseconds of the first request of a client before the storm
    first_after: float  # and of the first when it was over
    after_p50: float
    after_p99: float


@dataclass(frozen=True)
class Grown:
    """What was measured as something grew; `at` says how large it was."""

    at: int
    timing: Timing


@dataclass(frozen=True)
class Compared:
    """Servers side by side."""

    single: dict[str, Timing]  # by server, one request at a time
    throughput: dict[str, Timing]  # as many as the connections bring
    connections: int
    ratios: dict[str, Spread]  # by what is divided
    wrk: dict[str, Spread]  # requests a second by wrk; empty where there is none


@dataclass(frozen=True)
class Batch:
    """Many pictures in one request, and each in its own."""

    together: Timing
    singles: dict[int, Timing]  # by number of connections
    ratios: dict[str, Spread]  # by what is divided


@dataclass(frozen=True)
class Growth:
    """The cost as work grows."""

    png: list[Grown]  # by pixels of the side
    jpeg: list[Grown]
    batch: list[Grown]  # by pictures in a request
    connections: list[Grown]


@dataclass(frozen=True)
class Figures:
    """Everything."""

    machine: dict[str, str]
    sizes: dict[str, int]  # bytes of the pictures that were asked about
    cold: Cold
    compared: Compared
    photo: Timing
    batch: Batch
    growth: Growth
    workers: list[Grown]
    memory: list[Memory]
    storm: Storm


def spread(values: Sequence[float]) -> Spread:
    """The median of several rounds, and between what they lie."""
    known = [value for value in values if np.isfinite(value)]
    if not known:
        return Spread(np.nan, np.nan, np.nan)
    return Spread(float(np.median(known)), min(known), max(known))


def ratio(of: Sequence[float], to: Sequence[float]) -> Spread:
    """Round by round: what disturbs the machine for a while disturbs both."""
    return spread([one / other if other else np.nan for one, other in zip(of, to, strict=True)])


def percentile(values: Sequence[float], share: float) -> float:
    """Of nothing it is not a number."""
    return float(np.percentile(values, share)) if len(values) else np.nan


def milliseconds(answers: Answers, status: int = TAKEN, *, new_connections: bool = False) -> list[float]:
    """Of the answers with this status; those that a connection had to be made for are left out as warming up."""
    rows = zip(answers.milliseconds, answers.statuses, answers.connected, strict=True)
    return [took for took, given, connected in rows if given == status and (new_connections or not connected)]


def rate(turn: Turn) -> float:
    """Good answers a second."""
    return turn.answers.in_time / turn.answers.seconds if turn.answers.in_time else 0.0


def median(turn: Turn) -> float:
    """Milliseconds that half of the good answers took at most."""
    return percentile(milliseconds(turn.answers), 50)


def server_cost(turn: Turn) -> float:
    """Milliseconds of the workers' processor time for an answer."""
    return 1000 * turn.server_seconds / max(1, len(turn.answers.statuses))


def timing(name: str, turns: Sequence[Turn]) -> Timing:
    """The rounds of one server together."""
    statuses = [status for turn in turns for status in turn.answers.statuses]
    p50, p90, p99 = ([percentile(milliseconds(turn.answers), share) for turn in turns] for share in (50, 90, 99))
    return Timing(
        name,
        rounds=len(turns),
        requests=len(statuses),
        busy=statuses.count(BUSY),
        failed=len(statuses) - statuses.count(TAKEN) - statuses.count(BUSY),
        p50=spread(p50),
        p90=spread(p90),
        p99=spread(p99),
        tail=spread([high / middle for high, middle in zip(p99, p50, strict=True)]),
        rate=spread([rate(turn) for turn in turns]),
        server=spread([server_cost(turn) for turn in turns]),
        client=spread([1000 * turn.answers.client_seconds / max(1, len(turn.answers.statuses)) for turn in turns]),
        stages=_stages([turn.answers.stages for turn in turns]),
    )


def _stages(found: Sequence[Mapping[str, Sequence[float]]]) -> dict[str, float]:
    names = dict.fromkeys(name for stages in found for name in stages)
    return {name: percentile([took for stages in found for took in stages.get(name, [])], 50) for name in names}
