"""Runs within a network that has nothing but itself; `faults.offline` starts it there."""

from __future__ import annotations

import fcntl
import json
import re
import socket
import struct
from dataclasses import asdict

from drills.load import asked_for
from drills.report import Verdict
from running import serving

ELSEWHERE = ("192.0.2.1", 443)  # an address for documentation (RFC 5737)
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def main() -> None:
    """Print the verdict as JSON."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    print(json.dumps(asdict(_asked())))


def _asked() -> Verdict:
    nowhere = _cannot_leave()
    with serving() as server:
        load = asked_for(server.place, 2)
        page = server.get("/")
        documents = {path: server.get(path) for path in ("/api/v1/docs", "/api/v1/swagger.json", "/api/v1/model")}
        files = [*_named_in(page.text, "/"), *_named_in(documents["/api/v1/docs"].text, "/")]
        answers = {"/": page} | documents | {path: server.get(path) for path in files}
        ready = server.ready()
    missing = [path for path, answer in answers.items() if answer.status_code != 200]
    outside = [path for path in files if path.startswith(("http:", "https:", "//"))]
    not_served = f", but not {', '.join(missing + outside)}" if missing or outside else ""
    return Verdict(
        nowhere and ready and not load.failures() and not missing and not outside and len(files) > 4,
        f"started and ready; {len(load.answers)} requests, {len(load.failures())} failures; page, docs and the "
        f"{len(files)} files that they name were served{not_served}",
    )


def _cannot_leave() -> bool:
    try:
        socket.create_connection(ELSEWHERE, timeout=2).close()
    except OSError:
        return True
    return False


def _named_in(html: str, base: str) -> list[str]:
    """What a browser would fetch at once."""
    tags = re.findall(r"<(?:script|link|img)\b[^>]*>", html)
    named = [found[1] for tag in tags if (found := re.search(r'(?:src|href)="([^"#]+)"', tag))]
    return [one if re.match(r"https?:|/", one) else base + one.removeprefix("./") for one in named]


if __name__ == "__main__":
    main()
