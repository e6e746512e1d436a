"""The figures as a page that a person can open: Markdown, and plots of what grows."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Plot

from benchmarks.figures import Compared, Figures, Grown, Spread, Storm, Timing
from benchmarks.measures import BARE, CROWD, IMAGES, MANY, OURS, OVERLOAD, PREDICT, RATE, SIGNATURE, WORKERS
from digits.training.evaluation.measure import markdown

Table = list[tuple[str, ...]]

TITLE = f"""\
# How fast it is

Measured by `make bench RELEASE=1` with real servers under gunicorn, started as `make run` starts them but with
{WORKERS} workers where nothing else is said, without a log. The load and the servers share one machine.

- Servers that are compared take turns within each round, so that whatever else the machine does hits all of them. A
  figure is the median of the rounds, with the least and the most of them in brackets; ratios are made within a round.
- *p50*, *p90* and *p99* are percentiles of milliseconds, of the answers with status 200; *busy* counts those with 503,
  *failed* all others and those that never came. Left out as warming up: a second of full load on each server, and the
  first answer on each connection.
- *server* and *load* are milliseconds of processor time for a request, of the workers and of what asks them. They
  depend on what else the machine does far less than times on the clock.
- The load is libcurl's, timed by libcurl, over connections that are kept.
"""

SERVERS = f"""\
*{BARE}* parses the same form and answers a constant, under the same gunicorn. *{PREDICT}* is Digits with the first
of its networks, of the same weights, asked through Keras' `predict`; *{SIGNATURE}* is Digits with the model called
as TensorFlow's guide does.
"""


@dataclass(frozen=True)
class Aim:
    """What was wanted, and what came of it."""

    wanted: str
    found: Spread
    most: float = math.inf
    least: float = -math.inf
    unit: str = ""

    @property
    def holds(self) -> bool:
        """By the median of the rounds; what could not be measured does not hold."""
        return self.least <= self.found.median <= self.most


def write(folder: Path, figures: Figures) -> None:
    """Put README.md and its plots into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    plots = {
        "size.png": _by_size(figures),
        "connections.png": _by_connections(figures.growth.connections),
        "batch.png": _by_batch(figures.growth.batch),
    }
    for name, plot in plots.items():
        plot.savefig(folder / name, dpi=110)
    (folder / "README.md").write_text(page(figures), "utf-8")


def write_figures(file: Path, figures: Figures) -> None:
    """All of them as JSON, for programs."""
    file.parent.mkdir(parents=True, exist_ok=True)
    standard = json.loads(json.dumps(asdict(figures)), parse_constant=lambda _: None)  # JSON has no NaN
    file.write_text(json.dumps(standard, indent=1), "utf-8")


def aims(figures: Figures) -> list[Aim]:
    """What is wanted of the server: the only numbers that are not measured."""
    compared, storm = figures.compared, figures.storm
    ours = compared.single[OURS]
    return [
        Aim("one request at a time: p50 of at most 2.0 ms", ours.p50, most=2.0, unit=" ms"),
        Aim("its p99 within 3 times of that", ours.tail, most=3.0),
        Aim("at least 30 % of a bare endpoint's requests a second", compared.ratios[f"{RATE}, to {BARE}"], least=0.3),
        Aim("at least 20 times those through Keras `predict`", compared.ratios[f"{RATE}, to {PREDICT}"], least=20.0),
        Aim("a 12-megapixel JPEG within 40 ms (p50)", figures.photo.p50, most=40.0, unit=" ms"),
        Aim(
            f"a batch of {MANY} at least 3 times the images a second",
            figures.batch.ratios[f"{IMAGES}, to 1 at a time"],
            least=3.0,
        ),
        Aim("overload: p99 of accepted requests within 3 times of the calm one", _once(_strain(storm)), most=3.0),
        Aim("every other one answered 503 with Retry-After", _once(storm.failed + storm.without_retry_after), most=0),
        Aim("health answers all the while", _once(storm.health_failed), most=0),
    ]


def _once(value: float) -> Spread:
    return Spread(value, value, value)


def _strain(storm: Storm) -> float:
    return storm.accepted_p99 / storm.calm_p99


# --- the page ---------------------------------------------------------------------------------------------------------


