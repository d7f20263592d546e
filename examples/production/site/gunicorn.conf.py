"""gunicorn: two processes by default, with more threads than requests that may wait for the database."""

import os
import shutil
from pathlib import Path
from typing import Any

wsgi_app = "mysite.wsgi"
bind = os.environ.get("BIND", "0.0.0.0:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = 16
graceful_timeout = 10
worker_tmp_dir = "/dev/shm"
limit_request_line = 8190
#: Its place would be the home of the user, who has none here.
control_socket_disable = True
#: Requests are in the proxy's log, without their queries.
accesslog = None


def on_starting(server: Any) -> None:
    """Make the folder of the metrics empty: counts of an earlier start are no longer added to."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        for path in Path(folder).glob("*"):
            path.unlink() if path.is_file() else shutil.rmtree(path)
        Path(folder).mkdir(parents=True, exist_ok=True)
