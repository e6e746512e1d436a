"""When a queue helps and when it only makes everybody late, by a clock of the test's own."""

from __future__ import annotations

import numpy as np
import pytest

from digits import crowd
from digits.crowd import MEMORY, OVER, Crowd


class Clock:
    """A time that goes on when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        """As time.monotonic."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that the crowd looks at."""
    watch = Clock()
    monkeypatch.setattr(crowd, "time", watch)
    return watch


def after(load: float, waiting: int, clock: Clock, questions: int = 4000, seed: int = 1) -> float:
    """The share of the time with a crowd where `load` times as many questions come as one server can answer.

    They come by Poisson's process and take a hundredth of a second each; `waiting` may wait, and none in a crowd.
    """
    rng, seen, there = np.random.default_rng(seed), Crowd(), 0
    took, done = 0.01, 0.0  # the server has answered everybody at `done`
    for _ in range(questions):
        clock.now += rng.exponential(took / load)
        before = max(0.0, done - clock.now) / took  # questions that are still being answered, or wait
        crowded = seen.is_there()
        turned_away = before > (0 if crowded else waiting)
        there += crowded
        if not turned_away:
            done = max(done, clock.now) + took
        seen.note(turned_away)
    return there / questions


def test_nobody_speaks_of_a_crowd_before_anyone_came() -> None:
    assert not Crowd().is_there()


def test_ten_times_what_can_be_answered_is_a_crowd(clock: Clock) -> None:
    assert after(10, waiting=7, clock=clock) > 0.95


@pytest.mark.parametrize("load", [0.5, 0.9, 1.0, 1.5])
def test_hardly_more_than_can_be_answered_may_wait(load: float, clock: Clock) -> None:
    assert after(load, waiting=7, clock=clock) < 0.01


def test_a_crowd_that_became_fewer_may_wait_again_though_no_second_passes_without_turning_away(clock: Clock) -> None:
    seen = Crowd()
    for _ in range(10 * MEMORY):
        seen.note(turned_away=True)
    assert seen.is_there()
    for question in range(10 * MEMORY):
        clock.now += OVER / 100
        seen.note(turned_away=question % 2 == 0)  # as at a load of one with nowhere to wait
    assert not seen.is_there()


def test_after_a_second_without_anybody_turned_away_a_crowd_is_forgotten(clock: Clock) -> None:
    seen = Crowd()
    for _ in range(10 * MEMORY):
        seen.note(turned_away=True)
    clock.now += 0.9 * OVER
    assert seen.is_there()
    clock.now += 0.2 * OVER
    assert not seen.is_there()


def test_a_crowd_is_over_once_a_few_of_those_who_come_are_answered(clock: Clock) -> None:
    seen = Crowd()
    for question in range(8 + 40):
        seen.note(turned_away=question >= 8)
    assert seen.is_there()
    for _ in range(6):
        seen.note(turned_away=False)
    assert not seen.is_there()
