"""What operators rely on: settings, backpressure, metrics, logs, other origins, limits."""

from __future__ import annotations

import json
import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from digits.api.concurrency import Limiter
from digits.app import create_app
from digits.errors import AtCapacity, SettingError
from digits.model.recognizer import Reading, Recognizer, Squares
from digits.observability.access_log import log
from digits.settings import BACKEND, Settings
from tests.calls import SEVEN, URL, ask, assert_problem
from tests.conftest import KNOWN

# --- settings ---


def test_unset_variables_have_defaults() -> None:
    assert Settings.from_environment({"PATH": "/bin"}) == Settings()


def test_every_setting_can_be_set() -> None:
    settings = Settings.from_environment(
        {
            "DIGITS_MODELS": "/m",
            "DIGITS_VERSION": "12",
            "DIGITS_PAGE": "/p",
            "DIGITS_MAX_BYTES": "1",
            "DIGITS_MAX_PIXELS": "2",
            "DIGITS_MAX_JPEG_PIXELS": "3",
            "DIGITS_BATCH_FILES": "4",
            "DIGITS_BATCH_BYTES": "5",
            "DIGITS_SLOTS": "6",
            "DIGITS_QUEUE_TIMEOUT": "0.5",
            "DIGITS_QUEUE_BYTES": "8",
            "DIGITS_RATE_LIMIT": "7 per second",
            "DIGITS_PROXIES": "1",
            "DIGITS_CORS_ORIGINS": "https://a.example, https://b.example",
            "DIGITS_FRAME_ANCESTORS": "https://a.example http://*.b.example:* 'self'",
            "DIGITS_LOG": "json",
        }
    )
    assert (settings.models, settings.version, settings.page) == (Path("/m"), "12", Path("/p"))
    assert (settings.limits.size, settings.limits.pixels, settings.limits.jpeg_pixels) == (1, 2, 3)
    assert (settings.batch_files, settings.batch_bytes, settings.slots) == (4, 5, 6)
    assert (settings.queue_timeout, settings.queue_bytes, settings.rate_limit, settings.proxies) == (
        0.5,
        8,
        "7 per second",
        1,
    )
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.frame_ancestors == ("https://a.example", "http://*.b.example:*", "'self'")
    assert settings.log == "json"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DIGITS_MAX_BYTES", "lots"),
        ("DIGITS_MAX_PIXELS", "0"),
        ("DIGITS_SLOTS", "-1"),
        ("DIGITS_QUEUE_TIMEOUT", "nan"),
        ("DIGITS_RATE_LIMIT", "often"),
        ("DIGITS_LOG", "xml"),
        ("DIGITS_VERSION", "newest"),
        ("DIGITS_FRAME_ANCESTORS", "a.example"),
        ("DIGITS_FRAME_ANCESTORS", "*"),
        ("DIGITS_FRAME_ANCESTORS", "'none'"),
        ("DIGITS_FRAME_ANCESTORS", "https://a.example/path"),
        ("DIGITS_FRAME_ANCESTORS", "https://a.example;script-src"),
        ("DIGITS_FRAME_ANCESTORS", "https://a.example,https://b.example"),
        ("DIGITS_FRAME_ANCESTORS", "https://a.example, https://b.example"),
        ("DIGITS_FRAME_ANCESTORS", "javascript:alert(1)"),
        ("DIGITS_MODLES", "/m"),
    ],
)
def test_an_invalid_setting_is_named_with_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name) as told:
        Settings.from_environment({name: value})
    assert value in str(told.value) or name == "DIGITS_MODLES"


