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


def main() -> int:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser("benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each load (default: %(default)s)")
    parser.add_argument("--report", type=Path, default=BACKEND / "runs" / "bench", help="folder (default: %(default)s)")
    parser.add_argument("--capacity", type=Path, help="a document whose tables are renewed")
    arguments = parser.parse_args()
    figures: dict[str, object] = {"machine": machine()}
    try:
        for name, measure in measures.QUESTIONS.items():
            print(f"{name.replace('_', ' ')} ...", flush=True)
            figures[name] = measure(arguments.seconds)
    except NoWrk as error:
        print(error, file=sys.stderr)
        return 1
    report.write(arguments.report, figures)
    if arguments.capacity:
        report.renew(arguments.capacity, figures)
    print(f"The report is in {arguments.report}.")
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
