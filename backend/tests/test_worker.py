"""What reaches the server's socket and is no request, or only the beginning of one: told to a real gunicorn."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import cast
from urllib.parse import urlsplit

import pytest
import requests

from digits.arriving import Arriving
from digits.worker import LINGER, Joining, Question, Turn, chosen, overdue
from drills.load import asked_for
from running import serving
from tests.samples import DIGITS, LABELS, encode, enlarged
from tests.test_api import SEVEN

ARRIVAL = 2.0  # seconds that a request may take to arrive
SLACK = 2.0  # until it is noticed, on a machine with other work


@pytest.fixture(scope="module")
def hurried() -> Iterator[str]:
    """The address of a server that does not wait for long."""
    with serving(DIGITS_ARRIVAL=str(ARRIVAL)) as (address, _, _):
        yield address


def connect(address: str) -> socket.socket:
    """A bare connection."""
    place = urlsplit(address)
    return socket.create_connection((place.hostname, place.port or 80), timeout=20)


def answer(connection: socket.socket) -> tuple[int, dict[str, object]]:
    """Status and problem, once the server has closed the connection."""
    received = b""
    while part := connection.recv(65536):
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, received[:500]
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
    assert found
    problem = json.loads(body)
    assert problem["status"] == int(found[1])
    assert f"X-Request-ID: {problem['request_id']}".encode() in head
    return problem["status"], problem


HEAD = b"POST /api/v1/digits HTTP/1.1\r\nHost: digits\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60) + b"\r\n\r\n", 400),  # TLS
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (HEAD + b"Content-Length: seven\r\n\r\n", 400),
        (HEAD + b"Content-Length: 7\r\nContent-Length: 8\r\n\r\n", 400),
        (HEAD + b"Content-Length: " + b"1" * 5000 + b"\r\n\r\n", 400),  # more than Python makes a number of
        (HEAD + b"Bad Name: x\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\nContent-Type: image/png\r\n\r\nseven\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n-5\r\nabcde\r\n0\r\n\r\n", 400),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: digits\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: digits\r\nX-Long: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(200)) + b"\r\n", 431),
        (HEAD + b"Transfer-Encoding: rot13\r\n\r\n", 501),
        (HEAD + b"Expect: the-unexpected\r\nContent-Length: 0\r\n\r\n", 417),
    ],
)
def test_what_is_no_request_is_answered_with_a_problem(hurried: str, sent: bytes, status: int) -> None:
    with connect(hurried) as connection:
        connection.sendall(sent)
        told, problem = answer(connection)
    assert told == status
    assert str(problem["detail"]).endswith(".")


@pytest.mark.parametrize(
    "beginning",
    [
        b"POST /api/v1/digits HT",
        HEAD,
        HEAD + b"Content-Type: image/png\r\nContent-Length: 5000\r\n\r\n" + SEVEN[:50],
        HEAD + b"Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{",
        HEAD + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000\r\n\r\n--x\r\n",
        HEAD + b"Content-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n32\r\nabc",
    ],
    ids=["first line", "header", "picture", "json", "form", "chunk"],
)
@pytest.mark.parametrize("trickle", [b"", b"x"], ids=["and then nothing", "a byte now and then"])
def test_a_request_that_does_not_arrive_in_time_is_cut_off(hurried: str, beginning: bytes, trickle: bytes) -> None:
    with connect(hurried) as connection:
        began = time.monotonic()
        connection.sendall(beginning)
        connection.settimeout(0.2)
        while time.monotonic() - began < 15:
            try:
                connection.recv(1, socket.MSG_PEEK)
                break
            except TimeoutError:
                connection.sendall(trickle)
        took = time.monotonic() - began
        connection.settimeout(20)
        assert answer(connection)[0] == 408
    assert ARRIVAL - 0.1 < took < ARRIVAL + SLACK


def test_a_hundred_idle_connections_keep_nobody_waiting(hurried: str) -> None:
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(connect(hurried))
        began = time.monotonic()
        assert requests.get(f"{hurried}/api/v1/health/live", timeout=20).ok
        assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 5000\r\n\r\n" + SEVEN[:50],
        b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5;" + b"a" * 400,
    ],
    ids=["half a picture", "two codings", "a long line of a chunk"],
)
def test_after_a_hundred_slow_clients_the_server_is_as_quick_as_before(hurried: str, rest: bytes) -> None:
    slow = HEAD + b"Content-Type: image/png\r\n" + rest
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(connect(hurried)).sendall(slow)
        began = time.monotonic()
        assert requests.get(f"{hurried}/api/v1/health/live", timeout=20).ok
        assert time.monotonic() - began < 1  # no thread waits for any of them
        time.sleep(ARRIVAL + SLACK)
        began = time.monotonic()
        read = requests.post(f"{hurried}/api/v1/digits", files={"image": SEVEN}, timeout=20)
        assert read.json()["digit"] == 7
        assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("turn", "seconds", "how"),
    [
        (Turn(0.0), 9.9, None),
        (Turn(0.0), 10.1, socket.SHUT_RD),
        (Turn(0.0, arrived=True), 44.9, None),  # someone works on it, or it waits for its turn
        (Turn(0.0, arrived=True), 45.1, socket.SHUT_RDWR),  # its answer is not taken
        (Turn(0.0), 45.1, socket.SHUT_RDWR),
        (Turn(0.0, arrived=True, sending=10.0), 19.9, None),
        (Turn(0.0, arrived=True, sending=10.0), 20.1, socket.SHUT_RDWR),
    ],
)
def test_only_what_has_not_arrived_is_cut_off_while_there_may_be_work_on_it(
    turn: Turn, seconds: float, how: int | None
) -> None:
    assert overdue(turn, seconds, arrival=10, patience=5) == how


def test_clients_that_do_not_close_keep_nobody_waiting(hurried: str) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(hurried)) for _ in range(200)]
        for client in clients:
            client.sendall(b"nonsense\r\n\r\n")
        time.sleep(0.3)
        began = time.monotonic()
        assert requests.get(f"{hurried}/api/v1/health/live", timeout=20).ok
        assert time.monotonic() - began < 1
        for client in clients:
            assert answer(client)[0] == 400
        time.sleep(LINGER + SLACK)
        assert all(map(is_closed, clients))


def is_closed(connection: socket.socket) -> bool:
    """Whether nobody listens at the other end any more."""
    try:
        for _ in range(2):  # the first is answered by a reset, of which the second is told
            connection.sendall(b"more")
            time.sleep(0.02)
    except ConnectionError:
        return True
    return False


def test_whoever_asks_before_sending_is_told_once_to_go_on(hurried: str) -> None:
    fields = f"Content-Type: image/png\r\nContent-Length: {len(SEVEN)}\r\nExpect: 100-continue\r\n\r\n".encode()
    with connect(hurried) as connection:
        connection.sendall(HEAD + fields)
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(SEVEN)
        received = b""
        while part := connection.recv(65536):
            received += part
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"100 Continue" not in received


def test_methods_that_nobody_knows_are_counted_as_one(hurried: str) -> None:
    for number in range(20):
        requests.request("MADEUP" + chr(65 + number), f"{hurried}/", timeout=20)
    assert "MADEUP" not in metrics(hurried)


def test_what_is_no_request_is_counted(hurried: str) -> None:
    def counted() -> float:
        found = re.search(r'digits_requests_total\{operation="none",status="400"\} (\S+)', metrics(hurried))
        return float(found[1]) if found else 0.0

    before = counted()
    with connect(hurried) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        answer(connection)
    assert counted() == before + 1


def metrics(address: str) -> str:
    """What the server tells of itself."""
    return requests.get(f"{address}/metrics", timeout=20).text


def test_dropped_connections_leave_the_server_as_it_was(hurried: str) -> None:
    for size in range(0, 600, 5):
        with connect(hurried) as connection:
            connection.sendall((HEAD + b"Content-Type: image/png\r\nContent-Length: 5000\r\n\r\n" + SEVEN)[:size])
    read = requests.post(f"{hurried}/api/v1/digits", files={"image": SEVEN}, timeout=20)
    assert read.json().get("digit") == 7, read.text


# --- what is sent ---


class Sent:
    """Stands in for a socket, and keeps what each call sends."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []

    def sendall(self, part: bytes) -> None:
        """One call of the system, where it is small."""
        self.calls.append(part)


