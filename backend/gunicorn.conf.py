"""How gunicorn serves the application, for `make run` and in the container."""

import gc
import os
import shutil
import socket
import sys
import tempfile
from typing import Any

from digits.errors import DigitsError
from digits.model import recognizer, store
from digits.settings import Settings

host = os.environ.get("HOST", "127.0.0.1")
port = os.environ.get("PORT", "8000")
bind = f"{f'[{host}]' if ':' in host else host}:{port}"
wsgi_app = "digits.app:create_app()"
worker_class = "gthread"
threads = 128  # requests of a worker that are read, wait for a slot, or are answered
timeout = 30  # seconds without a heartbeat after which a worker is replaced
graceful_timeout = 30  # seconds
keepalive = 5  # seconds
loglevel = "warning"

# Several workers have a socket each, between which Linux divides the connections by chance. With one socket, the first
# worker to wake often takes all connections that arrive together, and the other cores stay idle. In exchange, a worker
# that reloads or restarts keeps its share of new connections waiting or resets them (docs/operation.md).
reuse_port = sys.platform == "linux" and os.environ.get("WEB_CONCURRENCY", "1") != "1"

# Workers share their metrics through memory-mapped files. A full disk would crash them, so the files are in memory.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:  # a reload keeps the folder
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(
        prefix="digits-",
        dir="/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112
    )


def on_starting(_: Any) -> None:
    """Import TensorFlow before the fork, so that all workers share its memory. The model must be loaded after it."""
    print("Digits is starting ...", flush=True)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, OverflowError, ValueError) as error:
            sys.exit(f"Digits cannot listen on {bind}: {error}. Choose another port: PORT=8001 make run")
    try:
        settings = Settings.from_environment()
        store.verified_card(store.newest(settings.models, settings.version))
    except DigitsError as error:
        sys.exit(f"Digits cannot start: {error}")
    recognizer.import_tensorflow()
    gc.freeze()  # keep the garbage collector from touching, and thereby copying, the shared memory


def post_worker_init(worker: Any) -> None:
    """Announce the first worker that is ready."""
    gc.collect()  # what loading the model left behind: frozen, it would stay in memory forever
    gc.freeze()
    if worker.age == 1:
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
        print(f"Digits is ready. Open http://{shown}:{port} (API: /api/v1/docs). Press Ctrl+C to stop.", flush=True)


def child_exit(_: Any, worker: Any) -> None:
    """Drop the gauges of a worker that has ended."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_: Any) -> None:
    """Remove the files of the metrics."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
