"""Settings of the web server, for `make run` and for the container alike."""

import os
from pathlib import Path

# 27 would open a control socket in the home folder of whoever runs it.
control_socket_disable = True
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
# Longer than the keep-alive of the usual reverse proxies is not needed behind them; a browser
# that comes straight here gains from a few seconds.
keepalive = 5
timeout = 60
graceful_timeout = 8
# Workers show that they live through a file; on a disk that can stall.
if Path("/dev/shm").is_dir():  # noqa: S108 (a memory file system, gunicorn makes the file itself)
    worker_tmp_dir = "/dev/shm"  # noqa: S108
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
# No access log: the application logs requests itself, without personal data.
accesslog = None
