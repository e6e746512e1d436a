"""What the containers rely on: the files by their public schemas, and nginx before several real servers."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from digits.settings import BACKEND
from running import free_port, kill, serving
from tests.samples import DIGITS, LABELS, encode, enlarged
from tests.server.proxy import FRONTEND, fronting, wait_for

ROOT = BACKEND.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILES = {"api": BACKEND / "Dockerfile", "page": FRONTEND / "Dockerfile"}
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Only Linux has the addresses 127.0.0.2 and 127.0.0.3.")


def tool(name: str, *arguments: str | Path) -> str:
    """What a program of the environment prints; it must find no fault."""
    program = Path(sys.executable).with_name(name)
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# --- images and Compose ---


@pytest.mark.parametrize("service", DOCKERFILES)
def test_hadolint_accepts_the_dockerfiles(service: str) -> None:
    tool("hadolint", "--failure-threshold", "info", DOCKERFILES[service])


def test_the_compose_file_matches_the_public_schema() -> None:
    tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml")


@pytest.mark.parametrize("service", SERVICES)
def test_every_container_is_restricted_limited_and_health_checked(service: str) -> None:
    told, image = SERVICES[service], DOCKERFILES[service].read_text("utf-8")
    assert told["read_only"]
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert set(told["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert int(told["stop_grace_period"].removesuffix("s")) > 30  # what gunicorn and nginx take at most
    assert "HEALTHCHECK" in image
    assert all(one.startswith("/tmp:size=") for one in told["tmpfs"])  # noqa: S108  # in memory
    assert not {"volumes", "privileged", "container_name"} & set(told)


def test_no_container_runs_as_root() -> None:
    assert re.search(r"^USER [1-9]\d*$", DOCKERFILES["api"].read_text("utf-8"), re.MULTILINE)
    assert "FROM nginxinc/nginx-unprivileged:" in DOCKERFILES["page"].read_text("utf-8")


def test_only_the_page_is_published_and_the_api_has_no_outbound_network() -> None:
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["page"]
    assert SERVICES["api"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("folder", [BACKEND, FRONTEND])
def test_the_build_context_has_only_what_the_image_copies(folder: Path) -> None:
    sent = {line.removeprefix("!") for line in (folder / ".dockerignore").read_text().split() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (folder / "Dockerfile").read_text(), re.MULTILINE)
    assert sent == {name for line in copied for name in line.split()}
    assert all((folder / name).exists() for name in sent)


def test_the_variables_of_the_template_are_those_of_the_image() -> None:
    used = set(re.findall(r"\$\{(\w+)\}", (FRONTEND / "upstream.conf.template").read_text("utf-8")))
    set_here = set(re.findall(r"\b([A-Z_]+)=", DOCKERFILES["page"].read_text("utf-8")))
    assert used == {"API", "TRUSTED_PROXY", "DIGITS_FRAME_ANCESTORS", "NGINX_LOCAL_RESOLVERS"}
    assert used - {"NGINX_LOCAL_RESOLVERS"} <= set_here
    assert {"NGINX_ENTRYPOINT_LOCAL_RESOLVERS", "NGINX_ENVSUBST_OUTPUT_DIR"} <= set_here


def test_nginx_closes_an_idle_connection_before_gunicorn_does() -> None:
    theirs = re.search(r"^keepalive = (\d+)", (BACKEND / "gunicorn.conf.py").read_text("utf-8"), re.MULTILINE)
    ours = re.search(r"keepalive_timeout (\d+)s", (FRONTEND / "upstream.conf.template").read_text("utf-8"))
    assert theirs
    assert ours
    assert int(ours[1]) < int(theirs[1])


# --- nginx before the API ---


class Echo(BaseHTTPRequestHandler):
    """Answers with the header fields that it was sent."""

    def do_GET(self) -> None:
        """One answer, whatever the path."""
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.mark.parametrize(("trusted", "told"), [("127.0.0.1", "10.1.2.3"), ("192.0.2.1", "127.0.0.1")])
def test_only_a_trusted_proxy_sets_the_client_address(tmp_path: Path, trusted: str, told: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as api:
        threading.Thread(target=api.serve_forever).start()
        with fronting(tmp_path, ["127.0.0.1"], api.server_port, trusted=trusted) as address:
            headers = {"X-Forwarded-For": "10.9.9.9, 10.1.2.3", "X-Request-ID": "a1"}
            assert wait_for(lambda: requests.get(f"{address}/api/v1/model", timeout=5).ok)
            seen = requests.get(f"{address}/api/v1/model", headers=headers, timeout=5).json()
        api.shutdown()
    assert (seen["x-forwarded-for"], seen["x-request-id"]) == (told, "a1")
    assert seen["host"] == address.removeprefix("http://")


def test_too_many_open_requests_of_a_client_do_not_affect_others(tmp_path: Path) -> None:
    with ExitStack() as stack:
        mute = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=300))
        address = stack.enter_context(fronting(tmp_path, ["127.0.0.1"], mute.getsockname()[1]))
        host, port = address.removeprefix("http://").split(":")
        assert wait_for(lambda: status(address) is None)  # until the API's name is known

        def hold(count: int) -> bool:
            for _ in range(count):
                client = stack.enter_context(socket.create_connection((host, int(port))))
                client.sendall(b"GET /api/v1/model HTTP/1.1\r\nHost: a\r\n\r\n")
            return True

        hold(128)
        # nginx may still have counted the request above when the last of them came, and refused it.
        assert wait_for(lambda: hold(1) and status(address) == 429)
        answer = requests.get(f"{address}/api/v1/model", timeout=5)
        assert (answer.headers["Content-Type"], answer.headers["Retry-After"]) == ("application/problem+json", "1")
        assert requests.get(address, timeout=5).status_code == 200
        with pytest.raises(requests.ReadTimeout):
            requests.get(f"{address}/api/v1/model", headers={"X-Forwarded-For": "10.0.0.9"}, timeout=0.3)


def status(address: str) -> int | None:
    """Of an answer; None where there is none for a while."""
    try:
        return requests.get(f"{address}/api/v1/model", timeout=1).status_code
    except requests.ReadTimeout:
        return None


def test_internal_paths_are_hidden_and_a_missing_api_is_a_problem(tmp_path: Path) -> None:
    with fronting(tmp_path) as address:
        assert requests.get(f"{address}/metrics", timeout=5).status_code == 404
        away = requests.post(f"{address}/api/v1/digits", data=b"x", timeout=5)
        assert (away.status_code, away.headers["Retry-After"]) == (503, "2")
        assert away.json()["request_id"] == away.headers["X-Request-ID"]


@LINUX
def test_replicas_share_the_load_and_may_come_and_go(tmp_path: Path) -> None:
    port, hosts = free_port(), ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    with ExitStack() as stack, ThreadPoolExecutor(3) as pool:
        starting = [pool.submit(stack.enter_context, serving(HOST=host, PORT=str(port))) for host in hosts]
        (one, *_), (two, killed, _), (three, stopped, _) = (each.result() for each in starting)
        known = hosts[:1]
        address = stack.enter_context(fronting(tmp_path, known, port))
        assert wait_for(lambda: requests.get(f"{address}/api/v1/health/ready", timeout=10).ok)
        with asking(address) as failures:
            time.sleep(1)
            assert (readings(one) > 0, readings(two), readings(three)) == (True, 0, 0)

            known += hosts[1:]  # docker compose up --scale api=3
            assert wait_for(lambda: readings(two) and readings(three), 15)
            before = [readings(each) for each in (one, two, three)]
            time.sleep(2)
            shares = [readings(each) - was for each, was in zip((one, two, three), before, strict=True)]
            assert min(shares) > 0.2 * sum(shares), shares

            assert failures == []
            kill(killed)  # its name is still known, as when a container restarts
            time.sleep(3)
            cut = len(failures)  # responses that the killed server was just sending: at most one for each client
            stopped.send_signal(signal.SIGTERM)
            time.sleep(3)
        assert cut <= 4
        assert failures[cut:] == []
        assert readings(one) > before[0]


def readings(address: str) -> float:
    """How many digits this server has read."""
    families = text_string_to_metric_families(requests.get(f"{address}/metrics", timeout=10).text)
    samples = [sample for family in families for sample in family.samples if sample.name == "digits_readings_total"]
    return sum(sample.value for sample in samples)


@contextmanager
def asking(address: str, clients: int = 4) -> Iterator[list[str]]:
    """Clients that send pictures one after the other; the list has what was not answered, or not rightly."""
    failures: list[str] = []
    asked = [0]
    done = threading.Event()
    pictures = [encode(enlarged(digit)) for digit in DIGITS[:10]]

    def client(number: int) -> None:
        with requests.Session() as session:
            while not done.is_set():
                number = (number + 1) % len(pictures)
                try:
                    answer = session.post(
                        f"{address}/api/v1/digits",
                        data=pictures[number],
                        headers={"Content-Type": "image/png"},
                        timeout=20,
                    )
                    if answer.status_code != 200 or answer.json()["digit"] != LABELS[number]:
                        failures.append(answer.text)
                except requests.RequestException as error:
                    failures.append(repr(error))
                asked[0] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield failures
    finally:
        done.set()
        for thread in threads:
            thread.join()
        assert asked[0] > 100
