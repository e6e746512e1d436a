"""Whether far more is asked than can be answered: a burst may wait, a crowd must not."""

from __future__ import annotations

import time

MEMORY = 8  # questions, the last of which count most
CROWDED = 0.75  # of them turned away
FEWER = 0.5  # of them: by Erlang's formula no more come than can be answered, where nobody may wait
OVER = 1.0  # seconds after which a crowd is forgotten


class Crowd:
    """What became of the last questions.

    A queue that is full all the time answers no more than a short one, only later. It is not enough that somebody was
    turned away: with nowhere to wait, that happens at half the load, too, and the queue would stay closed.
    """

    def __init__(self) -> None:
        self._turned_away = 0.0  # share of the last questions
        self._there = False
        self._until = 0.0  # by time.monotonic

    def note(self, turned_away: bool) -> None:
        """One more question."""
        there = self.is_there()
        if self._there and not there:
            self._turned_away = 0.0
        self._turned_away += (turned_away - self._turned_away) / MEMORY
        self._there = self._turned_away > (FEWER if there else CROWDED)
        if turned_away:
            self._until = time.monotonic() + OVER

    def is_there(self) -> bool:
        """Whether hardly anyone can be answered now."""
        return self._there and time.monotonic() <= self._until
