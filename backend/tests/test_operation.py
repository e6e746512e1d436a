"""What whoever runs the server relies on: settings, order under pressure, counts, logs, other origins, limits."""

from __future__ import annotations

import json
import logging
import re
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from digits.api.gate import Gate
from digits.api.observed import log
from digits.app import create_app
from digits.config import Config
from digits.errors import SettingError, TooBusy
from digits.recognizer import Reading, Recognizer, Squares
from tests.test_api import SEVEN, URL, ask, assert_problem

ROOT = Path(__file__).resolve().parents[2]

# --- settings ---


def test_what_is_not_set_has_its_default() -> None:
    assert Config.from_environment({"PATH": "/bin"}) == Config()


def test_every_setting_can_be_set() -> None:
    config = Config.from_environment(
        {
            "DIGITS_MODELS": "/m",
            "DIGITS_VERSION": "12",
            "DIGITS_PAGE": "/p",
            "DIGITS_MAX_BYTES": "1",
            "DIGITS_MAX_PIXELS": "2",
            "DIGITS_MAX_JPEG_PIXELS": "3",
            "DIGITS_BATCH_FILES": "4",
            "DIGITS_BATCH_BYTES": "5",
            "DIGITS_AT_ONCE": "6",
            "DIGITS_WAITING": "0",
            "DIGITS_PATIENCE": "0.5",
            "DIGITS_ARRIVAL": "8",
            "DIGITS_RATE_LIMIT": "7 per second",
            "DIGITS_PROXIES": "1",
            "DIGITS_CORS_ORIGINS": "https://a.example, https://b.example",
            "DIGITS_LOG": "json",
        }
    )
    assert (config.models, config.version, config.page) == (Path("/m"), "12", Path("/p"))
    assert (config.limits.size, config.limits.pixels, config.limits.jpeg_pixels) == (1, 2, 3)
    assert (config.batch_files, config.batch_size, config.at_once, config.waiting) == (4, 5, 6, 0)
    assert (config.patience, config.arrival, config.rate_limit, config.proxies) == (0.5, 8, "7 per second", 1)
    assert config.cors_origins == ("https://a.example", "https://b.example")
    assert config.log == "json"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DIGITS_MAX_BYTES", "lots"),
        ("DIGITS_MAX_PIXELS", "0"),
        ("DIGITS_AT_ONCE", "-1"),
        ("DIGITS_PATIENCE", "nan"),
        ("DIGITS_LOG", "xml"),
        ("DIGITS_VERSION", "newest"),
        ("DIGITS_MODLES", "/m"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name) as told:
        Config.from_environment({name: value})
    assert value in str(told.value) or name == "DIGITS_MODLES"


def test_a_wrong_rate_is_named_at_the_start(double: Recognizer) -> None:
    with pytest.raises(SettingError, match="DIGITS_RATE_LIMIT is 'often'"):
        create_app(Config(rate_limit="often"), double)


def test_the_readme_lists_every_setting() -> None:
    names = set(re.findall(r'known\.\w+\("(\w+)"', (ROOT / "backend/digits/config.py").read_text("utf-8")))
    assert len(names) == 16
    listed = set(re.findall(r"^\| `DIGITS_(\w+)` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert listed == names


# --- order under pressure ---


def test_a_gate_lets_through_makes_wait_and_turns_away() -> None:
    gate, begun, done = Gate(at_once=1, waiting=1, patience=60), threading.Event(), threading.Event()

    def work() -> str:
        with gate.passed():
            begun.set()
            done.wait(10)
            return "done"

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(work)
        assert begun.wait(10)
        (turned_away,), waiting = wait([pool.submit(work), pool.submit(work)], 10, FIRST_COMPLETED)
        with pytest.raises(TooBusy, match="As many requests"):
            turned_away.result()
        done.set()
        assert [one.result() for one in (first, *waiting)] == ["done", "done"]
    with gate.passed():
        pass


def test_who_waits_too_long_is_turned_away() -> None:
    gate = Gate(at_once=1, waiting=1, patience=0.01)
    with gate.passed(), pytest.raises(TooBusy, match=r"For 0\.01 seconds"), gate.passed():
        pass


def test_a_server_that_is_busy_says_so_at_once_and_still_tells_its_health(double: Recognizer) -> None:
    started, begun, done = (threading.Event() for _ in range(3))

    def slow(squares: Squares) -> list[Reading]:
        if started.is_set():
            begun.set()
            done.wait(10)
        return double(squares)

    app = create_app(Config(at_once=1, waiting=0), slow)
    started.set()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: ask(app.test_client()))
        assert begun.wait(10)
        answer = ask(app.test_client())
        assert_problem(answer, 503, "ask again")
        assert int(answer.headers["Retry-After"]) > 0
        assert app.test_client().get("/api/v1/health/ready").status_code == 200
        done.set()
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
    assert more("digits_readings_total", "1", "", "accepted") == 1
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


def test_nothing_is_logged_where_it_is_off(double: Recognizer, capfd: pytest.CaptureFixture[str]) -> None:
    ask(create_app(Config(log="off"), double).test_client())
    assert capfd.readouterr().err == ""


def test_a_person_reads_a_short_line(double: Recognizer, capfd: pytest.CaptureFixture[str]) -> None:
    ask(create_app(Config(log="text"), double).test_client())
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
def test_no_path_forges_a_line_of_the_log(
    sent: str, told: str, style: str, double: Recognizer, capfd: pytest.CaptureFixture[str]
) -> None:
    create_app(Config(log=style), double).test_client().get(sent)
    (line,) = capfd.readouterr().err.splitlines()
    path = quote(json.loads(line)["path"], safe="/~!$&'()*+,;=:@") if style == "json" else line.split()[2]
    assert path == told


# --- other origins, and limits ---


def test_other_origins_may_ask_only_where_they_are_allowed(client: FlaskClient, double: Recognizer) -> None:
    origin = {"Origin": "https://a.example"}
    assert "Access-Control-Allow-Origin" not in client.get("/api/v1/health/live", headers=origin).headers
    open_to = create_app(Config(cors_origins=("https://a.example",)), double).test_client()
    allowed = open_to.get("/api/v1/health/live", headers=origin)
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://a.example"
    other = open_to.get("/api/v1/health/live", headers={"Origin": "https://b.example"})
    assert "Access-Control-Allow-Origin" not in other.headers


def test_a_client_that_asks_too_often_is_told_when_to_come_back(double: Recognizer) -> None:
    client = create_app(Config(rate_limit="2 per minute"), double).test_client()
    assert [ask(client).status_code for _ in range(3)] == [200, 200, 429]
    answer = ask(client)
    assert_problem(answer, 429, "2 per 1 minute")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert client.get("/api/v1/health/live").status_code == 200
    other = client.post(URL, data=SEVEN, content_type="image/png", environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert other.status_code == 200


def test_a_proxy_is_believed_only_where_there_is_one(double: Recognizer) -> None:
    for proxies, expected in ((0, 429), (1, 200)):
        client = create_app(Config(rate_limit="1 per minute", proxies=proxies), double).test_client()
        answers = [
            client.post(URL, data=SEVEN, content_type="image/png", headers={"X-Forwarded-For": address})
            for address in ("10.0.0.1", "10.0.0.2")
        ]
        assert [answer.status_code for answer in answers] == [200, expected]
