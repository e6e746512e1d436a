"""A request on its way in: kept by the main loop until it is whole, so that no thread waits for a slow client."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

MUCH = 2**20  # bytes of a request after which a thread reads the rest: who has sent so many does not trickle
CHUNK_LINE = 8190  # bytes of the line that tells a chunk's size, as many as gunicorn's parser reads
HEADS = 2**16  # bytes of a head without an end, after which it is for the parser to refuse

_END = b"\r\n\r\n"
_CHUNK = re.compile(rb"([0-9a-f]{1,15})[ \t]*(?:;.*)?", re.IGNORECASE | re.DOTALL)
# Nothing in these can be matched in two ways: a head that was made to be slow is as quick as any other.
_LENGTH = re.compile(rb"\r\ncontent-length:([^\r\n]*)(?=\r\n)", re.IGNORECASE)
_CODING = re.compile(rb"\r\ntransfer-encoding:([^\r\n]*)(?=\r\n)", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


@dataclass
class Arriving:
    """What has arrived of a request."""

    received: bytearray = field(default_factory=bytearray)
    began: float = field(default_factory=time.monotonic)  # with the first byte, once there is one
    invited: bool = False  # to send its body, as it asked for
    watched: bool = False  # for more of it to come; most requests come at once
    _head: int = 0  # bytes of the head with its end; 0 while it has none
    _searched: int = 0
    _whole: int | None = None  # bytes of the request; None in chunks
    _chunk: int = 0  # where the next chunk begins

    def add(self, part: bytes) -> None:
        """More of it."""
        if not self.received:
            self.began = time.monotonic()
        self.received += part
        if self._head:
            return
        found = self.received.find(_END, max(0, self._searched - len(_END)))
        self._searched = len(self.received)
        if found >= 0:
            self._head = found + len(_END)
            head = self.received[: self._head]
            lengths = [one.strip(b" \t") for one in _LENGTH.findall(head)]
            codings = [one.strip(b" \t").lower() for field in _CODING.findall(head) for one in field.split(b",")]
            if len(lengths) == 1 and not codings and lengths[0].isdigit() and len(lengths[0]) < 19:
                self._whole = self._head + int(lengths[0])
            elif not lengths and codings[-1:] == [b"chunked"]:
                self._chunk = self._head
            else:  # there is no body, or it is for the parser to refuse at once
                self._whole = self._head
            old = not head.partition(b"\r\n")[0].endswith(b"HTTP/1.1")  # and knows no such answer (RFC 9110, 10.1.1)
            self.invited = old or not _EXPECTS.search(head)

    @property
    def whole(self) -> bool:
        """Whether all of it is here, or what shows that it is none."""
        if not self._head:
            return False
        if self._whole is None:
            return self._last_chunk_is_here()
        return len(self.received) >= self._whole

    @property
    def expects(self) -> bool:
        """Whether the client waits to be told that it may send the body."""
        return bool(self._head) and not self.invited

    @property
    def large(self) -> bool:
        """Whether it is, or says that it is, more than should be kept here."""
        return len(self.received) >= (MUCH if self._head else HEADS)

    def _last_chunk_is_here(self) -> bool:
        while (end := self.received.find(b"\r\n", self._chunk, self._chunk + CHUNK_LINE)) >= 0:
            size = _CHUNK.fullmatch(self.received[self._chunk : end])
            if not size:
                return True
            if not int(size[1], 16):
                return self.received.find(_END, end) >= 0  # after fields that may follow the last chunk
            following = end + 2 + int(size[1], 16) + 2
            if len(self.received) < following:
                return False
            if self.received[following - 2 : following] != b"\r\n":
                return True
            self._chunk = following
        return len(self.received) - self._chunk >= CHUNK_LINE
