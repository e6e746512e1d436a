"""What SIGHUP does to a real server when something else happens at the same time."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from digits.replacing import Roll
from drills import faults
from drills.server import copied_models, seconds_until
from running import serving

HEEDED = 5.0  # seconds until a stop has ended the workers, on a machine with other work


def test_a_stop_is_heeded_while_new_workers_load() -> None:
    with serving(WEB_CONCURRENCY="2") as server:
        old = server.worker_ids()
        server.process.send_signal(signal.SIGHUP)
        assert seconds_until(lambda: len(faults.successors(server, *old)) == 2, 20) < 20
        new = faults.successors(server, *old)
        for worker in new:
            os.kill(worker, signal.SIGSTOP)  # as one that loads for ever
        server.process.send_signal(signal.SIGTERM)
        assert seconds_until(lambda: not {*old} & {*server.worker_ids()}, 20) < HEEDED
        for worker in new:
            os.kill(worker, signal.SIGCONT)
        assert server.process.wait(10) == 0


@pytest.mark.parametrize(("pause", "stop"), [(0.0, signal.SIGTERM), (0.01, signal.SIGTERM), (0.02, signal.SIGINT)])
def test_a_stop_soon_after_a_reload_is_heeded(pause: float, stop: signal.Signals) -> None:
    with serving(WEB_CONCURRENCY="3") as server:
        server.process.send_signal(signal.SIGHUP)
        time.sleep(pause)
        began = time.monotonic()
        server.process.send_signal(stop)
        assert server.process.wait(60) == 0
        assert time.monotonic() - began < HEEDED
        assert "Traceback" not in server.printed()


def test_a_dead_workers_successor_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    models = copied_models(tmp_path)
    with serving(DIGITS_MODELS=str(models)) as server:
        (first,) = server.worker_ids()
        faults.BAD_VERSIONS["misreading"](faults.put_version(models, 2))
        os.kill(first, signal.SIGKILL)
        assert seconds_until(lambda: bool(faults.successors(server, first)), 20) < 20
        (successor,) = faults.successors(server, first)
        server.process.send_signal(signal.SIGHUP)
        assert faults.refused(server, 1), server.printed()
        assert (server.worker_ids(), server.version()) == ([successor], "1")


def test_only_the_last_of_those_who_are_expected_is_told_so() -> None:
    roll = Roll()
    roll.expect(3)
    assert [roll.sign() for _ in range(5)] == [False, False, True, False, False]


def test_each_who_signs_is_told_once_and_nobody_waits_where_nobody_looks() -> None:
    roll = Roll()
    roll.expect(1)
    assert roll.signed() == set()
    for _ in range(20_000):
        roll.sign()
    assert roll.signed() == {os.getpid()}
    assert roll.signed() == set()
