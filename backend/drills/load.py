"""Clients that ask for readings without pause, or at a rate, and what they were answered."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from digits.config import BACKEND

SEVEN = (BACKEND / "docs" / "seven.png").read_bytes()
QUESTION = (
    b"POST /api/v1/digits HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\n"
    b"Content-Length: %d\r\n\r\n" % len(SEVEN) + SEVEN
)
PATIENCE = 60.0  # seconds after which a client takes it that there will be no answer


@dataclass(frozen=True)
class Answer:
    """To one question."""

    began: float  # by time.monotonic
    seconds: float
    status: int  # 0 where there was no answer
    wrong: str = ""  # in a word, where it is not what it should be
    retry_after: str = ""
    port: int = 0  # of the client


@dataclass
class Load:
    """What the clients have been answered until now."""

    answers: list[Answer] = field(default_factory=list)

    def failures(self) -> list[Answer]:
        """Whatever is neither a right reading nor a plain word that the server is busy."""
        return [one for one in self.answers if one.wrong]

    def told(self) -> str:
        """A count of the failures by what they are."""
        return ", ".join(f"{count} {what}" for what, count in Counter(one.wrong for one in self.failures()).items())

    def seconds(self, status: int = 200) -> list[float]:
        """How long each answer of this status took."""
        return [one.seconds for one in self.answers if one.status == status and not one.wrong]


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many of a hundred do not exceed (nearest rank); infinite where there are none."""
    if not values:
        return float("inf")
    return sorted(values)[max(0, -int(-len(values) * percent // 100) - 1)]


@contextmanager
def asking(place: tuple[str, int], clients: int, rate: float = 0.0) -> Iterator[Load]:
    """Clients on connections that are kept, each asking as soon as it is answered, or all together at a `rate`.

    At the end everybody's last question is still answered.
    """
    load, done = Load(), threading.Event()
    pause = clients / rate if rate else 0.0

    async def everybody() -> None:
        await asyncio.gather(
            *(_client(place, load, done, pause, pause * number / clients) for number in range(clients))
        )

    thread = threading.Thread(target=lambda: asyncio.run(everybody()))
    thread.start()
    try:
        yield load
    finally:
        done.set()
        thread.join()


def asked_for(place: tuple[str, int], seconds: float, clients: int = 1, rate: float = 0.0) -> Load:
    """What so many clients are answered in so many seconds."""
    with asking(place, clients, rate) as load:
        time.sleep(seconds)
    return load


async def _client(place: tuple[str, int], load: Load, done: threading.Event, pause: float, later: float) -> None:
    await asyncio.sleep(later)
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while not done.is_set():
        began, port, closed = time.monotonic(), 0, True
        try:
            async with asyncio.timeout(PATIENCE):
                if connection is None or connection[0].at_eof():  # closed meanwhile, as idle ones may be
                    connection = await asyncio.open_connection(*place)
                port = connection[1].get_extra_info("sockname")[1]
                connection[1].write(QUESTION)
                answer, closed = await _answer(connection[0], began, port)
        except (OSError, EOFError, TimeoutError) as error:
            answer = Answer(began, time.monotonic() - began, 0, type(error).__name__, port=port)
        load.answers.append(answer)
        if closed and connection:
            connection[1].close()
            connection = None
        if answer.wrong:
            await asyncio.sleep(0.05)  # where nobody listens, asking again at once is no use
        await asyncio.sleep(max(0.0, began + pause - time.monotonic()))
    if connection:
        connection[1].close()
        with suppress(OSError):
            await connection[1].wait_closed()


async def _answer(reader: asyncio.StreamReader, began: float, port: int) -> tuple[Answer, bool]:
    """What is answered, and whether the server closes the connection after it."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(fields.get("content-length", 0)))
    seconds, status = time.monotonic() - began, int(head[0].split()[1])
    retry_after = fields.get("retry-after", "")
    if status == 200:
        wrong = "" if json.loads(body)["digit"] == 7 else "wrong reading"
    else:
        wrong = "" if status == 503 and retry_after else f"status {status}"
    return Answer(began, seconds, status, wrong, retry_after, port), fields.get("connection", "").lower() == "close"
