"""Gunicorn's threaded worker with four manners more.

No thread waits for a slow client: a request is given to one once all of it has arrived, or a megabyte. One that does
not arrive in time is cut off. Whoever asks for a reading while there is no place is told so by the main loop, which
takes a fraction of a reading's time and no thread from those who have one. And what gunicorn answers by itself, before
a request has reached the application, is a problem like every other error.
"""

from __future__ import annotations

import io
import json
import random
import re
import select
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, NoReturn

from gunicorn.arbiter import Arbiter
from gunicorn.http import errors
from gunicorn.workers import gthread
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestTimeout

from digits.api import BASE, observed, problems
from digits.api.context import NOT_READY
from digits.api.gate import FULL
from digits.arriving import Arriving
from digits.config import Config
from digits.crowd import Crowd
from digits.errors import DigitsError, ModelError

#: What gunicorn's parser refuses; everything else of its ParseException is a 400.
STATUS: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
}

#: ParseExceptions that are no client's fault.
OURS = (errors.ConfigurationProblem, errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)

DETAIL = {
    HTTPStatus.BAD_REQUEST: "What was sent is not a request by HTTP/1.1.",
    HTTPStatus.FORBIDDEN: "The request came by a proxy that is not allowed.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The request's first line is too long; at most {line:,} bytes are taken.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The request has too many header fields or too long a one; at most "
    "{fields} are taken, of {field:,} bytes each.",
    HTTPStatus.NOT_IMPLEMENTED: "The request's Transfer-Encoding is not known here.",
    HTTPStatus.EXPECTATION_FAILED: "The request expects something other than 100-continue.",
    HTTPStatus.INTERNAL_SERVER_ERROR: problems.NOT_YOURS,
}
LATE = "The request had not arrived after {arrival:g} seconds."

KEPT = 128 * 2**20  # bytes of all requests that are on their way; from there on, threads wait for the rest of them
PART = 2**16  # bytes that are received at once, so that everybody's turn comes
HESITATION = 0.0005  # seconds for each request that a worker has
LONGEST = 2  # requests for which it hesitates
DOOR = 16  # connections that are taken at once where there is a crowd, so that each worker gets some
QUIET = 0.025  # seconds at most that a reading has for itself at its beginning, where there is a crowd
LOOK = 0.5  # seconds at least between two looks at who is late
ANSWERED = 30.0  # seconds for the work and for an answer to be taken
TAKEN = 10.0  # seconds in which a client has to take something of its answer
AGAIN = 1.0  # seconds until a worker that could not load is tried again
LINGER = 2.0  # seconds that a client has to close a connection after its last answer


#: The first line of a question for a reading.
ASKED = re.compile(rf"POST ({re.escape(BASE)}/digits(?:/batch)?)(?:\?[!-~]*)? HTTP/1\.1\r\n".encode())


@dataclass
class Turn:
    """A connection in the hands of a thread."""

    began: float  # by time.monotonic
    arrived: bool = False  # the whole request
    late: bool = False
    answered: bool = False  # or in the hands of the application, which will
    sending: float | None = None  # since when a part of the answer waits to be taken


def overdue(turn: Turn, now: float, arrival: float, patience: float) -> int | None:
    """The way of `socket.shutdown` in which the turn's connection should be shut now, if at all."""
    waited = now - turn.began
    untaken = turn.sending is not None and now - turn.sending > TAKEN
    if untaken or waited > arrival + patience + ANSWERED:
        return socket.SHUT_RDWR
    if waited > arrival and not turn.arrived:
        return socket.SHUT_RD  # a reader that waits sees the end; an answer can still be written
    return None


def chosen(asking: Sequence[tuple[Any, Arriving, Question]], places: int) -> dict[Any, Arriving]:
    """Who is read of those that ask at the same time, and what has arrived of each.

    Not the last nor the first: their order is that of the system's list, in which who connects anew comes before who is
    connected already, always.
    """
    free = min(max(0, places), len(asking))
    return {conn: arriving for conn, arriving, _ in random.sample(asking, free)}


