"""Measure and report: `make bench`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import measures, report
from digits.settings import BACKEND
from digits.training.evaluation.measure import markdown


def main() -> None:
    """Measure everything, write the report, and tell which aims hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure how fast Digits is.")
    parser.add_argument("--report", type=Path, default=BACKEND / "runs" / "bench", help="folder of the report")
    parser.add_argument(
        "--figures", type=Path, default=BACKEND / "runs" / "bench" / "bench.json", help="the raw figures"
    )
    parser.add_argument("--quick", action="store_true", help="see in a minute that every part runs; measures little")
    asked = parser.parse_args()
    figures = measures.measure(
        measures.QUICK if asked.quick else measures.FULL, lambda what: print(f"{what} ...", file=sys.stderr, flush=True)
    )
    report.write_figures(asked.figures, figures)
    report.write(asked.report, figures)
    print(markdown(report.aims_table(report.aims(figures))))
    print(f"The report is {asked.report / 'README.md'}.")


if __name__ == "__main__":
    main()