@pytest.mark.parametrize(
    ("parts", "calls"),
    [
        ([], []),
        ([b"head"], [b"head"]),  # HEAD, 304
        ([b"head", b"body"], [b"headbody"]),
        ([b"head", b"one", b"two"], [b"headone", b"two"]),
    ],
)
def test_a_head_is_sent_with_the_body_and_neither_is_sent_twice(parts: list[bytes], calls: list[bytes]) -> None:
    sent = Sent()
    joining = Joining(cast(socket.socket, sent), Turn(0.0))
    for part in parts:
        joining.sendall(part)
    joining.flush()
    assert sent.calls == calls


def test_one_connection_takes_answers_with_and_without_a_body_in_turn(hurried: str) -> None:
    with requests.Session() as session:
        page = session.get(hurried, timeout=20)
        for _ in range(3):
            assert session.head(hurried, timeout=20).headers["Content-Length"]
            unchanged = session.get(hurried, headers={"If-None-Match": page.headers["ETag"]}, timeout=20)
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            assert session.post(f"{hurried}/api/v1/digits", files={"image": SEVEN}, timeout=20).json()["digit"] == 7
            assert session.get(f"{hurried}/nowhere", timeout=20).status_code == 404
            assert session.get(hurried, timeout=20).content == page.content


# --- where there is no place ---

ASKED = b"POST /api/v1/digits HTTP/1.1\r\nHost: digits\r\nContent-Length: 4\r\n"