def page(figures: Figures) -> str:
    """All of it."""
    parts = [
        TITLE,
        markdown([("the machine", ""), *figures.machine.items()]),
        "## Wanted and found",
        markdown(aims_table(aims(figures))),
        *_comparison(figures.compared, figures.sizes["drawing"]),
        "## A photograph",
        f"A JPEG of 4,000 by 3,000 pixels and {figures.sizes['photograph']:,} bytes, made up: the drawing in uneven "
        "light, with a sensor's noise.",
        markdown(timings_table("picture", [figures.photo])),
        markdown(stages_table(figures.photo)),
        "## A batch, and as many requests",
        markdown(batch_table([(MANY, figures.batch.together), *((1, one) for one in figures.batch.singles.values())])),
        markdown(ratios_table(f"batches of {MANY}", figures.batch.ratios)),
        *_growth(figures),
        *_operation(figures),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _comparison(compared: Compared, size: int) -> list[str]:
    return [
        "## One request at a time",
        f"A drawing of 280 pixels as the page sends it, a PNG of {size:,} bytes in a form, on one connection.",
        SERVERS,
        markdown(timings_table("server", compared.single.values())),
        markdown(stages_table(compared.single[OURS])),
        "## Throughput",
        f"The same by {compared.connections} connections, each of which asks again as soon as it is answered.",
        markdown(timings_table("server", compared.throughput.values())),
        markdown(ratios_table(OURS, compared.ratios)),
        _second_opinion(compared),
    ]


def _growth(figures: Figures) -> list[str]:
    growth = figures.growth
    return [
        "## As pictures grow",
        "One at a time; the PNG is the clean drawing, the JPEG the made-up photograph, both square.",
        "![Milliseconds against megapixels, PNG and JPEG, both axes logarithmic](size.png)",
        markdown(grown_table("PNG, pixels of the side", growth.png)),
        markdown(grown_table("JPEG, pixels of the side", growth.jpeg)),
        "## As batches grow",
        "![Images a second against pictures in a request](batch.png)",
        markdown(batch_table([(one.at, one.timing) for one in growth.batch])),
        "## As more connections ask at once",
        "![Requests a second and milliseconds against connections](connections.png)",
        markdown(grown_table("connections", growth.connections)),
        "## With more workers",
        f"By {figures.compared.connections} connections.",
        markdown(grown_table("workers", figures.workers)),
    ]


def _operation(figures: Figures) -> list[str]:
    return [
        "## The start, and memory",
        "Seconds from starting gunicorn with one worker to the first digit that is read, beside those of a Python that "
        "does nothing but import TensorFlow; in turns, with the files in the machine's memory.",
        markdown(
            [
                ("", "seconds"),
                ("to the first answer", _shown(figures.cold.first_answer)),
                ("`import tensorflow` alone", _shown(figures.cold.import_alone)),
                ("ratio", _shown(figures.cold.ratio)),
            ]
        ),
        "Memory after the load of the table before; what processes share is counted in parts (PSS on Linux).",
        markdown(memory_table(figures)),
        "## More than can be answered",
        f"For {figures.storm.seconds:g} seconds, {_number(figures.storm.offered)} requests a second are due, "
        f"{OVERLOAD} times as many as were answered above, whether they are answered or not, by up to {CROWD} "
        "connections; what is due while all of these wait is not sent. Milliseconds count from when a request was due. "
        "The load takes its share of the machine, too.",
        markdown(storm_table(figures.storm)),
    ]


def _second_opinion(compared: Compared) -> str:
    if not compared.wrk:
        return "wrk, which could give a second opinion, was not on the machine."
    found = "; ".join(f"{name} {_shown(rate)}" for name, rate in compared.wrk.items())
    return f"A second opinion, by wrk with as many connections, in requests a second: {found}."


# --- tables -----------------------------------------------------------------------------------------------------------


def aims_table(wanted: Iterable[Aim]) -> Table:
    """Each aim with what was found."""
    rows = [(one.wanted, _shown(one.found, one.unit), "yes" if one.holds else "**no**") for one in wanted]
    return [("wanted", "found", "holds"), *rows]


def timings_table(head: str, timings: Iterable[Timing]) -> Table:
    """Latency, rate and cost."""
    heads = (head, "n", "p50", "p90", "p99", "p99 / p50", "requests a second", "server", "load", "busy", "failed")
    return [heads, *((one.name, *_cells(one)) for one in timings)]


def grown_table(head: str, grown: Iterable[Grown]) -> Table:
    """The same, as something grows."""
    return [
        (f"{head}", *timings_table("", [])[0][1:]),
        *((f"{one.at:,}", *_cells(one.timing)) for one in grown),
    ]


def _cells(timing: Timing) -> tuple[str, ...]:
    shown = (timing.p50, timing.p90, timing.p99, timing.tail, timing.rate, timing.server, timing.client)
    return (f"{timing.requests:,}", *map(_shown, shown), f"{timing.busy:,}", f"{timing.failed:,}")


def stages_table(timing: Timing) -> Table:
    """Where a request's time goes within the application."""
    return [("stage, by Server-Timing", "ms"), *((name, f"{took:.2f}") for name, took in timing.stages.items())]


def ratios_table(head: str, ratios: Mapping[str, Spread]) -> Table:
    """One thing divided by others."""
    return [(f"{head} to others", "ratio"), *((name, _shown(value)) for name, value in ratios.items())]


def batch_table(timings: Iterable[tuple[int, Timing]]) -> Table:
    """By pictures in a request."""
    rows = [
        (
            one.name,
            f"{one.requests:,}",
            _shown(one.p50),
            _shown(_times(one.rate, count)),
            _shown(_times(one.server, 1 / count)),
            f"{one.busy + one.failed:,}",
        )
        for count, one in timings
    ]
    return [("pictures", "n", "p50 of a request", "images a second", "server, an image", "busy or failed"), *rows]


def memory_table(figures: Figures) -> Table:
    """By number of workers."""
    rows = [
        (str(one.workers), f"{one.master / 2**20:.0f}", ", ".join(f"{each / 2**20:.0f}" for each in one.each))
        for one in figures.memory
    ]
    return [("workers", "MiB of the master", "of each worker"), *rows]


def storm_table(storm: Storm) -> Table:
    """What became of everybody."""
    rows: list[tuple[str, int | None, float | None, float | None]] = [
        ("one at a time, before", None, storm.calm_p50, storm.calm_p99),
        ("accepted", storm.accepted, storm.accepted_p50, storm.accepted_p99),
        ("answered 503", storm.busy, storm.busy_p50, storm.busy_p99),
        ("of these without Retry-After", storm.without_retry_after, None, None),
        ("failed", storm.failed, None, None),
        ("due, but not sent", storm.unsent, None, None),
        ("health", storm.health_asked, storm.health_p50, storm.health_p99),
        ("of these failed", storm.health_failed, None, None),
        ("one at a time, after", None, storm.after_p50, storm.after_p99),
        ("a client's first request, before", 1, storm.first_before, None),
        ("a client's first request, after", 1, storm.first_after, None),
    ]
    shown = [
        (name, "" if count is None else f"{count:,}", *("" if one is None else _number(one) for one in milliseconds))
        for name, count, *milliseconds in rows
    ]
    return [("", "n", "p50", "p99"), *shown]


def _times(spread: Spread, factor: float) -> Spread:
    return Spread(spread.median * factor, spread.low * factor, spread.high * factor)


def _shown(spread: Spread, unit: str = "") -> str:
    """'1.93 ms (1.90 to 2.01)'."""
    if math.isnan(spread.median):
        return "not measured"
    if spread.low == spread.high:
        return f"{_number(spread.median)}{unit}"
    return f"{_number(spread.median)}{unit} ({_number(spread.low)} to {_number(spread.high)})"


def _number(value: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if value >= 100 or value == 0 else f"{value:.1f}" if value >= 20 else f"{value:.2f}"


# --- plots ------------------------------------------------------------------------------------------------------------


def _by_size(figures: Figures) -> Plot:
    plot, axes = _plot("megapixels", "milliseconds")
    for name, grown in (("PNG", figures.growth.png), ("JPEG", figures.growth.jpeg)):
        megapixels = [one.at**2 / 1e6 for one in grown]
        _line(axes, megapixels, [one.timing.p50 for one in grown], f"{name}, p50")
        axes.plot(
            megapixels,
            [one.timing.p99.median for one in grown],
            ":",
            color=axes.lines[-1].get_color(),
            label=f"{name}, p99",
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.legend(fontsize=7)
    return plot


def _by_batch(grown: Sequence[Grown]) -> Plot:
    plot, axes = _plot("pictures in a request", "images a second")
    _line(axes, [one.at for one in grown], [_times(one.timing.rate, one.at) for one in grown], "images a second")
    _base_two(axes, [one.at for one in grown])
    axes.set_ylim(bottom=0)
    return plot


def _by_connections(grown: Sequence[Grown]) -> Plot:
    plot = Plot(figsize=(6.2, 5.2), layout="constrained")
    above, below = plot.subplots(2, sharex=True)
    at = [one.at for one in grown]
    _line(above, at, [one.timing.rate for one in grown], "answered")
    above.set_ylabel("requests a second")
    above.set_ylim(bottom=0)
    percentiles: list[tuple[str, Callable[[Timing], Spread]]] = [
        ("p50", lambda timing: timing.p50),
        ("p99", lambda timing: timing.p99),
    ]
    for name, number in percentiles:
        _line(below, at, [number(one.timing) for one in grown], name)
    below.set_yscale("log")
    below.set_ylabel("milliseconds")
    below.set_xlabel("connections")
    below.legend(fontsize=7)
    _base_two(below, at)
    return plot


def _plot(across: str, up: str) -> tuple[Plot, Axes]:
    plot = Plot(figsize=(6.2, 5.2), layout="constrained")
    axes = plot.add_subplot()
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    return plot, axes


def _line(axes: Axes, at: Sequence[float], spreads: Sequence[Spread], label: str) -> None:
    """The medians, and the range of the rounds as a band."""
    (line,) = axes.plot(at, [one.median for one in spreads], ".-", label=label)
    lows, highs = [one.low for one in spreads], [one.high for one in spreads]
    axes.fill_between(at, lows, highs, color=line.get_color(), alpha=0.15, linewidth=0)


def _base_two(axes: Axes, at: Sequence[int]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_xticks(at, [str(one) for one in at])
