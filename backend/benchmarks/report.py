"""From the figures as JSON to the report and the capacity plan."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure as Plot

from benchmarks.aims import AIMS, missed

BUSY = 0.6  # share of the cores that are busy when the autoscaler adds a server
BEGIN, END = "<!-- figures: written by make bench RELEASE=1 -->\n", "<!-- end of figures -->\n"

Figures = dict[str, Any]


def write(folder: Path, figures: Figures) -> None:
    """Write results.json, README.md and growth.png to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    (folder / "README.md").write_text(page(figures), "utf-8")
    growth_plot(figures["growth"]).savefig(folder / "growth.png", dpi=110)


def page(figures: Figures) -> str:
    """The report in Markdown."""
    one, through, over, command = (figures[name] for name in ("one_request", "throughput", "overload", "command_line"))
    return f"""\
# Speed

Measured by `make bench` on {
        figures["machine"]
    }, alternately with a bare Flask-RESTX endpoint that parses the same form or
JSON and returns a constant. The load generator is [wrk](https://github.com/wg/wrk) on the same machine. Ratios say
more than absolute times, which differ by up to 50 % between machines.

## Aims

{_table(("", "aim", "measured", "met?"), [aim.row(figures) for aim in AIMS])}

{chr(10).join(f"- {sentence}" for sentence in missed(figures)) or "All aims are met."}

A stage takes longer in a request than in a loop of its own, because the rest of the request has displaced its code and
data from the processor's caches.

## One request

| | p50 |
|---|---:|
| drawing, 280 px PNG in a form | {one["drawing_ms"]:.2f} ms |
| bare endpoint | {one["bare_ms"]:.2f} ms |
| ratio | {one["ratio"]:.2f} |
| pen strokes as JSON | {one["strokes_ms"]:.2f} ms |
| bare endpoint, for the same strokes | {one["bare_strokes_ms"]:.2f} ms |
| ratio | {one["strokes_ratio"]:.2f} |
| drawing as JSON | {one["json_ms"]:.2f} ms |
| bare endpoint, for the same JSON | {one["bare_json_ms"]:.2f} ms |
| ratio | {one["json_ratio"]:.2f} |
| number of one digit | {one["number_1_ms"]:.2f} ms |
| number of four digits | {one["number_4_ms"]:.2f} ms |
| drawing with an explanation | {one["explanation_ms"]:.0f} ms |
| photograph, 12 megapixels | {one["photograph_ms"]:.1f} ms |
| libjpeg alone, for the same photograph | {one["photograph_decode_ms"]:.1f} ms |

## Throughput with two workers

{
        _table(
            ("connections", "responses/s", "bare", "ratio", "min/max of 3 rounds", "p50 ms", "p99 ms", "failed"),
            [
                (
                    str(row["connections"]),
                    f"{row['rate']:.0f}",
                    f"{row['bare']:.0f}",
                    f"{row['ratio']:.2f}",
                    f"{row['steady']:.2f}",
                    f"{row['p50_ms']:.1f}",
                    f"{row['p99_ms']:.1f}",
                    str(row["failed"]),
                )
                for row in through["connections"]
            ],
        )
    }

Batches of 64: {through["batch_rate"]:.0f} pictures/s, {through["batch_ratio"]:.1f} times single requests.
Overload, one worker: {over["rate_80"]:.0f} responses/s with 80 connections, {over["rate_8"]:.0f} with 8 (ratio
{over["ratio"]:.2f}); {over["failed_80"]} responses failed.

Both workers and the main process have {through["rss_start_mib"]:.0f} MiB at the start and {
        through["rss_end_mib"]:.0f} MiB after these loads (RSS,
which counts shared memory in each of them). A second worker has {through["private_mib"]:.0f} MiB of its own.

## Start and command line

The server is ready after {command["server_start_s"]:.1f} s. `digits read one.png` says after {
        command["first_word_s"]:.1f} s that it is loading, and
takes {command["read_one_s"]:.1f} s, nearly all of it for loading TensorFlow. A folder is read at {
        command["folder_rate"]:.0f} pictures/s
by {command["folder_cores"]:.1f} cores.

## Growth

![Throughput by connections, by pictures in a batch and by workers; latency by the side of a picture](growth.png)
"""


def capacity(figures: Figures) -> str:
    """The tables of the capacity plan in Markdown."""
    through = figures["throughput"]
    rows = []
    for rate in (1_000, 100_000):
        for way in ("single", "batch"):
            cores = math.ceil(rate / through[f"{way}_per_core"] / BUSY)
            servers = math.ceil(cores / 2)
            rows.append(
                (f"{rate:,}", way, f"{cores:,}", f"{servers:,}", f"{servers * through['memory_mib'] / 1024:,.0f} GiB")
            )
    measured = [
        ("single", f"{through['single_per_core']:.0f} pictures/s of a core"),
        ("batch", f"{through['batch_per_core']:.0f} pictures/s of a core"),
        ("memory of a server with two workers", f"{through['memory_mib']:.0f} MiB"),
        ("memory of one more worker", f"{through['worker_mib']:.0f} MiB"),
    ]
    needed = _table(("pictures/s", "sent as", "cores of the API", "servers", "memory"), rows)
    return f"\n{_table(('measured', 'value'), measured)}\n\n{needed}\n\n"


def summary(figures: Figures) -> str:
    """The most useful figures in two sentences, for the README."""
    one, through = figures["one_request"], figures["throughput"]
    most = max(row["rate"] for row in through["connections"])
    return f"""
On {figures["machine"]}, a request with a drawing takes
{one["drawing_ms"]:.1f} ms, with its strokes {one["strokes_ms"]:.1f} ms, with a number of four digits
{one["number_4_ms"]:.0f} ms and with a photograph of 12 megapixels {one["photograph_ms"]:.0f} ms. Two workers, which
share the cores with the load generator, read {most:.0f} drawings per second one by one, and
{through["batch_rate"]:.0f} in batches: [report](backend/docs/bench/README.md), [capacity](backend/docs/capacity.md).

"""


def renew(document: Path, content: str) -> None:
    """Replace what is between BEGIN and END in a document."""
    before, _, rest = document.read_text("utf-8").partition(BEGIN)
    document.write_text(f"{before}{BEGIN}{content}{END}{rest.partition(END)[2]}", "utf-8")


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruled = "|".join(["---", *["---:"] * (len(header) - 1)])
    return "\n".join([f"| {' | '.join(header)} |", f"|{ruled}|", *(f"| {' | '.join(row)} |" for row in rows)])


def growth_plot(growth: Figures) -> Plot:
    """Four small plots."""
    plot = Plot(figsize=(9, 6), layout="constrained")
    panels = plot.subplots(2, 2).ravel()
    for panel, (name, x, y) in zip(
        panels,
        (
            ("connections", "connections", "responses/s"),
            ("batch", "pictures in a batch", "pictures/s"),
            ("workers", "workers", "responses/s"),
            ("side", "side of the picture, pixels", "p50, ms"),
        ),
        strict=True,
    ):
        panel.plot(*zip(*growth[name], strict=True), marker="o")
        panel.set(xlabel=x, ylabel=y)
        panel.set_ylim(bottom=0)
        if name in ("connections", "batch"):
            panel.set_xscale("log", base=2)
    return plot