class Worker(gthread.ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Serves one request in one thread, within a time."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._turns: dict[Any, Turn] = {}
        self._arriving: dict[Any, Arriving] = {}
        self._leaving: dict[Any, float] = {}  # connection -> until when it may close by itself
        self._kept = 0  # bytes of all that arrive
        self._reading: dict[Any, Future[Any]] = {}  # by connections on which threads have a question for a reading
        self._crowd = Crowd()
        self._asking: list[tuple[Any, Arriving, Question]] = []  # in this round, where there is a crowd
        self._mine = threading.local()  # .conn, .turn: those of the thread
        self._config = Config.from_environment()
        self._looked = time.monotonic()

    def load_wsgi(self) -> None:
        """Load the application, to which a damaged body will be the client's fault."""
        try:
            super().load_wsgi()
            application = self.wsgi  # type: ignore[has-type]
            if not application.extensions["digits"].ready:
                raise ModelError(NOT_READY)
        except Exception as error:
            self._give_up(error)

        def with_body(environ: dict[str, Any], start_response: Any) -> Any:
            length = environ.get("CONTENT_LENGTH")
            late = LATE.format(arrival=self._config.arrival)
            body = _Body(environ["wsgi.input"], int(length) if length else None, self._mine.turn, late)
            answer = application(environ | {"wsgi.input": body}, start_response)
            self._reading.pop(self._mine.conn, None)  # before its client, who may ask at once again, has the answer
            return answer

        self.wsgi = with_body

    def set_accept_enabled(self, enabled: bool) -> None:
        """Whether connections are taken. The last ones are those that wait already, and then nobody listens any more.

        Gunicorn would leave them, and whoever came later, without an answer until the worker is gone.
        """
        if any(listener.fileno() < 0 for listener in self.sockets):  # told to stop before it had begun, and asked again
            return
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                with suppress(OSError):  # as many as this process may have
                    while select.select([listener], [], [], 0)[0]:
                        self.accept(listener)
                listener.close()

    def _give_up(self, error: Exception) -> NoReturn:
        """End all where nobody has served yet; later, only oneself: the others serve on, and a new one will try."""
        self.log.error("Digits cannot serve: %s", error, exc_info=not isinstance(error, DigitsError))
        if self.age <= self.cfg.workers:
            sys.exit(Arbiter.WORKER_BOOT_ERROR)
        time.sleep(AGAIN)
        sys.exit(1)

    # --- the main loop: requests arrive ---

    def accept(self, listener: Any) -> None:
        """A connection, as gunicorn takes one in each round of the main loop; several where rounds are long.

        All workers are woken by a new one. The more a worker has in its hands, the longer it lets the others go first;
        else one of them may have all the clients, and the others nothing to do.
        """
        crowded = self._crowd.is_there()
        busy = len(self._reading) + len(self._arriving)
        if self.cfg.workers > 1 and not crowded and busy < self._config.at_once + self._config.waiting:
            time.sleep(HESITATION * min(busy, LONGEST))
        super().accept(listener)
        for _ in range(DOOR - 1 if crowded else 0):
            if self.nr_conns >= self.worker_connections or not select.select([listener], [], [], 0)[0]:
                break
            super().accept(listener)

    def enqueue_req(self, conn: Any) -> None:
        """A connection has, or is about to have, a request."""
        self._arriving[conn] = Arriving()
        conn.sock.setblocking(False)
        self._receive(conn)
        if conn in self._arriving:
            self._arriving[conn].watched = True
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, conn))

    def _receive(self, conn: Any, _: Any = None) -> None:
        """More of a request."""
        self._safely(self._take, conn)

    def _safely(self, step: Callable[..., None], conn: Any, *given: Any) -> None:
        """What is wrong with one connection never ends the loop, which has all of them in its hands."""
        try:
            step(conn, *given)
        except Exception:
            self.log.exception("A connection is given up.")
            self._reading.pop(conn, None)
            if conn in self._arriving:
                self._drop(conn)
                return
            with suppress(KeyError, ValueError):  # it is watched by nobody, or closed
                self.poller.unregister(conn.sock)
            with suppress(ValueError):
                self.keepalived_conns.remove(conn)
            self._close(conn)

    def _take(self, conn: Any) -> None:
        arriving = self._arriving[conn]
        try:
            ahead = conn.parser.unreader.take_buffered() if conn.parser else b""  # read with the request before
            part = ahead or conn.sock.recv(PART)
        except BlockingIOError:
            part = None
        except OSError:
            self._drop(conn)
            return
        if part:
            self._kept += len(part)
            arriving.add(part)
        if arriving.expects:
            arriving.invited = True
            with suppress(OSError):
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if part == b"" and not arriving.received:
            self._drop(conn)
        elif part == b"" or arriving.whole or arriving.large or self._kept > KEPT:
            self._forget(conn)
            question = Question.whole(bytes(arriving.received)) if arriving.whole else None
            if not question:
                self._hand_over(conn, arriving)
            elif self._config.cors_origins:  # the application turns them away, as pages of other origins may see
                self._let_in(conn, arriving)
            elif self._crowd.is_there():
                self._asking.append((conn, arriving, question))
            elif len(self._reading) < self._config.at_once + self._config.waiting:
                self._let_in(conn, arriving)
            else:
                self._turn_away(conn, question)

    def _let_in(self, conn: Any, arriving: Arriving) -> None:
        """A question for a reading."""
        self._crowd.note(turned_away=False)
        self._reading[conn] = self._hand_over(conn, arriving)

    def _hand_over(self, conn: Any, arriving: Arriving) -> Future[Any]:
        """A request to a thread, as gunicorn does it."""
        conn.init()
        conn.parser.unreader.unread(arriving.received)
        conn.data_ready = True
        conn.began = time.monotonic() if arriving.whole else arriving.began
        answer: Future[Any] = self.tpool.submit(self.handle, conn)
        answer.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))
        return answer

    def finish_request(self, conn: Any, fs: Any) -> None:
        """What is to be done with a connection after its request."""
        self._reading.pop(conn, None)
        if fs.cancelled() or fs.exception() or not fs.result():
            self._leave(conn)
        else:
            super().finish_request(conn, fs)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """One round of the main loop. In a crowd, who of those that asked in it is read is known at its end.

        All others are told first that there is no place; then who is read has the processor for itself for a while:
        what else the loop does would take its turns from a reading.
        """
        super().wait_for_and_dispatch_events(0 if self._asking else timeout)
        asking, self._asking = self._asking, []
        first = chosen(asking, self._config.at_once - len(self._reading))
        for conn, _, question in asking:
            if conn not in first:
                self._safely(self._turn_away, conn, question)
        for conn, arriving in first.items():
            self._safely(self._let_in, conn, arriving)
        wait([answer for conn in first if (answer := self._reading.get(conn))], QUIET)

    def _turn_away(self, conn: Any, question: Question) -> None:
        """Tell a client that there is no place."""
        self._crowd.note(turned_away=True)
        closing = question.closing or not self.alive
        request_id = problems.request_id(question.request_id)
        observed.turned_away("POST", question.path, request_id)
        answer = _answer(HTTPStatus.SERVICE_UNAVAILABLE, FULL, request_id, "too-busy", closing)
        try:
            closing |= conn.sock.send(answer) < len(answer)  # who does not even take this
        except OSError:
            closing = True
        if closing:  # nothing that was sent is left unread, so that no answer is lost
            self._close(conn)
            return
        conn.set_timeout()
        self.keepalived_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn))

    def _forget(self, conn: Any) -> None:
        """It arrives no longer."""
        arriving = self._arriving.pop(conn)
        self._kept -= len(arriving.received)
        if arriving.watched:
            self.poller.unregister(conn.sock)

    def _drop(self, conn: Any) -> None:
        self._forget(conn)
        self._close(conn)

    def _close(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    def _cut_off_who_arrives_late(self, now: float) -> None:
        for conn, arriving in list(self._arriving.items()):
            if not arriving.received:
                if now - arriving.began > (self.cfg.keepalive if self.alive else LINGER):
                    self._drop(conn)
            elif now - arriving.began > self._config.arrival:
                self._forget(conn)
                _send(conn.sock, HTTPStatus.REQUEST_TIMEOUT, LATE.format(arrival=self._config.arrival), wait=0.0)
                self._leave(conn)
        for conn, until in list(self._leaving.items()):
            if now > until:
                self._let_go(conn)

    def _leave(self, conn: Any) -> None:
        """Nothing more is answered. The client closes the connection, for else it may lose its answer (RFC 9112, 9.6).

        Gunicorn waits for that, too, but for one after the other, and for nothing else meanwhile.
        """
        _shut(conn.sock, socket.SHUT_WR)
        try:
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._see_off, conn))
        except (OSError, ValueError):  # closed already
            self._close(conn)
        else:
            self._leaving[conn] = time.monotonic() + LINGER

    def _see_off(self, conn: Any, _: Any) -> None:
        try:
            if conn.sock.recv(PART):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._let_go(conn)

    def _let_go(self, conn: Any) -> None:
        del self._leaving[conn]
        self.poller.unregister(conn.sock)
        self._close(conn)

    # --- a thread: one request is read and answered ---

    def handle(self, conn: Any) -> Any:
        """One request of a connection, in a thread of its own; true where the connection is kept for another."""
        self._mine.conn = conn
        turn = self._turns[conn] = self._mine.turn = Turn(conn.began)
        try:
            kept = super().handle(conn)
            if turn.late and not turn.answered:
                _send(conn.sock, HTTPStatus.REQUEST_TIMEOUT, LATE.format(arrival=self._config.arrival))
        finally:
            del self._turns[conn]
        return kept if not turn.late else False

    def handle_request(self, req: Any, conn: Any) -> Any:
        """The part of a turn that is the application's."""
        turn = self._mine.turn
        turn.answered = True
        sent = {name for name, _ in req.headers}
        turn.arrived = not sent & {"CONTENT-LENGTH", "TRANSFER-ENCODING"}
        joining = Joining(conn.sock, turn)
        kept = super().handle_request(req, SimpleNamespace(sock=joining, client=conn.client, server=conn.server))
        joining.flush()
        return kept

    def notify(self) -> None:
        """Called by the main loop at least once a second: a sign of life, and a look at who is late."""
        now = time.monotonic()
        if now - self._looked < LOOK:  # it is called in every round, too
            return
        self._looked = now
        super().notify()
        self._cut_off_who_arrives_late(now)
        for conn, turn in list(self._turns.items()):
            how = overdue(turn, now, self._config.arrival, self._config.patience)
            if how is not None:
                turn.late = True
                _shut(conn.sock, how)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what is not a request, or what failed outside of the application."""
        refused = isinstance(exc, errors.ParseException) and not isinstance(exc, OURS)
        status = STATUS.get(type(exc), HTTPStatus.BAD_REQUEST) if refused else HTTPStatus.INTERNAL_SERVER_ERROR
        limits = {
            "line": self.cfg.limit_request_line,
            "fields": self.cfg.limit_request_fields,
            "field": self.cfg.limit_request_field_size,
        }
        self._mine.turn.answered = True
        request_id = _send(client, status, DETAIL[status].format(**limits))
        if refused:
            self.log.info("request %s from %s is none: %s", request_id, addr[0] if addr else "-", exc)
        else:
            self.log.error("request %s failed outside of the application", request_id, exc_info=exc)


@dataclass(frozen=True)
class Question:
    """A plain request for a reading, all of which has arrived, and nothing after it."""

    path: str
    request_id: str
    closing: bool  # the client wants no other answer on this connection

    @classmethod
    def whole(cls, received: bytes) -> Question | None:
        """The question that was received; None for whatever else that is, which is gunicorn's to read."""
        head, end, body = received.partition(b"\r\n\r\n")
        asked = ASKED.match(head)
        if not asked or not end:
            return None
        fields = [line.partition(b":") for line in head.split(b"\r\n")[1:]]
        known = {name.lower(): value.strip() for name, _, value in fields}
        length = known.get(b"content-length", b"")
        simple = len(known) == len(fields) and not known.keys() & {b"transfer-encoding", b"expect"}
        if not simple or not length.isdigit() or len(length) > 18 or len(body) != int(length):
            return None
        request_id = known.get(b"x-request-id", b"").decode("latin-1")
        closing = known.get(b"connection", b"").lower() not in (b"", b"keep-alive")
        return cls(asked[1].decode(), request_id, closing)


