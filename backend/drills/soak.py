"""Half of what a server can do, for long: whether its memory stays flat."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drills.load import asked_for, asking
from drills.report import Verdict
from running import Server, serving

EVERY = 5.0  # seconds between two looks at the memory
WARM = 0.25  # the share of the run, at its beginning, in which memory may grow as caches and pools fill
MOST_WARM = 600.0  # seconds of it at most
FLAT = 50.0  # KiB a minute of both workers together
LONG = 1800.0  # seconds from which on a run tells growth that goes on from one that ends
SETTLED = 8 * 1024.0  # KiB by which memory may grow after the warming up of a shorter one
POINTS = "soak.csv"


@dataclass(frozen=True)
class Slope:
    """Of a straight line through points, by least squares."""

    value: float
    margin: float  # half of the interval that has it with 95 % confidence


def slope(xs: Sequence[float], ys: Sequence[float]) -> Slope:
    """How much y grows with x. Where there are too few points to tell, the margin is infinite."""
    n = len(xs)
    if n < 5:
        return Slope(0.0, math.inf)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    spread = sum((x - x_mean) ** 2 for x in xs)
    value = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True)) / spread
    rest = sum((y - y_mean - value * (x - x_mean)) ** 2 for x, y in zip(xs, ys, strict=True))
    return Slope(value, student(n - 2) * math.sqrt(rest / (n - 2) / spread))


def student(freedom: int) -> float:
    """Quantile 0.975 of Student's t, by the expansion of Cornish and Fisher; within 1 % from 3 degrees on."""
    z = 1.959964
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return math.fsum(term / freedom**power for power, term in enumerate(terms))


def soak(folder: Path, minutes: float) -> Verdict:
    """Two workers are asked at half of what they can answer; the memory that is theirs alone (USS) is watched."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving(WEB_CONCURRENCY="2") as server, (folder / POINTS).open("w", newline="", encoding="utf-8") as file:
        points = csv.writer(file)
        points.writerow(["seconds", "requests", "failures", "uss_kib_of_both_workers"])
        workers = server.worker_ids()
        rate = len(asked_for(server.place, 5, 4).seconds()) / 5 / 2
        times, sizes, requests, failures = [], [], 0, 0
        with asking(server.place, 4, rate) as load:
            began = time.monotonic()
            while (now := time.monotonic() - began) < 60 * minutes:
                times.append(now)
                sizes.append(uss(server))
                requests += len(load.answers)
                failures += len(load.failures()) + len(load.seconds(503))
                load.answers.clear()  # our own memory should stay flat, too
                points.writerow([f"{now:.1f}", requests, failures, f"{sizes[-1]:.0f}"])
                file.flush()  # what has run so far is a result
                time.sleep(EVERY)
        same = server.worker_ids() == workers
    return judged(times, sizes, requests, failures, rate, same)


def judged(
    times: Sequence[float], sizes: Sequence[float], requests: int, failures: int, rate: float, same: bool
) -> Verdict:
    """What the points say: seconds and KiB of both workers together."""
    warm = min(MOST_WARM, WARM * (times[-1] if times else 0.0))
    kept = [(at / 60, size) for at, size in zip(times, sizes, strict=True) if at >= warm]
    grows = slope([at for at, _ in kept], [size for _, size in kept])
    long = bool(times) and times[-1] >= LONG
    unsure = "" if long else ", too short a run to go by that"
    # Not flat is what surely grows by more than FLAT.
    flat = grows.value - grows.margin <= FLAT if long else bool(kept) and kept[-1][1] - kept[0][1] <= SETTLED
    return Verdict(
        flat and failures == 0 and same and requests > 0,
        f"{failures} of {requests:,} requests failed in {(times[-1] if times else 0) / 60:.1f} minutes at "
        f"{rate:.0f} a second; {'no worker was' if same else 'workers were'} replaced; both workers' USS, "
        f"{(sizes[-1] if sizes else 0) / 1024:.0f} MiB at the end, grew by {grows.value:+.1f} ± {grows.margin:.1f} KiB "
        f"a minute (95 %) after {warm / 60:.1f} minutes of warming up{unsure}",
    )


def uss(server: Server) -> float:
    """KiB that the workers would give back if they ended."""
    return sum(worker.memory_full_info().uss for worker in server.workers()) / 1024
