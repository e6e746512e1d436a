"""How gunicorn serves the application; `make run` and the container both use it."""

import multiprocessing
import os
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's greetings are no news

host = os.environ.get("HOST", "127.0.0.1")
port = os.environ.get("PORT", "8000")
bind = f"{f'[{host}]' if ':' in host else host}:{port}"
wsgi_app = "digits.app:create_app()"
# The number of workers is gunicorn's own WEB_CONCURRENCY, one by default.
worker_class = "gthread"
threads = 8
timeout = 30  # seconds without a sign of life after which a worker is replaced
graceful_timeout = 30
keepalive = 5
loglevel = "warning"

loaded = multiprocessing.Value("i", 0)


def on_starting(server: Any) -> None:
    """Import what is large before the fork, so that the workers share its memory.

    The model is loaded after it, by each worker: a SavedModel loaded before the fork never answers.
    """
    print("Digits is starting ...", flush=True)
    import tensorflow  # noqa: F401

    import digits.app  # noqa: F401


def post_worker_init(worker: Any) -> None:
    """Say once that all workers have loaded the model, and what to open."""
    with loaded.get_lock():
        loaded.value += 1
        everyone = loaded.value == worker.cfg.workers
    if everyone:
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
        print(f"Digits is ready. Open http://{shown}:{port} (API: /api/v1/docs). Stop it with Ctrl+C.", flush=True)
