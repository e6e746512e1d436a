"""One log line per request: JSON for programs, or text at a terminal."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any
from urllib.parse import quote

log = logging.getLogger("digits.requests")

PATH_CHARACTERS = "/:@!$&'()*+,;="  # allowed in a path besides letters, digits and -._~ (RFC 3986, section 3.3)


def configure(style: str) -> None:
    """`style` is one of `settings.LOGS`."""
    log.handlers.clear()
    log.propagate = False
    log.setLevel(logging.CRITICAL if style == "off" else logging.INFO)
    handler = logging.StreamHandler()
    as_text = style == "text" or (style == "auto" and sys.stderr.isatty())
    handler.setFormatter(_Text() if as_text else _Json())
    log.addHandler(handler)


def write(entry: dict[str, Any]) -> None:
    """Log one request."""
    log.info("", extra={"entry": entry})


class _Json(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        return json.dumps({"time": f"{when}.{int(record.msecs):03}Z"} | getattr(record, "entry", {}))


class _Text(logging.Formatter):
    """One short line."""

    def format(self, record: logging.LogRecord) -> str:
        entry = getattr(record, "entry", {})
        readings = f"  {', '.join(entry['readings'])}" if entry["readings"] else ""
        path = quote(entry["path"], safe=PATH_CHARACTERS)  # a decoded path could contain a line break
        return f"{entry['status']} {entry['method']} {path}  {entry['milliseconds']:.1f} ms{readings}"
