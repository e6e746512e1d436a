"""gunicorn with the real model, as `make run` starts it."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import requests

from running import NotServing, serving
from tests.samples import DIGITS, LABELS, encode, enlarged


def test_the_server_prints_its_address_and_serves_page_docs_and_api(server: str) -> None:
    assert server.startswith("http://127.0.0.1:")
    assert "<title>Digits</title>" in requests.get(server, timeout=10).text
    assert "swagger-ui" in requests.get(f"{server}/api/v1/docs", timeout=10).text
    assert requests.get(f"{server}/api/v1/health/ready", timeout=10).json() == {"status": "ready"}
    with requests.post(f"{server}/api/v1/digits", files={"image": encode(enlarged(DIGITS[0]))}, timeout=10) as answer:
        assert answer.json()["digit"] == 7


def test_concurrent_requests_never_swap_responses(server: str) -> None:
    def read(number: int) -> bool:
        picture = encode(enlarged(DIGITS[number % 50]))
        answer = requests.post(
            f"{server}/api/v1/digits", data=picture, headers={"Content-Type": "image/png"}, timeout=60
        )
        return bool(answer.json()["digit"] == LABELS[number % 50])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(200)))


def test_chunked_bodies_are_read_and_limited(server: str) -> None:
    headers = {"Content-Type": "image/png"}
    picture = encode(enlarged(DIGITS[0]))
    answer = requests.post(
        f"{server}/api/v1/digits", data=iter([picture[:99], picture[99:]]), headers=headers, timeout=10
    )
    assert answer.json()["digit"] == 7
    endless = (b"x" * 2**20 for _ in range(40))
    answer = requests.post(f"{server}/api/v1/digits", data=endless, headers=headers, timeout=30)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("port", ["taken", "99999"])
def test_an_unavailable_port_is_explained(server: str, port: str) -> None:
    wanted = server.rpartition(":")[2] if port == "taken" else port
    with (
        pytest.raises(NotServing, match=rf"cannot listen on 127\.0\.0\.1:{wanted}.*PORT=8001"),
        serving(PORT=wanted),
    ):
        pass


def test_a_missing_model_is_explained(tmp_path: Path) -> None:
    with (
        pytest.raises(NotServing, match="cannot start: There is no model in") as told,
        serving(DIGITS_MODELS=str(tmp_path)),
    ):
        pass
    assert "Traceback" not in str(told.value)


def test_a_killed_worker_is_replaced() -> None:
    with serving(WEB_CONCURRENCY="2") as (address, process, _):
        workers = children(process.pid)
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and len(set(children(process.pid)) - {workers[0]}) < 2:
            time.sleep(0.2)
        assert len(set(children(process.pid)) - {workers[0]}) == 2
        for _ in range(10):
            assert requests.get(f"{address}/api/v1/health/ready", timeout=60).status_code == 200


def children(pid: int) -> list[int]:
    """Process ids of the workers."""
    return [child.pid for child in psutil.Process(pid).children()]
