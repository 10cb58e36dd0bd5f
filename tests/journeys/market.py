"""The real market as its visitors meet it: one ``serve`` process over data of its own, and people with phones.

A market is prepared once (migrations, demo market, style files) and copied for each file of tests, so that one
journey never sees what another did.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "cho-phien-2026"
KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV")  # nothing else of this machine reaches it


@dataclass
class Data:
    """Where a market keeps what it knows: a folder, and a database in it or on the server the tests were given."""

    folder: Path
    database: str

    @classmethod
    def fresh(cls, folder: Path) -> Data:
        """Return an empty one: PostgreSQL when the suite runs on it, else SQLite."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, _create(folder.name) or f"sqlite:///{folder}/market.sqlite3")

    def copy(self, folder: Path) -> Data:
        """Return a market of its own with the same content; nothing may be connected to this one."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sqlite3*"))
        database = _create(folder.name, template=_name_in(self.database)) if self.is_postgres else ""
        if not database:
            with contextlib.closing(sqlite3.connect(self.folder / "market.sqlite3")) as source:
                source.execute("VACUUM INTO ?", [str(folder / "market.sqlite3")])
            database = f"sqlite:///{folder}/market.sqlite3"
        return Data(folder, database)

    @property
    def is_postgres(self) -> bool:
        return self.database.startswith("postgres")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database, whichever it is."""
        if self.is_postgres:
            with _server(self.database) as connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall()
        with contextlib.closing(sqlite3.connect(self.folder / "market.sqlite3", timeout=20)) as connection:
            return connection.execute(sql).fetchall()

    def drop(self) -> None:
        if self.is_postgres:
            _run_on_server(f'DROP DATABASE IF EXISTS "{_name_in(self.database)}" WITH (FORCE)')
        shutil.rmtree(self.folder, ignore_errors=True)


def _given() -> str:
    return os.environ.get("DATABASE_URL", "")


def _name_in(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


@contextlib.contextmanager
def _server(url: str) -> Iterator[Any]:
    import psycopg2

    connection = psycopg2.connect(url.replace("psql://", "postgres://", 1))
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


def _run_on_server(sql: str) -> None:
    with _server(_given()) as connection, connection.cursor() as cursor:
        cursor.execute(sql)


def _create(name: str, template: str = "template0") -> str:
    """Make a database on the PostgreSQL of this run and return its address; empty when there is none."""
    if not _given().startswith(("postgres", "psql")):
        return ""
    name = f"journeys_{os.getpid()}_{name}".replace("-", "_").lower()
    _run_on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    parts = urlsplit(_given())
    return urlunsplit(("postgres", parts.netloc, f"/{name}", parts.query, ""))


@dataclass
class Market:
    """One copy of the market and the process that serves it."""

    data: Data
    port: int
    command: str = "manage.py"
    process: subprocess.Popen[bytes] | None = None
    logs: list[Path] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in KEPT}
        return kept | {
            "VAR_DIR": str(self.data.folder),
            "DJANGO_SETTINGS_MODULE": "marketplace.settings",
            "PYTHONUTF8": "1",
            # A developer's own .env does not overrule these.
            "EMBEDDED": "yes",
            "DATABASE_URL": self.data.database,
            "BROKER_URL": "memory://localhost/",
            "EMAIL_URL": f"filemail:///{self.data.folder}/mail",
            "WEB_CONCURRENCY": "1",
            "MARKET_URL": self.url,
            "MEDIA_ROOT": str(self.data.folder / "media"),
            "PRIVATE_ROOT": str(self.data.folder / "private"),
        }

    def manage(self, *command: str) -> str:
        """Run a command of the market; return what it printed."""
        done = subprocess.run(
            [sys.executable, self.command, *command],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip
        assert done.returncode == 0, f"{command}: {done.stderr[-3000:]}"
        return done.stdout

    def start(self) -> None:
        """Serve until told otherwise; return when the market answers."""
        log = self.data.folder / f"serve-{len(self.logs)}.log"
        self.logs.append(log)
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, self.command, "serve", "--port", str(self.port)],
                cwd=ROOT, env=self.environment, stdout=out, stderr=out,
            )  # fmt: skip
        end = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError(f"the market did not start: {log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/suc-khoe/", timeout=5) as answer:
                return bool(json.load(answer)["ok"])
        except (OSError, ValueError):
            return False

    def kill(self) -> None:
        """kill -9: no handler runs, nothing is finished."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def errors(self) -> list[str]:
        """What the market logged as gone wrong."""
        return errors_in(self.logs)

    def wait_for_letters(self, seconds: float = 30) -> None:
        """Wait until the outbox is empty: every letter is where it should be, every picture made.

        An SMS that several orders share waits for the end of its window, and is not waited for.
        """
        end = time.monotonic() + seconds
        due = "FROM foundation_outbox WHERE state = 'new' AND kind <> 'sms_joined'"
        while self.data.rows(f"SELECT 1 {due} LIMIT 1"):
            assert time.monotonic() < end, self.data.rows(f"SELECT kind, key, attempts, error {due} LIMIT 5")
            time.sleep(0.1)


def errors_in(logs: list[Path]) -> list[str]:
    """What processes of the market logged as gone wrong."""
    found = []
    for log in logs:
        for line in log.read_text(errors="replace").splitlines():
            if not line.startswith("{"):
                found += [line] if line.startswith("Traceback") else []
                continue
            told = json.loads(line)
            if told["level"] in ("error", "critical"):
                raised = told.get("exception") or [{}]
                found.append(f"{told['event']}: {raised[-1].get('exc_value', '')}")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(folder: Path, command: str = "manage.py") -> Data:
    """Make the demo market once: about half a minute on two cores."""
    data = Data.fresh(folder)
    market = Market(data, free_port(), command)
    market.manage("migrate", "--verbosity", "0")
    market.manage("seed_demo")
    market.manage("collectstatic", "--no-input", "--verbosity", "0")
    return data
