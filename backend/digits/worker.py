"""Gunicorn's threaded worker with two manners more.

What takes too long to arrive is ended, so that no slow client holds a thread for longer; and what gunicorn answers by
itself, before a request has reached the application, is a problem like every other error.
"""

from __future__ import annotations

import io
import json
import socket
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from gunicorn.http import errors
from gunicorn.workers import gthread
from werkzeug.exceptions import BadRequest, ClientDisconnected

from digits.api import problems
from digits.config import Config

#: What gunicorn's parser refuses; everything else of its ParseException is a 400.
STATUS: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
}

DETAIL = {
    HTTPStatus.BAD_REQUEST: "What was sent is not a request by HTTP/1.1.",
    HTTPStatus.REQUEST_TIMEOUT: "The request did not arrive in time.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The request's first line is too long.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The request has too many header fields, or too long ones.",
    HTTPStatus.NOT_IMPLEMENTED: "The request's Transfer-Encoding is not known here.",
    HTTPStatus.EXPECTATION_FAILED: "The request expects something other than 100-continue.",
    HTTPStatus.INTERNAL_SERVER_ERROR: problems.OURS,
}

FIRST_BYTE = 0.05  # seconds that a thread waits for it; then the poller, which waits for any number of clients, does
LOOK = 0.5  # seconds at least between two looks at who is late


@dataclass
class Turn:
    """A connection in the hands of a thread."""

    began: float  # by time.monotonic
    asked: bool = False  # the head of the request has arrived
    late: bool = False


class Worker(gthread.ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Serves one request in one thread, within a time."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._turns: dict[Any, Turn] = {}
        self._patience = Config.from_environment().arrival
        self._looked = time.monotonic()

    def load_wsgi(self) -> None:
        """Load the application, to which a damaged body will be the client's fault."""
        super().load_wsgi()
        application = self.wsgi  # type: ignore[has-type]

        def with_body(environ: dict[str, Any], start_response: Any) -> Any:
            length = environ.get("CONTENT_LENGTH")
            body = _Body(environ["wsgi.input"], int(length) if length else None)
            return application(environ | {"wsgi.input": body}, start_response)

        self.wsgi = with_body

    def handle(self, conn: Any) -> Any:
        """One request of a connection, in a thread of its own; true where the connection is kept for another."""
        if not conn.initialized and not conn.wait_for_data(FIRST_BYTE):
            return gthread._DEFER
        turn = self._turns[conn] = Turn(time.monotonic())
        try:
            kept = super().handle(conn)
            if turn.late and not turn.asked:
                _send(conn.sock, HTTPStatus.REQUEST_TIMEOUT)
            return kept and not turn.late
        finally:
            del self._turns[conn]

    def handle_request(self, req: Any, conn: Any) -> Any:
        """The part of a turn that is the application's."""
        self._turns[conn].asked = True
        return super().handle_request(req, conn)

    def notify(self) -> None:
        """Called by the main loop once a second at least."""
        super().notify()
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        for conn, turn in list(self._turns.items()):
            waited = now - turn.began
            if waited > 2 * self._patience:  # not even the answer is taken
                _shut(conn.sock, socket.SHUT_RDWR)
            elif waited > self._patience and not turn.late:
                turn.late = True
                _shut(conn.sock, socket.SHUT_RD)  # whoever reads sees the end; an answer can still be written

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what is not a request. `req` and `addr` are not told to anyone."""
        refused = isinstance(exc, errors.ParseException) and not isinstance(exc, errors.ConfigurationProblem)
        if not refused:
            self.log.error("a request failed before the application", exc_info=exc)
        status = STATUS.get(type(exc), HTTPStatus.BAD_REQUEST) if refused else HTTPStatus.INTERNAL_SERVER_ERROR
        _send(client, status)


class _Body(io.RawIOBase):
    """What a request carries; where it is damaged or cut short, reading raises the error that Werkzeug has for it."""

    def __init__(self, received: Any, length: int | None) -> None:
        self._received = received
        self._missing = length  # bytes; None where only the last chunk tells

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        try:
            part = self._received.read(len(into))
        except errors.ParseException:
            raise BadRequest("The body is not what its Transfer-Encoding says.") from None
        except OSError:
            raise ClientDisconnected from None
        if self._missing is not None:
            self._missing -= len(part)
            if not part and len(into) and self._missing:  # gunicorn takes a short body for a whole one
                raise ClientDisconnected
        into[: len(part)] = part
        return len(part)


def _send(client: socket.socket, status: HTTPStatus) -> None:
    name = uuid.uuid4().hex
    body = json.dumps(problems.body(status, DETAIL[status], None, name)).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Type: {problems.MEDIA_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nX-Request-ID: {name}\r\nX-Content-Type-Options: nosniff\r\n\r\n"
    )
    with suppress(OSError):
        client.settimeout(1.0)
        client.sendall(head.encode() + body)


def _shut(client: socket.socket, how: int) -> None:
    with suppress(OSError):  # gone already
        client.shutdown(how)
