"""The errors that nginx returns itself are problems like those of the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from digits.api import schemas
from digits.errors import SettingError
from digits.settings import Settings
from tests.samples import raw_response
from tests.server.proxy import fronting


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real nginx with our configuration, in front of an API that is down."""
    with fronting(tmp_path_factory.mktemp("nginx")) as address:
        yield address


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        ("GET /nothing HTTP/1.1\r\nHost: x\r\n", 404),
        ("PUT /main.js HTTP/1.1\r\nHost: x\r\n", 405),
        ("GET /api/v1/model HTTP/1.1\r\nHost: x\r\n", 503),
        ("POST /api/v1/digits HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n", 413),
        ("GET / HTTP/1.1\r\n", 400),
        ("GET /" + 40000 * "x" + " HTTP/1.1\r\nHost: x\r\n", 414),
        ("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + 40000 * "x" + "\r\n", 431),
    ],
    ids=lambda value: str(value)[:24],
)
def test_an_error_of_nginx_is_a_problem(nginx: str, request_head: str, status: int) -> None:
    response = raw_response(urlsplit(nginx).port or 0, f"{request_head}Connection: close\r\n\r\n")
    assert response.status == status
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert schemas.ProblemSchema().validate(problem) == {}
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["X-Request-ID"]
    assert ("Retry-After" in response.headers) == (status == 503)


def test_the_request_id_of_the_client_is_kept(nginx: str) -> None:
    response = requests.get(f"{nginx}/nothing", headers={"X-Request-ID": "mine-7"}, timeout=10)
    assert response.json()["request_id"] == response.headers["X-Request-ID"] == "mine-7"


# The value of DIGITS_FRAME_ANCESTORS, and the sources in the header that browsers get.
FRAME_ANCESTORS = [
    ("", "'none'"),
    ("https://a.example", "https://a.example"),
    ("https://a.example http://*.b.example:8080 'self'", "https://a.example http://*.b.example:8080 'self'"),
    (" https://a.example  'self' ", "https://a.example 'self'"),
    ("https://a.example,https://b.example", "'none'"),
    ("https://a.example, https://b.example", "'none'"),
    ("https://a.example\thttps://b.example", "'none'"),
    ("https://a.example; script-src *", "'none'"),
    ("https://a.example\nX-Evil: 1", "'none'"),
    ("https://a.example\n", "'none'"),
    ("*", "'none'"),
    ("a.example", "'none'"),
]


@pytest.mark.parametrize(("asked", "sent"), FRAME_ANCESTORS)
def test_nginx_lets_only_valid_origins_show_the_page_in_a_frame(tmp_path: Path, asked: str, sent: str) -> None:
    with fronting(tmp_path, ancestors=asked) as address:
        headers = requests.get(address, timeout=10).headers
    assert headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2].split() == sent.split()
    assert "X-Evil" not in headers


@pytest.mark.parametrize(("asked", "sent"), FRAME_ANCESTORS)
def test_the_single_server_takes_the_same_origins_as_nginx(asked: str, sent: str) -> None:
    if sent == "'none'" and asked:
        with pytest.raises(SettingError, match="separated by spaces"):
            Settings.from_environment({"DIGITS_FRAME_ANCESTORS": asked})
    else:
        settings = Settings.from_environment({"DIGITS_FRAME_ANCESTORS": asked})
        assert " ".join(settings.frame_ancestors or ["'none'"]) == sent
