"""Run every test this machine can run, and say plainly which it cannot and how to get them.

    python tools/run_tests.py [--only sqlite|postgres|browser] [pytest's own arguments]

Three passes: everything on SQLite; everything again on PostgreSQL with Redis, with the tests of threads and locks
that only it can run; the browser journeys in Chromium. With ``CI`` set nothing may be missing or skipped.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import psycopg2
import services
import translations

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")
NO_TESTS = 5  # pytest's exit code

WORKERS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
# Long tests stand side by side in a file: handed out one by one, they do not end up on one worker.
SHARED = ["-n", str(WORKERS), "--maxschedchunk", "1", "--reuse-db"]

RULES = ["marketplace", "cooperatives", "catalog", "traceability", "orders"]


class Report:
    """What was run, what was left out and why."""

    def __init__(self, folder: Path, arguments: list[str]) -> None:
        self.folder = folder
        self.arguments = arguments
        self.left_out: list[str] = []
        self.failed: list[str] = []

    def run(self, name: str, options: list[str], environment: dict[str, str]) -> None:
        """Run pytest once; remember its failures and each skipped test with its reason."""
        print(f"\n── {name} ──", flush=True)
        began = time.monotonic()
        results = self.folder / f"{len(list(self.folder.glob('*.xml')))}.xml"
        command = [sys.executable, "-m", "pytest", *options, f"--junitxml={results}", *self.arguments]
        code = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode
        print(f"── {name}: {time.monotonic() - began:.0f} s", flush=True)
        if code == NO_TESTS and not IN_CI:
            return
        if code:
            self.failed.append(f"{name} (pytest ended with {code})")
        for case in ElementTree.parse(results).iter("testcase") if results.exists() else ():
            skipped = case.find("skipped")
            if skipped is not None and skipped.get("type") != "pytest.xfail":
                self.left_out.append(f"{name}: {case.get('name')}: {skipped.get('message')}")

    def end(self) -> int:
        if self.left_out:
            print("\nLeft out:")
            print("\n".join(f"  - {line}" for line in dict.fromkeys(self.left_out)))
            if IN_CI:
                self.failed.append("in CI nothing may be left out")
        print("\n" + (f"Failed: {'; '.join(self.failed)}." if self.failed else "Every test that ran passed."))
        return 1 if self.failed else 0


def make_tables(environment: dict[str, str]) -> None:
    """Make the tables once: every worker of the pass finds a copy of them under the name that pytest-django gives it.

    Migrating from nothing takes most of a minute of a processor; a copy takes none.
    """
    url = urlsplit(environment["DATABASE_URL"])
    if url.scheme == "sqlite":
        folder = Path(environment["TABLES_DIR"])
        tables = f"sqlite:///{folder / 'tables.sqlite3'}"

        def copies() -> None:
            for worker in range(WORKERS):
                shutil.copyfile(folder / "tables.sqlite3", folder / f"test.sqlite3_gw{worker}")
    else:
        name = url.path[1:]
        tables = url._replace(path=f"/{name}_tables").geturl()
        sql(url, f"DROP DATABASE IF EXISTS {name}_tables", f"CREATE DATABASE {name}_tables")

        def copies() -> None:
            for worker in range(WORKERS):
                copy = f"test_{name}_gw{worker}"
                sql(url, f"DROP DATABASE IF EXISTS {copy}", f"CREATE DATABASE {copy} TEMPLATE {name}_tables")

    made = {**os.environ, **environment, "DATABASE_URL": tables, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"],
        cwd=ROOT,
        env=made,
        check=True,
    )
    copies()


def sql(server: SplitResult, *statements: str) -> None:
    """Run ``statements`` outside of a transaction on the database ``postgres`` of a server."""
    with contextlib.closing(psycopg2.connect(server._replace(path="/postgres").geturl())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the private servers stop, too
    only = ""
    if arguments[:1] == ["--only"]:
        only, arguments = arguments[1], arguments[2:]
    translations.compile_all()
    with tempfile.TemporaryDirectory(prefix="market-tests-") as folder, contextlib.ExitStack() as servers:
        report = Report(Path(folder), arguments)
        sqlite = {
            "DATABASE_URL": f"sqlite:///{folder}/market.sqlite3",
            "BROKER_URL": "memory://",
            "CACHE_URL": "",
            "EMBEDDED": "yes",
            "TEST_PASS": "sqlite",
            "TABLES_DIR": folder,
        }
        if only in ("", "sqlite"):
            if not arguments:
                report.run("Examples in docstrings", ["-q", "--doctest-modules", *RULES], sqlite)
            make_tables(sqlite)
            report.run("SQLite", [*SHARED, "-m", "not postgres and not browser"], sqlite)
        postgres: dict[str, str] = {}
        if only != "sqlite":
            try:
                postgres = {
                    "DATABASE_URL": servers.enter_context(services.postgres()),
                    "BROKER_URL": servers.enter_context(services.redis()),
                    "CACHE_URL": "",
                    "EMBEDDED": "no",
                    "SECRET_KEY": secrets.token_urlsafe(50),
                    "TEST_PASS": "postgres",
                }
            except services.Missing as why:
                report.left_out.append(f"the pass on PostgreSQL and Redis. {why}")
        if only in ("", "postgres") and postgres:
            make_tables(postgres)
            report.run("PostgreSQL and Redis", [*SHARED, "-m", "not browser and not one_database"], postgres)
        if only in ("", "browser"):
            if services.chromium():
                report.run(
                    "Browser journeys",
                    ["-n", "2", "--dist", "loadfile", "-m", "browser"],
                    {**(postgres or sqlite), "TEST_PASS": "browser"},
                )
            else:
                report.left_out.append("the browser journeys. Chromium: apt-get install chromium")
        return report.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
