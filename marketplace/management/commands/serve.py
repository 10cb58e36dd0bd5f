"""``manage.py serve``: the whole market in one process, jobs and files included (embedded mode)."""

import errno
import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

LOGINS = Path(__file__).resolve().parents[2] / "demo" / "logins.json"
PATIENCE = 3.0  # seconds that running requests and tasks get when the process is told to stop


class Handler(WSGIRequestHandler):
    """Counts running requests, and lets go of a connection on which nothing came for half a minute."""

    timeout = 30
    running = 0
    lock = threading.Lock()

    def parse_request(self) -> bool:
        self._count(1)  # the request line is here: from now on somebody waits for an answer
        return super().parse_request()

    def handle_one_request(self) -> None:
        self._counted = 0
        try:
            super().handle_one_request()
        except (TimeoutError, ConnectionError):
            self.close_connection = True
        finally:
            self._count(-self._counted)

    def _count(self, step: int) -> None:
        self._counted += step
        with Handler.lock:
            Handler.running += step


class Command(BaseCommand):
    help = "Serve the market from this one process, with worker, beat and relay inside it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if not settings.EMBEDDED:
            raise CommandError(
                "EMBEDDED is off: serve with gunicorn, a Celery worker, beat and `manage.py relay`."
            )
        self._refuse_unprepared()
        _small_heap()
        server = self._bind(host, port)
        server.set_app(get_wsgi_application())

        from marketplace.embedded import Jobs

        jobs = Jobs()
        jobs.start()
        for number in (signal.SIGTERM, signal.SIGINT):
            # shutdown() waits for the loop that this very thread runs.
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
        self._welcome(host, server.server_port)
        server.serve_forever(poll_interval=0.1)

        server.socket.close()
        end = time.monotonic() + PATIENCE
        idle = jobs.stop(PATIENCE)
        while Handler.running and time.monotonic() < end:
            time.sleep(0.02)
        self.stdout.flush()
        if not idle:
            # Python's own way out would wait for the task, however long; its row comes back after the lease.
            os._exit(0)

    def _refuse_unprepared(self) -> None:
        if not MigrationRecorder(connection).has_table():
            raise CommandError("The database is empty. Run `make run`, or `manage.py migrate` first.")
        manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"] and not manifest.exists():
            raise CommandError(
                "The style files are not collected. Run `make run`, or `manage.py collectstatic`."
            )

    def _bind(self, host: str, port: int) -> ThreadedWSGIServer:
        try:
            return ThreadedWSGIServer((host, port), Handler)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is taken: another program, or another copy of the market, listens there. "
                    f"Stop it, or choose another port: `manage.py serve --port {port + 1}`."
                ) from None
            if error.errno == errno.EACCES:
                raise CommandError(f"Port {port} needs more rights; choose one above 1023.") from None
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}.") from None

    def _welcome(self, host: str, port: int) -> None:
        root = f"http://{host}:{port}"
        self.stdout.write(f"\n{settings.MARKET_NAME}: {root}/\n")
        self.stdout.write(f"  Tiếng Việt  {root}/\n  English     {root}/en/\n")
        self.stdout.write(f"  Operator    {root}/{settings.ADMIN_PATH}\n")
        if root != settings.MARKET_URL:
            self.stdout.write(f"  Labels and letters carry {settings.MARKET_URL} (MARKET_URL in .env).\n")
        logins = json.loads(LOGINS.read_text(encoding="utf-8")) if LOGINS.exists() else []
        if logins:
            columns = ("who", "login", "password", "open")
            rows = [
                ["Ai / Who", "Đăng nhập / Login", "Mật khẩu / Password", "Mở / Open"],
                *([str(login.get(column, "")) for column in columns] for login in logins),
            ]
            for row in rows[1:]:
                row[3] = root + row[3] if row[3].startswith("/") else row[3]
            widths = [max(len(row[i]) for row in rows) for i in range(3)]
            self.stdout.write("")
            for row in rows:
                cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
                self.stdout.write("  " + "  ".join([*cells, row[3]]))
        self.stdout.write("\nCtrl+C: dừng / stop\n")
        self.stdout.flush()


def _small_heap() -> None:
    """Keep glibc from opening a heap per thread: the process stays tens of megabytes smaller."""
    import ctypes

    try:
        ctypes.CDLL(None).mallopt(-8, 2)  # M_ARENA_MAX
    except (OSError, AttributeError):
        return  # another C library; nothing is lost but memory
