"""How gunicorn serves the application; `make run` and the container both use it."""

import gc
import os
import resource
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from digits import replacing
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
threads = settings.threads
timeout = 30  # seconds without a sign of life after which a worker is replaced
graceful_timeout = 30
keepalive = 5
sendfile = False  # a file is sent in parts, so that the worker sees whether any of it is taken
limit_request_line = 8190  # bytes, the most that gunicorn allows short of no limit
loglevel = "warning"

# Connections of a worker, and what else it has open; some systems begin with a fourth of that.
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
enough = 4096 if most == resource.RLIM_INFINITY else min(4096, most)
if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < enough:
    resource.setrlimit(resource.RLIMIT_NOFILE, (enough, most))

# Where the workers of one server keep what they count, so that /metrics can add it up. A reload goes on with it; a new
# master that takes over inherits the variable, but must not count where the old one clears away when it leaves.
mine = f"digits-metrics-{os.getpid()}-"
counted = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if not Path(counted).name.startswith(mine):
    counted = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=mine)

roll = replacing.Roll()


def on_starting(server: Any) -> None:
    """Import what is large before the fork, so that the workers share its memory.

    The model is loaded after it, by each worker: a SavedModel loaded before the fork never answers.
    """
    if server.cfg.is_ssl:
        sys.exit("Digits cannot serve TLS: it belongs to the proxy before it. Leave out --certfile and --keyfile.")
    _be_sure_that_the_port_is_free()
    roll.expect(server.cfg.workers)
    print("Digits is starting ...", flush=True)
    gc.disable()  # many objects are made, none of which is rubbish
    from digits import app, recognizer

    try:
        model, wrong = app.newest_sound_model(settings.models, settings.version)
    except DigitsError as error:
        sys.exit(f"Digits cannot serve: {error}")
    for fault in wrong:
        server.log.error("A newer version is passed over, and version %s is served: %s", model.name, fault)
    _choose(model.name, refused=len(wrong))
    recognizer.import_tensorflow()
    gc.freeze()  # so that no worker's collector touches, and thereby copies, what they share
    gc.enable()
    replacing.at_hangup(server, lambda: _reload(server))


def _choose(version: str, refused: int) -> None:
    """What workers serve from now on, also one that takes a dead one's place: only a reload changes it."""
    from digits.api import observed

    os.environ["DIGITS_VERSION"] = version
    observed.REFUSED_VERSIONS.set(refused)


def _reload(server: Any) -> Iterator[None]:
    """Serve the newest version by new workers. The old ones stay until the new ones are ready, or where they fail."""
    from digits import app, card

    served = os.environ["DIGITS_VERSION"]
    try:
        newest = app.newest_model(settings.models, settings.version)
        card.checked(newest)
        _choose(newest.name, refused=0)
        yield from replacing.replaced(server, roll)
        server.log.warning("Version %s is served by new workers.", newest.name)
    except DigitsError as error:
        _choose(served, refused=1)
        server.log.error("The reload is refused, and version %s is served on: %s", served, error)


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


def post_fork(server: Any, _: Any) -> None:
    """Heed a stop from the first moment, and collect nothing while the model is loaded."""
    replacing.born(server)
    gc.disable()


def post_worker_init(worker: Any) -> None:
    """Say once that all workers have loaded the model, and what to open."""
    if not worker.alive:
        sys.exit()  # it was told to stop meanwhile, and nobody has asked it yet
    gc.freeze()  # what is there now stays, and need not be looked through while requests wait
    gc.enable()
    if roll.sign():
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
        print(f"Digits is ready. Open http://{shown}:{port} (API: /api/v1/docs). Stop it with Ctrl+C.", flush=True)


def child_exit(_: Any, worker: Any) -> None:
    """Forget the gauges of a worker that is gone; what it counted stays counted."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(counted, ignore_errors=True)