@pytest.mark.parametrize(
    ("start", "question"),
    [
        (ASKED + b"\r\nbody", Question("/api/v1/digits", "", closing=False)),
        (ASKED + b"\r\nbodyGET / HTTP/1.1", None),
        (
            ASKED.replace(b"digits HTTP", b"digits/batch?include=input HTTP") + b"\r\nbody",
            Question("/api/v1/digits/batch", "", closing=False),
        ),
        (ASKED + b"x-request-id: a1\r\n\r\nbody", Question("/api/v1/digits", "a1", closing=False)),
        (ASKED + b"Connection: close\r\n\r\nbody", Question("/api/v1/digits", "", closing=True)),
        (ASKED + b"Connection: Keep-Alive\r\n\r\nbody", Question("/api/v1/digits", "", closing=False)),
        (ASKED + b"\r\nbod", None),
        (ASKED, None),
        (b"", None),
        (b"POST /api/v1/digits HTTP/1.1\r\n\r\n", None),
        (ASKED + b"Content-Length: 4\r\n\r\nbody", None),
        (ASKED + b"Transfer-Encoding: chunked\r\n\r\nbody", None),
        (ASKED + b"Expect: 100-continue\r\n\r\nbody", None),
        (ASKED.replace(b": 4", b": +4") + b"\r\nbody", None),
        (ASKED.replace(b"1.1", b"1.0") + b"\r\nbody", None),
        (ASKED.replace(b"POST", b"GET") + b"\r\nbody", None),
        (ASKED.replace(b"digits HTTP", b"digitses HTTP") + b"\r\nbody", None),
        (b"GET /api/v1/health/live HTTP/1.1\r\nHost: digits\r\n\r\n", None),
    ],
)
def test_only_a_plain_question_that_has_arrived_as_a_whole_may_be_turned_away(
    start: bytes, question: Question | None
) -> None:
    assert Question.whole(start) == question


@pytest.mark.parametrize(
    ("asking", "places", "read"),
    [(0, 1, 0), (1, 1, 1), (5, 1, 1), (5, 0, 0), (5, -2, 0), (2, 3, 2), (7, 8, 7), (9, 3, 3)],
)
def test_as_many_are_chosen_as_there_are_places_for(asking: int, places: int, read: int) -> None:
    question = Question("/api/v1/digits", "", closing=False)
    assert len(chosen([(number, Arriving(), question) for number in range(asking)], places)) == read


def test_whoever_asks_may_be_chosen() -> None:
    asking = [(number, Arriving(), Question("/api/v1/digits", "", closing=False)) for number in range(5)]
    assert {conn for _ in range(500) for conn in chosen(asking, 1)} == {0, 1, 2, 3, 4}


def test_in_a_crowd_each_is_read_or_told_to_come_back_and_health_is_told() -> None:
    picture = encode(enlarged(DIGITS[0]))
    answers: list[requests.Response] = []
    headers = {"Content-Type": "image/png", "X-Request-ID": "one-of-many"}

    def ask_often(address: str) -> None:
        with requests.Session() as session:
            for _ in range(30):
                answer = session.post(f"{address}/api/v1/digits", data=picture, headers=headers, timeout=20)
                answers.append(answer)

    with serving(DIGITS_AT_ONCE="1", DIGITS_WAITING="1") as (address, _, _):
        with ThreadPoolExecutor(20) as pool:
            asked = [pool.submit(ask_often, address) for _ in range(20)]
            while not all(one.done() for one in asked):
                assert requests.get(f"{address}/api/v1/health/ready", timeout=20).status_code == 200
            assert [one.result() for one in asked] == [None] * 20
        assert counted(address, 503) == [answer.status_code for answer in answers].count(503)
        time.sleep(1.1)  # until the crowd is forgotten
        assert requests.post(f"{address}/api/v1/digits", data=picture, headers=headers, timeout=20).json()["digit"] == 7
    assert {answer.status_code for answer in answers} == {200, 503}
    for answer in answers:
        assert answer.headers["X-Request-ID"] == "one-of-many"
        if answer.status_code == 200:
            assert answer.json()["digit"] == LABELS[0]
        else:
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["type"] == "urn:digits:problem:too-busy"
            assert answer.json()["request_id"] == "one-of-many"


def test_clients_that_come_together_are_spread_over_the_workers() -> None:
    with serving(WEB_CONCURRENCY="2") as server:
        for _ in range(3):
            before = [worker.cpu_times().user for worker in server.workers()]
            asked_for(server.place, 1.5, clients=8)
            spent = [worker.cpu_times().user - had for worker, had in zip(server.workers(), before, strict=True)]
            assert min(spent) > 0.2 * max(spent)


def counted(address: str, status: int) -> float:
    """How many questions for a reading the server says to have answered so."""
    found = re.search(
        rf'digits_requests_total\{{operation="POST /api/v1/digits",status="{status}"\}} (\S+)', metrics(address)
    )
    return float(found[1]) if found else 0.0