def test_the_documentation_lists_every_setting() -> None:
    with pytest.raises(SettingError) as unknown:
        Settings.from_environment({"DIGITS_UNKNOWN": ""})
    names = set(re.findall(r"DIGITS_\w+", str(unknown.value))) - {"DIGITS_UNKNOWN"}
    listed = re.findall(r"^\| `(DIGITS_\w+)` \|", (BACKEND / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE)
    assert set(listed) == names


# --- backpressure ---


def test_a_request_waits_for_a_slot() -> None:
    limiter, occupied, leave = Limiter(1, 60, 2**20), threading.Event(), threading.Event()

    def work() -> str:
        with limiter.slot():
            occupied.set()
            leave.wait(10)
            return "done"

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(work)
        assert occupied.wait(10)
        second = pool.submit(work)
        assert not second.done()
        leave.set()
        assert [first.result(10), second.result(10)] == ["done", "done"]


def test_the_queue_timeout_refuses_a_request_and_frees_nothing_else() -> None:
    limiter = Limiter(1, 0.01, 2**20)
    with limiter.slot(), pytest.raises(AtCapacity), limiter.slot():
        pass
    with limiter.slot():
        pass


def test_the_queue_is_bounded_by_bytes() -> None:
    limiter = Limiter(1, 0.01, 100)
    with limiter.admitted(1000), pytest.raises(AtCapacity), limiter.admitted(1):  # a single request is always admitted
        pass
    with limiter.admitted(60), limiter.admitted(40), pytest.raises(AtCapacity), limiter.admitted(1):
        pass
    with limiter.admitted(100):
        pass


def test_retry_after_is_random() -> None:
    limiter = Limiter(1, 0, 100)

    def delay() -> int:
        with pytest.raises(AtCapacity) as refused, limiter.slot():
            pass
        assert str(refused.value.retry_after) in str(refused.value)
        return refused.value.retry_after

    with limiter.slot():
        delays = {delay() for _ in range(100)}
    assert len(delays) > 1
    assert min(delays) >= 1
    assert max(delays) <= 3


def test_a_server_at_capacity_says_so_and_stays_healthy(double: Recognizer) -> None:
    started, reading, leave = (threading.Event() for _ in range(3))

    def slow(squares: Squares) -> list[Reading]:
        if started.is_set():
            reading.set()
            leave.wait(10)
        return double(squares)

    app = create_app(Settings(slots=1, queue_timeout=0.0), slow)
    started.set()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: ask(app.test_client()))
        assert reading.wait(10)
        response = ask(app.test_client())
        assert_problem(response, 503, response.headers["Retry-After"])
        assert int(response.headers["Retry-After"]) > 0
        assert app.test_client().get("/api/v1/health/ready").status_code == 200
        leave.set()
        assert first.result().status_code == 200
    assert ask(app.test_client()).status_code == 200


# --- counts and logs ---


def counted(client: FlaskClient) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain")
    samples = (one for family in text_string_to_metric_families(answer.text) for one in family.samples)
    return {(one.name, *(value for _, value in sorted(one.labels.items()))): one.value for one in samples}


def test_requests_readings_and_refused_pictures_are_counted(client: FlaskClient) -> None:
    before = counted(client)
    ask(client)
    ask(client, b"junk")
    client.get("/api/v1/nowhere/at/all")
    after = counted(client)

    def more(*key: str) -> float:
        return after[key] - before.get(key, 0)

    assert more("digits_requests_total", f"POST {URL}", "200") == 1
    assert more("digits_requests_total", f"POST {URL}", "422") == 1
    assert more("digits_readings_total", str(KNOWN), "", "accepted") == 1
    assert more("digits_pictures_refused_total", "unreadable-picture") == 1
    assert more("digits_stage_seconds_count", "model") == 1
    assert not any("nowhere" in part for key in after for part in key)
    assert after["digits_in_flight",] == 1  # the question itself


def test_a_request_is_one_line_of_json_without_the_picture(client: FlaskClient) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.setFormatter(log.handlers[0].formatter)
    handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]
    log.addHandler(handler)
    ask(client).get_json()
    log.removeHandler(handler)
    (line,) = lines
    told = json.loads(line)
    assert told["request_id"]
    assert (told["method"], told["path"], told["status"]) == ("POST", URL, 200)
    assert sorted(told["stages"]) == ["decode", "model", "normalize"]
    assert told["pictures"] == [{"format": "PNG", "size": [280, 280], "bytes": len(SEVEN)}]
    assert told["readings"] == ["accepted"]
    assert len(line) < 500


