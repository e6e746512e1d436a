"""The files of the page, as the single process and nginx serve them."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from posixpath import join, normpath
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from requests.structures import CaseInsensitiveDict
from werkzeug.datastructures import Headers

from digits.app import create_app
from digits.model.recognizer import Recognizer
from digits.settings import Settings
from tests.calls import assert_problem
from tests.samples import DIGITS, encode
from tests.server.proxy import fronting

PAGE = Settings().page
NAMES = sorted(file.relative_to(PAGE).as_posix() for file in PAGE.rglob("*") if file.is_file())
TEXT = {".html", ".css", ".js", ".svg", ".json", ".webmanifest"}
TEXTS = [name for name in NAMES if Path(name).suffix in TEXT]
#: What a tag names without making the browser ask for it: the last two only when somebody installs the page.
LATER = r'loading="lazy"|rel="manifest"|rel="apple-touch-icon"'
GZIP = {"Accept-Encoding": "gzip"}
BUDGET = 70_000  # bytes, compressed: a second on a slow phone's line


def first_load() -> list[str]:
    """What is asked for before anybody touches the page: index.html, and all that it, its modules and styles name."""
    found, queue = set[str](), ["index.html"]
    while queue:
        name = normpath(queue.pop())
        if name not in found:
            found.add(name)
            queue += named_in(name)
    return sorted(found)


def named_in(name: str) -> list[str]:
    """The files that a file makes the browser ask for at once."""
    if name.endswith(".html"):
        tags = re.findall(r"<(?:link|script|img)\b[^>]*>", (PAGE / name).read_text("utf-8"))
        found = [re.search(r'\b(?:href|src)="([^"]+)"', tag) for tag in tags if not re.search(LATER, tag)]
        named = [one[1] for one in found if one]
    elif name.endswith(".js"):
        named = re.findall(r'^(?:import|export)\b[^"`;]*"(\.[^"]+)"', (PAGE / name).read_text("utf-8"), re.MULTILINE)
    elif name.endswith(".css"):
        named = re.findall(r"""(?:url\(|@import )["']?([^"')]+)""", (PAGE / name).read_text("utf-8"))
    else:
        named = []
    return [join(name.rpartition("/")[0], one) for one in named if not one.startswith(("/", "data:", "#"))]


# --- the one process ---


def test_text_files_are_compressed_losslessly(client: FlaskClient) -> None:
    for name in TEXTS:
        file = (PAGE / name).read_bytes()
        compressed, plain = client.get(f"/{name}", headers=GZIP), client.get(f"/{name}")
        if "Content-Encoding" in compressed.headers:
            assert gzip.decompress(compressed.data) == file
            assert len(compressed.data) < len(file)
        else:
            assert len(file) < 20
        assert plain.data == file
        assert compressed.headers["Vary"] == "Accept-Encoding"


def test_pictures_are_not_compressed(double: Recognizer, tmp_path: Path) -> None:
    picture = encode(DIGITS[0])
    (tmp_path / "digit.png").write_bytes(picture)
    response = create_app(Settings(page=tmp_path), double).test_client().get("/digit.png", headers=GZIP)
    assert response.data == picture
    assert response.content_type == "image/png"
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("headers", [GZIP, {}])
@pytest.mark.parametrize("name", ["", "main.js", "favicon.svg"])
def test_an_unchanged_file_is_not_sent_again(client: FlaskClient, name: str, headers: dict[str, str]) -> None:
    tag = client.get(f"/{name}", headers=headers).headers["ETag"]
    again = client.get(f"/{name}", headers=headers | {"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"/{name}", headers=headers | {"If-None-Match": '"old"'}).status_code == 200


def test_the_modules_are_cached_but_not_the_page_itself(client: FlaskClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-cache"
    assert "stale-while-revalidate" in client.get("/main.js").headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/main.js", "/favicon.svg"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_files_accept_get_and_head_only(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert_problem(answer, 405, method, "GET", "HEAD")
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "path",
    [
        "/../app.py",
        "/views/../../nginx.conf",
        "/views/../main.js",
        "/./main.js",
        "/%2e%2e/nginx.conf",
        "/..%2fnginx.conf",
        "/..%5cnginx.conf",
        "/%2fetc/passwd",
        "/%2f%2fetc/passwd",
        "/main.js%00.png",
        "/main.js/",
        "/views",
        "/views/",
        f"/{'x' * 5000}.js",
        "/%ff.js",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_files_are_not_reachable(client: FlaskClient, path: str, method: str) -> None:
    # The path as it came, for a client would tidy it up.
    answer = client.open(environ_overrides={"PATH_INFO": unquote_to_bytes(path).decode("latin-1")}, method=method)
    assert_problem(answer, 404)


def test_only_files_are_sent(double: Recognizer, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.js")
    (tmp_path / "folder.js").mkdir()
    client = create_app(Settings(page=tmp_path), double).test_client()
    for path in ("/pipe.js", "/folder.js", "/"):
        assert_problem(client.get(path), 404)


# --- what it weighs ---


def test_the_first_load_stays_small(client: FlaskClient) -> None:
    sizes = {name: len(client.get(f"/{name}", headers=GZIP).data) for name in first_load()}
    largest = sorted(sizes, key=sizes.__getitem__, reverse=True)[:5]
    assert sum(sizes.values()) < BUDGET, (
        f"The first load has {sum(sizes.values()):,} bytes in {len(sizes)} files; at most {BUDGET:,} are meant to be. "
        f"The largest: {', '.join(f'{name} {sizes[name]:,}' for name in largest)}."
    )


def test_the_first_load_is_what_a_browser_requests(chromium: Browser, server: str) -> None:
    page = chromium.new_page()
    asked = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).path.removeprefix("/") or "index.html"))
    page.goto(server, wait_until="networkidle")
    page.close()
    assert {name for name in asked if not name.startswith("api/v1/")} | {"favicon.svg"} == set(first_load())


# --- nginx ---

ALIKE = (
    "Cache-Control",
    "Content-Encoding",
    "Content-Security-Policy",
    "Content-Type",
    "Referrer-Policy",
    "Vary",
    "X-Content-Type-Options",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the page."""
    folder = tmp_path_factory.mktemp("page") / "src"
    shutil.copytree(PAGE, folder)
    return folder


@pytest.fixture(scope="module")
def nginx(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real nginx with our configuration, before an API that is away."""
    with fronting(tmp_path_factory.mktemp("nginx"), page=folder) as address:
        yield address


def test_nginx_and_gunicorn_send_the_same_files(nginx: str, folder: Path, double: Recognizer) -> None:
    client = create_app(Settings(page=folder), double).test_client()
    names = ["", *(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())]
    for name in names:
        for accepted in ("gzip", "identity"):
            asked = {"Accept-Encoding": accepted}
            theirs, ours = (
                requests.get(f"{nginx}/{name}", headers=asked, timeout=10),
                client.get(f"/{name}", headers=asked),
            )
            assert theirs.status_code == ours.status_code == 200
            assert headers(theirs.headers) == headers(ours.headers), name
            assert theirs.content == (folder / (name or "index.html")).read_bytes()


def headers(of: CaseInsensitiveDict[str] | Headers) -> dict[str, str | None]:
    """Those that both should have alike."""
    return {name: of.get(name) for name in ALIKE}


def test_nginx_revalidates_and_answers_head(nginx: str) -> None:
    for asked in (GZIP, {"Accept-Encoding": "identity"}):
        tag = requests.get(f"{nginx}/main.js", headers=asked, timeout=10).headers["ETag"]
        again = requests.get(f"{nginx}/main.js", headers=asked | {"If-None-Match": tag}, timeout=10)
        assert (again.status_code, again.content) == (304, b"")
    assert requests.head(f"{nginx}/main.js", timeout=10).status_code == 200


def test_nginx_keeps_the_first_load_small(nginx: str) -> None:
    answers = [requests.get(f"{nginx}/{name}", headers=GZIP, stream=True, timeout=10) for name in first_load()]
    size = sum(len(answer.raw.read(decode_content=False)) for answer in answers)
    assert size < BUDGET, f"The first load has {size:,} bytes; at most {BUDGET:,} are meant to be."
