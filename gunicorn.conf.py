"""gunicorn in server mode: threads in a few processes. Jobs run elsewhere (docs/operations.md)."""

import os
from pathlib import Path

import environ

environ.Env.read_env(Path(__file__).resolve().parent / ".env")
env = environ.Env()
env.ENVIRON = {name: value for name, value in os.environ.items() if value}

wsgi_app = "marketplace.wsgi:application"
bind = f"{env.str('HOST', default='127.0.0.1')}:{env.int('PORT', default=8000)}"
workers = env.int("WEB_CONCURRENCY", default=2)
worker_class = "gthread"
threads = env.int("WEB_THREADS", default=8)
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
forwarded_allow_ips = env.str("FORWARDED_ALLOW_IPS", default="127.0.0.1,::1")
# Two on one machine would share its socket, and a container has no folder for it.
control_socket_disable = True
accesslog = None  # nginx keeps one, without secrets
errorlog = "-"


def on_starting(server):
    """Refuse embedded mode: nobody would deliver letters or end unpaid orders here."""
    if env.bool("EMBEDDED", default=True):
        raise SystemExit("EMBEDDED is on: use `make run` (manage.py serve), or set EMBEDDED=no for gunicorn.")
