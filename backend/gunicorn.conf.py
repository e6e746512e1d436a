"""How gunicorn serves the application; `make run` and the container both use it."""

import multiprocessing
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from digits.config import Config
from digits.errors import DigitsError

try:
    settings = Config.from_environment()
except DigitsError as error:
    sys.exit(f"Digits cannot serve: {error}")

host = os.environ.get("HOST", "127.0.0.1")
port = os.environ.get("PORT", "8000")
bind = f"{f'[{host}]' if ':' in host else host}:{port}"
wsgi_app = "digits.app:create_app()"
# The number of workers is gunicorn's own WEB_CONCURRENCY, one by default.
worker_class = "digits.worker.Worker"
threads = settings.at_once + settings.waiting + 8  # so that whoever finds it busy is told so at once
timeout = 30  # seconds without a sign of life after which a worker is replaced
graceful_timeout = 30
keepalive = 5
limit_request_line = 8190  # bytes, the most that gunicorn allows short of no limit
loglevel = "warning"

# Where the workers of one server keep what they count, so that /metrics can add it up. A reload goes on with it; a new
# master that takes over inherits the variable, but must not count where the old one clears away when it leaves.
mine = f"digits-metrics-{os.getpid()}-"
counted = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if not Path(counted).name.startswith(mine):
    counted = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=mine)

loaded = multiprocessing.Value("i", 0)


def on_starting(server: Any) -> None:
    """Import what is large before the fork, so that the workers share its memory.

    The model is loaded after it, by each worker: a SavedModel loaded before the fork never answers.
    """
    _be_sure_that_the_port_is_free()
    print("Digits is starting ...", flush=True)
    from digits import app, card, recognizer

    try:
        card.read(app.newest_model(settings.models))
    except DigitsError as error:
        sys.exit(f"Digits cannot serve: {error}")
    recognizer.import_tensorflow()


def _be_sure_that_the_port_is_free() -> None:
    """Say it in a sentence where it is not; gunicorn tries five times and then names an error number."""
    if "GUNICORN_FD" in os.environ:  # a new master takes the socket over from the old one
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, OverflowError, ValueError) as error:
            sys.exit(f"Digits cannot serve at {bind}: {error}. Another port can be given: PORT=8001 make run")


def post_worker_init(worker: Any) -> None:
    """Say once that all workers have loaded the model, and what to open."""
    with loaded.get_lock():
        loaded.value += 1
        everyone = loaded.value == worker.cfg.workers
    if everyone:
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
        print(f"Digits is ready. Open http://{shown}:{port} (API: /api/v1/docs). Stop it with Ctrl+C.", flush=True)


def child_exit(_: Any, worker: Any) -> None:
    """Forget the gauges of a worker that is gone; what it counted stays counted."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(counted, ignore_errors=True)
