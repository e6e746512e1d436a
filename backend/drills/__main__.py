"""Runs the drills, all or those named, and reports: python -m drills [NAME ...]."""

from __future__ import annotations

import argparse
import functools
import sys
import time
from collections.abc import Callable
from pathlib import Path

from digits.config import BACKEND
from drills import faults, report, soak
from drills.report import NotPossible, Verdict

FAULTS: tuple[Callable[[], Verdict], ...] = (
    faults.worker_killed,
    faults.stopped,
    faults.model_spoilt,
    faults.model_spoilt_while_it_runs,
    faults.reloaded,
    faults.bad_version_reloaded,
    faults.disk_full,
    faults.offline,
    faults.clock_jumps,
    faults.slow_clients,
    faults.never_read,
    faults.storm,
)
DRILLS = {one.__name__.replace("_", "-"): one for one in FAULTS}
SOAK = "soak"
NAMES = (*DRILLS, SOAK)


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; the answer is 1 where something did not hold."""
    parser = argparse.ArgumentParser("drills", description="Do something bad to a real server, and see what it does.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all by default")
    parser.add_argument("--minutes", type=float, default=2.0, help="of the soak")
    parser.add_argument("--report", type=Path, default=BACKEND / "runs" / "drill", help="folder to report to")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"there is no drill {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    known: dict[str, Callable[[], Verdict]] = DRILLS | {SOAK: functools.partial(soak.soak, asked.report, asked.minutes)}
    held = [_run(name, known[name], asked.report) for name in asked.names or NAMES]
    return int(False in held)


def _run(name: str, drill: Callable[[], Verdict], folder: Path) -> bool | None:
    began = time.monotonic()
    try:
        verdict = drill()
    except NotPossible as error:
        verdict = Verdict(None, f"{error}.")
    except Exception as error:  # the others are still worth to be seen
        verdict = Verdict(False, f"it broke off: {error!r}")
    done = soak.soak.__doc__ if name == SOAK else drill.__doc__
    report.keep(folder, name, (done or "").strip(), verdict, NAMES)
    print(f"{verdict.line(name)} [{time.monotonic() - began:.0f} s]", flush=True)
    return verdict.held


if __name__ == "__main__":
    sys.exit(main())
