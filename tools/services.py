"""Private PostgreSQL and Redis servers for as long as a command runs.

    python tools/services.py COMMAND …    run it with DATABASE_URL and BROKER_URL of servers that stop afterwards

Each server listens on 127.0.0.1 on a free port and keeps its files in a temporary folder. A server that the
environment already names (``DATABASE_URL=postgres…``, ``BROKER_URL=redis…``) is used as it is and left alone.
"""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


class Missing(Exception):
    """A server cannot be had on this machine; the text says how to get it."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_bin() -> Path | None:
    """The folder of PostgreSQL's programs: Debian's newest, or where the PATH leads."""
    found = [Path(path).parent for path in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    folder = Path(on_path).resolve().parent if on_path else None
    return folder if folder and (folder / "postgres").exists() else None


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Yield a DATABASE_URL of PostgreSQL; raises Missing when there is none."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres", "psql")):
        yield given
        return
    binaries = postgres_bin()
    if binaries is None:
        raise Missing("PostgreSQL: apt-get install postgresql")
    as_other: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            raise Missing("PostgreSQL: this is root and there is no user “postgres” to run it") from None
        as_other = ["runuser", "-u", "postgres", "--"]
    folder = Path(tempfile.mkdtemp(prefix="market-pg-"))
    if as_other:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    port = free_port()
    server = None
    log = folder / "log"
    try:
        made = subprocess.run(
            [*as_other, str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "market", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            cwd=folder, capture_output=True, text=True,
        )  # fmt: skip
        if made.returncode:
            raise Missing(f"PostgreSQL: initdb failed: {made.stderr.strip()}")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "max_connections": 250,
            # Nothing here outlives the command, so nothing has to reach the disk.
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "128MB",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as out:
            server = subprocess.Popen(
                [*as_other, str(binaries / "postgres"), "-D", str(folder / "data"), *options],
                cwd=folder, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        _wait(server, lambda: subprocess.run(ready).returncode == 0, "PostgreSQL", log)
        subprocess.run(
            [str(binaries / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "market", "market"],
            cwd=folder, check=True,
        )  # fmt: skip
        yield f"postgres://market@127.0.0.1:{port}/market"
    finally:
        if server is not None:
            _stop_postgres(as_other, binaries, folder, server)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """Yield a BROKER_URL of Redis; raises Missing when there is none."""
    given = os.environ.get("BROKER_URL", "")
    if given.startswith("redis"):
        yield given
        return
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        raise Missing("Redis: apt-get install redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="market-redis-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            server = subprocess.Popen(
                [binary, "--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", "",
                 "--appendonly", "no"],
                stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        try:
            _wait(server, lambda: _answers(port), "Redis", log)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(20)


def chromium() -> str | None:
    """The path of a Chromium or Chrome of the system."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            line.sendall(b"PING\r\n")
            return line.recv(5) == b"+PONG"
    except OSError:
        return False


def _wait(server: subprocess.Popen[bytes], is_ready, name: str, log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and server.poll() is None:
        if is_ready():
            return
        time.sleep(0.1)
    server.kill()
    raise Missing(f"{name} did not start: {log.read_text(errors='replace')[-800:]}")


def _stop_postgres(
    as_other: list[str], binaries: Path, folder: Path, server: subprocess.Popen[bytes]
) -> None:
    subprocess.run(
        [*as_other, str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "-w", "stop"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()


def main(command: list[str]) -> int:
    if not command:
        print(__doc__)
        return 2
    with contextlib.ExitStack() as stack:
        try:
            told = {
                "DATABASE_URL": stack.enter_context(postgres()),
                "BROKER_URL": stack.enter_context(redis()),
            }
        except Missing as why:
            print(why, file=sys.stderr)
            return 3
        return subprocess.run(command, env={**os.environ, **told}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
