"""New workers in place of the old ones, while gunicorn's main loop goes on and hears every signal."""

from __future__ import annotations

import os
import signal
import struct
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from digits.errors import ModelError

LOADED = 30.0  # seconds in which a new worker has to be ready
STOPS = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}

PID = struct.Struct("=i")
MANY = 2**16  # bytes, as many as a pipe holds
LAST = b"\x01"


class Roll:
    """Who has loaded the model. It is kept in pipes: a lock could be held for ever by a worker that was killed."""

    def __init__(self) -> None:
        self._signed, self._sign = os.pipe()
        self._places, self._place = os.pipe()
        for end in (self._signed, self._sign):
            os.set_blocking(end, False)

    def expect(self, number: int) -> None:
        """So many at the start: a place for each, of which one is the last."""
        os.write(self._place, bytes(max(0, number - 1)) + LAST)
        os.close(self._place)  # who comes later finds the end

    def sign(self) -> bool:
        """Called by a worker, once it is ready; true for the last one of those that were expected."""
        with suppress(BlockingIOError):  # full, since nobody has looked for a long time, and needs not now
            os.write(self._sign, PID.pack(os.getpid()))
        return os.read(self._places, 1) == LAST

    def signed(self) -> set[int]:
        """Called by the master: the process ids of those who signed since it last looked."""
        with suppress(BlockingIOError):
            return {pid for (pid,) in PID.iter_unpack(os.read(self._signed, MANY))}
        return set()


def at_hangup(server: Any, reload: Callable[[], Iterator[None]]) -> None:
    """At SIGHUP the server does a step of `reload` each time that its main loop comes to look after the workers.

    Gunicorn's own reload ends the old workers at once, and everything where the new ones cannot load.
    """
    wanted: deque[Iterator[None]] = deque()
    manage_workers = server.manage_workers

    def step() -> None:
        if wanted:
            try:
                next(wanted[0])
            except StopIteration:
                wanted.popleft()
            else:
                return  # there are meant to be too many now
        manage_workers()

    server.handle_hup = lambda: wanted.append(reload())
    server.manage_workers = step


def replaced(server: Any, roll: Roll) -> Iterator[None]:
    """Start as many workers as there are to be; the end is when all are ready, and gunicorn ends the oldest by itself.

    Raises ModelError where one does not become ready; by then all of the new ones are gone.
    """
    roll.signed()  # whoever was ready before is none of them
    new = {server.spawn_worker() for _ in range(server.num_workers)}
    ready: set[int] = set()
    deadline = time.monotonic() + LOADED
    while new <= server.WORKERS.keys() and time.monotonic() < deadline:
        ready |= roll.signed()
        if new <= ready:
            return
        yield
    for how, seconds in ((signal.SIGTERM, server.cfg.graceful_timeout), (signal.SIGKILL, 5)):
        deadline = time.monotonic() + seconds
        for pid in new & server.WORKERS.keys():
            server.kill_worker(pid, how)
        while new & server.WORKERS.keys() and time.monotonic() < deadline:
            yield
    raise ModelError("New workers did not become ready; what they said is above.")


def born(server: Any) -> None:
    """Called by a new worker at first: it may be told to stop before it has handlers of its own.

    Until then it has those of the master, which keep the signal for a main loop that is not the worker's.
    """
    for one in STOPS:
        signal.signal(one, signal.SIG_DFL)
    if STOPS & set(server.wait_for_signals(timeout=0)):
        sys.exit()
