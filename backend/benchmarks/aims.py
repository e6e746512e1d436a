"""What the server should reach, and where the time goes if it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]

PHOTOGRAPH = 40  # milliseconds


@dataclass(frozen=True)
class Aim:
    """One aim. A figure that is too high or too low misses it."""

    what: str
    figure: Callable[[Figures], float]
    limit: float
    at_least: bool = False
    unit: str = ""
    why: Callable[[Figures], str] = lambda _: ""  # what the profile says where it is missed

    def met(self, figures: Figures) -> bool:
        """Whether the figure keeps the limit."""
        value = self.figure(figures)
        return value >= self.limit if self.at_least else value <= self.limit

    def row(self, figures: Figures) -> tuple[str, str, str, str]:
        """What, aim, measured, met?"""
        limit = f"{'at least' if self.at_least else 'at most'} {self.limit:g}{self.unit}"
        return self.what, limit, f"{self.figure(figures):.2f}{self.unit}", "yes" if self.met(figures) else "no"


def _of_one(name: str) -> Callable[[Figures], float]:
    return lambda figures: float(figures["one_request"][name])


def _of_loads(name: str) -> Callable[[Figures], float]:
    return lambda figures: min(float(row[name]) for row in figures["throughput"]["connections"])


def _of_stages(sent: str) -> Callable[[Figures], str]:
    """Where the time of a request goes."""

    def why(figures: Figures) -> str:
        stages = figures["one_request"]["stages"][sent]
        listed = ", ".join(f"{name} {milliseconds:.2f}" for name, milliseconds in stages.items())
        return (
            f"By the server's own clock, the stages take {sum(stages.values()):.2f} ms ({listed}). The rest is HTTP, "
            "validation, metrics and the log."
        )

    return why


def _of_batch(figures: Figures) -> str:
    per_core = figures["throughput"]["batch_per_core"]
    stages = figures["one_request"]["stages"]["drawing"]
    return (
        f"A picture of a batch takes {1000 / per_core:.2f} ms of a core. A batch saves the HTTP request and much of "
        f"the network's {stages['model']:.2f} ms, but not decode ({stages['decode']:.2f}) and normalize "
        f"({stages['normalize']:.2f})."
    )


AIMS = (
    Aim("drawing, times the bare endpoint", _of_one("ratio"), 3.0, why=_of_stages("drawing")),
    Aim("strokes, times the bare endpoint", _of_one("strokes_ratio"), 2.0, why=_of_stages("strokes")),
    Aim(
        f"photograph, times {PHOTOGRAPH} ms or 1.25 times libjpeg, whichever is longer",
        lambda figures: (
            _of_one("photograph_ms")(figures) / max(PHOTOGRAPH, 1.25 * _of_one("photograph_decode_ms")(figures))
        ),
        1,
        why=_of_stages("photograph"),
    ),
    Aim(
        "number of four digits, times a digit",
        _of_one("number_ratio"),
        2.5,
        why=lambda figures: (
            f"{_of_stages('number_4')(figures)} The line network reads the number as a whole, besides the network that "
            f"reads each digit. A number of one digit takes {_of_one('number_1_ms')(figures):.2f} ms."
        ),
    ),
    Aim(
        "throughput, lowest share of the bare endpoint's",
        _of_loads("ratio"),
        0.3,
        at_least=True,
        why=_of_stages("drawing"),
    ),
    Aim(
        "throughput, lowest of min/max of the rounds",
        _of_loads("steady"),
        0.7,
        at_least=True,
        why=lambda _: "Linux divides the connections by chance, so one of two workers may have most of them.",
    ),
    Aim(
        "batches of 64, times the rate of single requests",
        lambda figures: float(figures["throughput"]["batch_ratio"]),
        4.0,
        at_least=True,
        why=_of_batch,
    ),
    Aim(
        "folder, times the rate of batches",
        lambda figures: float(figures["command_line"]["folder_rate"] / figures["throughput"]["batch_rate"]),
        0.8,
        at_least=True,
        why=lambda figures: (
            f"{figures['command_line']['folder_cores']:.1f} cores were busy: one process has one lock of Python for "
            "all of its threads, and the server has two processes."
        ),
    ),
    Aim(
        "start of `digits read one.png`",
        lambda figures: float(figures["command_line"]["read_one_s"]),
        4.0,
        unit=" s",
        why=lambda _: "Nearly all of it is the import of TensorFlow.",
    ),
    Aim(
        "growth of memory by all loads",
        lambda figures: float(figures["throughput"]["rss_end_mib"] / figures["throughput"]["rss_start_mib"]),
        1.1,
        why=lambda _: "The first batches need memory that the allocator keeps for the next ones.",
    ),
    Aim(
        "private memory of a second worker",
        lambda figures: float(figures["throughput"]["private_mib"]) * 2**20 / 1e6,
        150,
        unit=" MB",
        why=lambda _: "Each worker has its own copy of the networks, and the buffers of its threads.",
    ),
)


def missed(figures: Figures) -> list[str]:
    """A sentence for each aim that is missed."""
    return [f"{aim.what[0].upper()}{aim.what[1:]}: {aim.why(figures)}".strip() for aim in AIMS if not aim.met(figures)]
