"""`python -m benchmarks`: measure the server's speed and report it."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks import measures, report
from benchmarks.load import NoWrk
from digits.settings import BACKEND

DOCS = BACKEND / "docs"


def main() -> int:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser("benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each load (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="renew the figures in the documents")
    arguments = parser.parse_args()
    figures: dict[str, object] = {"machine": machine()}
    try:
        for name, measure in measures.QUESTIONS.items():
            print(f"{name.replace('_', ' ')} ...", flush=True)
            figures[name] = measure(arguments.seconds)
    except NoWrk as error:
        print(error, file=sys.stderr)
        return 1
    folder = DOCS / "bench" if arguments.write else BACKEND / "runs" / "bench"
    report.write(folder, figures)
    if arguments.write:
        report.renew(DOCS / "capacity.md", report.capacity(figures))
        report.renew(BACKEND.parent / "README.md", report.summary(figures))
    print(f"The report is in {folder}.")
    return 0


def machine() -> str:
    """Processor, cores and versions, because figures mean nothing without them."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        processor = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor() or platform.machine()
    try:
        tensorflow = f"tensorflow-cpu {version('tensorflow-cpu')}"
    except ImportError:
        tensorflow = f"tensorflow {version('tensorflow')}"
    return f"{processor} with {os.cpu_count()} cores, Python {platform.python_version()}, {tensorflow}"


if __name__ == "__main__":
    sys.exit(main())