class Joining:
    """A socket that keeps an answer's head until its body follows, and sends both at once.

    Gunicorn would send one after the other; a worker that is killed between them leaves half an answer, which no proxy
    can ask another worker for.
    """

    def __init__(self, client: socket.socket, turn: Turn) -> None:
        self._client = client
        self._turn = turn
        self._begun = False
        self._head = b""

    def sendall(self, part: bytes) -> None:
        """What gunicorn sends: first the head, as a whole."""
        if self._begun:
            head, self._head = self._head, b""
            self._turn.sending = time.monotonic()
            self._client.sendall(head + part)
            self._turn.sending = None
        else:
            self._begun, self._head = True, part

    def send(self, part: bytes) -> int:
        """Gunicorn's own 100 Continue, which the main loop has sent."""
        return len(part)

    def flush(self) -> None:
        """Send a head that nothing follows."""
        if self._head:
            self.sendall(b"")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


class _Body(io.RawIOBase):
    """What a request carries; where it is damaged or cut short, reading raises the error that Werkzeug has for it."""

    def __init__(self, received: Any, length: int | None, turn: Turn, late: str) -> None:
        self._received = received
        self._missing = length  # bytes; None where only the last chunk tells
        self._turn = turn
        self._late = late

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        try:
            part = b"" if self._turn.late else self._received.read(len(into))
        except OSError:
            raise self._cut_short() from None
        except errors.ParseException:
            damaged = BadRequest("The body is not what its Transfer-Encoding says.")
            raise (self._cut_short() if self._turn.late else damaged) from None
        if self._turn.late:
            raise self._cut_short()
        if self._missing is not None:
            self._missing -= len(part)
            if not part and len(into) and self._missing:  # gunicorn takes a short body for a whole one
                raise self._cut_short()
        self._turn.arrived = not self._missing if self._missing is not None else not part
        into[: len(part)] = part
        return len(part)

    def _cut_short(self) -> BadRequest | RequestTimeout:
        return RequestTimeout(self._late) if self._turn.late else ClientDisconnected()


def _send(client: socket.socket, status: HTTPStatus, detail: str, wait: float = 1.0) -> str:
    """A problem; the answer is the id of the request that it is told."""
    request_id = problems.request_id("")
    observed.REQUESTS.labels("none", status.value).inc()
    with suppress(OSError):
        client.settimeout(wait)
        client.sendall(_answer(status, detail, request_id))
    return request_id


def _answer(status: HTTPStatus, detail: str, request_id: str, name: str | None = None, closing: bool = True) -> bytes:
    """A problem as it goes over the wire, where there is no application to send it."""
    body = json.dumps(problems.body(status, detail, name, request_id)).encode()
    fields = {
        "Date": formatdate(usegmt=True),
        "Connection": "close" if closing else "keep-alive",
        "Content-Type": problems.MEDIA_TYPE,
        "Content-Length": len(body),
        "X-Request-ID": request_id,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        fields["Retry-After"] = problems.RETRY_AFTER
    head = "".join(f"{field}: {value}\r\n" for field, value in fields.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{head}\r\n".encode() + body


def _shut(client: socket.socket, how: int) -> None:
    with suppress(OSError):  # gone already
        client.shutdown(how)