def test_the_access_log_can_be_turned_off(double: Recognizer, capfd: pytest.CaptureFixture[str]) -> None:
    ask(create_app(Settings(log="off"), double).test_client())
    assert capfd.readouterr().err == ""


def test_the_text_log_has_short_lines(double: Recognizer, capfd: pytest.CaptureFixture[str]) -> None:
    ask(create_app(Settings(log="text"), double).test_client())
    assert re.fullmatch(rf"200 POST {URL}  [\d.]+ ms  accepted\n", capfd.readouterr().err)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("/a%0a200%20GET%20/b%20%201.0%20ms", "/a%0A200%20GET%20/b%20%201.0%20ms"),
        ("/%1b[2J%7f%c2%85%e2%80%a8%e2%80%ae", "/%1B%5B2J%7F%C2%85%E2%80%A8%E2%80%AE"),
        ("/~a-b_c.d/!$&'()*+,;=:@", "/~a-b_c.d/!$&'()*+,;=:@"),
        ("/%25", "/%25"),
        ("/%ff", "/%EF%BF%BD"),  # no UTF-8
    ],
)
@pytest.mark.parametrize("style", ["text", "json"])
def test_a_path_cannot_forge_a_log_line(
    sent: str, told: str, style: str, double: Recognizer, capfd: pytest.CaptureFixture[str]
) -> None:
    create_app(Settings(log=style), double).test_client().get(sent)
    (line,) = capfd.readouterr().err.splitlines()
    path = quote(json.loads(line)["path"], safe="/~!$&'()*+,;=:@") if style == "json" else line.split()[2]
    assert path == told


# --- other origins, and limits ---


def test_cors_allows_only_configured_origins(client: FlaskClient, double: Recognizer) -> None:
    origin = {"Origin": "https://a.example"}
    assert "Access-Control-Allow-Origin" not in client.get("/api/v1/health/live", headers=origin).headers
    open_to = create_app(Settings(cors_origins=("https://a.example",)), double).test_client()
    allowed = open_to.get("/api/v1/health/live", headers=origin)
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://a.example"
    other = open_to.get("/api/v1/health/live", headers={"Origin": "https://b.example"})
    assert "Access-Control-Allow-Origin" not in other.headers


def test_only_configured_origins_may_show_the_page_in_a_frame(client: FlaskClient, double: Recognizer) -> None:
    def ancestors(of: FlaskClient, path: str) -> str:
        return of.get(path).headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2]

    origins = ("https://a.example", "https://*.b.example")
    open_to = create_app(Settings(frame_ancestors=origins), double).test_client()
    assert ancestors(client, "/") == "'none'"
    assert ancestors(open_to, "/") == ancestors(open_to, "/main.js") == " ".join(origins)
    assert ancestors(open_to, "/api/v1/health/live") == "'none'"


def test_no_line_break_gets_into_a_header() -> None:
    for text in ("https://a.example\r\nX-Evil: 1", "https://a.example\n"):
        with pytest.raises(SettingError, match="separated by spaces"):
            Settings.from_environment({"DIGITS_FRAME_ANCESTORS": text})


def test_the_rate_limit_sends_retry_after(double: Recognizer) -> None:
    client = create_app(Settings(rate_limit="2 per minute"), double).test_client()
    assert [ask(client).status_code for _ in range(3)] == [200, 200, 429]
    answer = ask(client)
    assert_problem(answer, 429, "2 per 1 minute")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert client.get("/api/v1/health/live").status_code == 200
    other = client.post(URL, data=SEVEN, content_type="image/png", environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert other.status_code == 200


def test_forwarded_addresses_need_a_trusted_proxy(double: Recognizer) -> None:
    for proxies, expected in ((0, 429), (1, 200)):
        client = create_app(Settings(rate_limit="1 per minute", proxies=proxies), double).test_client()
        answers = [
            client.post(URL, data=SEVEN, content_type="image/png", headers={"X-Forwarded-For": address})
            for address in ("10.0.0.1", "10.0.0.2")
        ]
        assert [answer.status_code for answer in answers] == [200, expected]
