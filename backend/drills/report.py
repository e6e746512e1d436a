"""What the drills have shown, as a line each and as a page that a person can open."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

PAGE = "README.md"
KEPT = "verdicts.json"  # the same for programs, and so that one drill can be run again without the others

TITLE = """\
# Faults survived

What a real server does when something bad is done to it, seen by `make drill RELEASE=1`. A drill that a machine does
not permit is told as not possible there, never as held.

| drill | what was done | what was seen | held |
|---|---|---|---|
"""
MACHINES = "\nSeen on: {machines}. *p99*: what 99 of 100 requests did not exceed, as the client saw it.\n"

WORD = {True: "yes", False: "NO", None: "not possible there"}


@dataclass(frozen=True)
class Verdict:
    """Of one drill."""

    held: bool | None  # None where the machine does not permit it
    seen: str  # a sentence with its figures

    def line(self, name: str) -> str:
        """For a terminal."""
        word = {True: "held", False: "NOT HELD", None: "not possible here"}[self.held]
        return f"{name}: {word}: {self.seen}"


class NotPossible(Exception):
    """The machine does not permit this drill; the text says why."""


def machine() -> str:
    """The one that this runs on, in words."""
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {system}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def keep(folder: Path, name: str, done: str, verdict: Verdict, order: Iterable[str]) -> None:
    """Put a verdict into the folder's report, in place of an earlier one of the same drill."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / KEPT
    kept = json.loads(file.read_text("utf-8")) if file.exists() else {}
    kept[name] = asdict(verdict) | {"done": done, "machine": machine()}
    kept = {one: kept[one] for one in order if one in kept}
    file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", "utf-8")
    (folder / PAGE).write_text(page(kept), "utf-8")


def page(kept: dict[str, dict[str, object]]) -> str:
    """The report of what was kept."""
    rows = [
        f"| {name} | {_cell(one['done'])} | {_cell(one['seen'])} | {WORD[one['held']]} |\n"  # type: ignore[index]
        for name, one in kept.items()
    ]
    machines = "; ".join(dict.fromkeys(str(one["machine"]) for one in kept.values()))
    return TITLE + "".join(rows) + MACHINES.format(machines=machines)


def _cell(text: object) -> str:
    return str(text).replace("|", r"\|").replace("\n", " ")
