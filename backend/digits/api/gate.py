"""Order under pressure: so many at work, so many waiting, and whoever else comes is told at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from digits.errors import TooBusy

FULL = "As many requests as may be are being answered and waiting; ask again in a moment."


class Gate:
    """Lets `at_once` through; `waiting` more may wait for `patience` seconds each."""

    def __init__(self, at_once: int, waiting: int, patience: float) -> None:
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._work = threading.BoundedSemaphore(at_once)
        self._patience = patience

    @contextmanager
    def passed(self) -> Iterator[None]:
        """The time within is spent working. Raises TooBusy when there is no place, or the wait becomes too long."""
        if not self._places.acquire(blocking=False):
            raise TooBusy(FULL)
        try:
            if not self._work.acquire(timeout=self._patience):
                raise TooBusy(f"For {self._patience:g} seconds others were being answered; ask again in a moment.")
            try:
                yield
            finally:
                self._work.release()
        finally:
            self._places.release()
