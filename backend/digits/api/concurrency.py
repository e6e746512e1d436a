"""Backpressure: how many requests are processed, and how many may wait.

The model and the preprocessing keep one core busy, so a worker processes as many requests at a time as it has slots.
The others wait in a queue, which is bounded by time and by memory. A request beyond the
memory limit is refused at once, one beyond the time limit when its wait ends. The response asks the client to
retry after a short random delay, so that refused clients do not all return at the same moment.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from digits.errors import AtCapacity

RETRY_AFTER = (1, 3)  # seconds, drawn at random


class Limiter:
    """Bounds the work of one worker process; all of its threads share one instance."""

    def __init__(self, slots: int, queue_timeout: float, queue_size: int) -> None:
        self._slots = threading.BoundedSemaphore(slots)
        self._queue_timeout = queue_timeout  # seconds
        self._queue_size = queue_size  # bytes
        self._held = 0  # bytes of admitted requests
        self._lock = threading.Lock()

    @contextmanager
    def admitted(self, size: int) -> Iterator[None]:
        """Reserve memory for a request of `size` bytes. Raises AtCapacity when there is too little left.

        A request is always admitted when there is no other.
        """
        with self._lock:
            if self._held and self._held + size > self._queue_size:
                raise _at_capacity()
            self._held += size
        try:
            yield
        finally:
            with self._lock:
                self._held -= size

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a slot and occupy it. Raises AtCapacity after the queue timeout."""
        if not self._slots.acquire(timeout=self._queue_timeout):
            raise _at_capacity()
        try:
            yield
        finally:
            self._slots.release()


def _at_capacity() -> AtCapacity:
    return AtCapacity(random.randint(*RETRY_AFTER))  # noqa: S311 (jitter needs no cryptography)
