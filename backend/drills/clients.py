"""Clients that take their time, or leave: each in its own way, for as long as it is let."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from drills.load import QUESTION

Place = tuple[str, int]
Manner = Callable[[Place], Awaitable[None]]

HEAD, _, BODY = QUESTION.partition(b"\r\n\r\n")
LARGE = b"GET /swaggerui/swagger-ui-bundle.js HTTP/1.1\r\nHost: digits\r\n\r\n"  # a megabyte to answer
TIMES = 16  # together more than a system takes of an answer before its client does
START = b"HTTP/1.1 200 OK\r\n"
PAUSE = 1.0  # seconds between two bytes


async def _say(place: Place, at_once: bytes, then: bytes) -> None:
    """Send the rest a byte a second, until the server closes the connection."""
    reader, writer = await asyncio.open_connection(*place)
    try:
        writer.write(at_once)
        answered = asyncio.ensure_future(reader.read())
        for byte in then:
            done, _ = await asyncio.wait({answered}, timeout=PAUSE)
            if done:
                break
            writer.write(bytes([byte]))
        await answered
    finally:
        writer.close()


async def slow_header(place: Place) -> None:
    """A header byte a second."""
    await _say(place, b"GET / HTTP/1.1\r\n", b"X-Slow: " + b"a" * 600)


async def slow_upload(place: Place) -> None:
    """An upload of a byte a second."""
    await _say(place, HEAD + b"\r\n\r\n" + BODY[:100], BODY[100:])


async def slow_chunks(place: Place) -> None:
    """The same in chunks, of a length that is told to nobody."""
    head = (
        b"POST /api/v1/digits HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    await _say(place, head + b"ff\r\n", BODY[:255])


async def half_upload(place: Place) -> None:
    """Half an upload, and then nothing."""
    await _say(place, QUESTION[: len(QUESTION) // 2], b"")


async def drop(place: Place) -> None:
    """Half an upload, and the connection is reset."""
    _, writer = await asyncio.open_connection(*place)
    writer.write(QUESTION[: len(QUESTION) // 2])
    await asyncio.sleep(0.2)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


MANNERS: tuple[Manner, ...] = (slow_header, slow_upload, slow_chunks, half_upload, drop)


@contextmanager
def dawdling(place: Place, manner: Manner, clients: int) -> Iterator[list[float]]:
    """So many clients of this manner, each coming again when it is cut off; the list has how long they were let."""
    lasted: list[float] = []
    done = threading.Event()

    async def client() -> None:
        while not done.is_set():
            began = time.monotonic()
            with suppress(OSError, EOFError):
                await manner(place)
            lasted.append(time.monotonic() - began)
            await asyncio.sleep(0.05)

    async def everybody() -> None:
        tasks = [asyncio.ensure_future(client()) for _ in range(clients)]
        while not done.is_set():
            await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(everybody()))
    thread.start()
    try:
        yield lasted
    finally:
        done.set()
        thread.join()


@contextmanager
def never_reading(place: Place, clients: int) -> Iterator[list[socket.socket]]:
    """So many that ask for a megabyte, several times, and read nothing."""
    with ExitStack() as stack:
        connections = [stack.enter_context(socket.socket()) for _ in range(clients)]
        for connection in connections:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(place)
            connection.sendall(TIMES * LARGE)
        yield connections


def answers_left(connection: socket.socket) -> int:
    """How many answers can be read, until the server's end of the connection."""
    received, beginning = 0, b""
    connection.settimeout(10)
    with suppress(OSError):
        while part := connection.recv(2**16):
            seen = beginning + part
            received += seen.count(START)
            beginning = seen[1 - len(START) :]
    return received
