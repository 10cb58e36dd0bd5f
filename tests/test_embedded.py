"""Embedded mode as it is used: one real process with its own database, killed and started again."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from marketplace.management.commands import serve

ROOT = Path(__file__).resolve().parent.parent
WORKER = """
import sys, time, django
django.setup()
from django.db import transaction
from marketplace.accounts import letters
from marketplace.embedded import Jobs
from marketplace.foundation.models import Outbox
jobs = Jobs()
jobs.start()
for number in range(int(sys.argv[1])):
    with transaction.atomic():
        letters.send("note", mailbox="nguoi:1", key=f"k{number}", subject=f"Thư {number}", body="Nội dung.",
                     email="ha@example.vn", sms="0912000004")
    print(f"k{number}", flush=True)
end = time.monotonic() + 60
while Outbox.objects.filter(state="new").exists() and time.monotonic() < end:
    time.sleep(0.05)
assert jobs.stop()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The environment of a market that keeps everything in a folder of its own; only the tables of letters."""
    folder = tmp_path_factory.mktemp("market")
    kept = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "SYSTEMROOT")
    }
    environment = kept | {
        "VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        # A developer's own .env does not overrule these.
        "EMBEDDED": "yes",
        "DATABASE_URL": f"sqlite:///{folder}/market.sqlite3",
        "BROKER_URL": "memory://localhost/",
        "EMAIL_URL": f"filemail:///{folder}/mail",
        "WEB_CONCURRENCY": "1",
    }
    for app in ("foundation", "accounts"):
        command = [sys.executable, "manage.py", "migrate", app, "--skip-checks", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    (folder / "static").mkdir()
    (folder / "static" / "staticfiles.json").write_text('{"paths": {}, "version": "1.1", "hash": ""}')
    return environment


def rows(home, sql):
    connection = sqlite3.connect(Path(home["VAR_DIR"]) / "market.sqlite3", timeout=20)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def start(home, *command, **options):
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=home, text=True, encoding="utf-8", **options
    )


def test_kill_9_in_the_middle_loses_no_letter_and_doubles_none(home):
    first = start(home, "-c", WORKER, "200", stdout=subprocess.PIPE)
    promised = [first.stdout.readline().strip() for _ in range(25)]
    first.kill()
    promised += first.stdout.read().split()
    first.wait()

    started = time.monotonic()
    second = start(home, "-c", WORKER, "0")
    assert second.wait(90) == 0
    assert time.monotonic() - started < 25  # it does not wait for the leases of the killed one

    assert rows(home, "SELECT DISTINCT state FROM foundation_outbox") == [("done",)]
    letters = rows(home, "SELECT key FROM accounts_letter WHERE delivered_at IS NOT NULL")
    assert set(promised) <= {key for (key,) in letters}
    assert rows(home, "SELECT count(*) FROM accounts_sentmessage") == [(len(letters),)]
    mails = b"".join(file.read_bytes() for file in (Path(home["VAR_DIR"]) / "mail").iterdir())
    sent = re.findall(rb"^Message-ID: <(k\d+)@", mails, re.MULTILINE)
    assert {key.decode() for key in sent} == {key for (key,) in letters}
    assert len(sent) <= len(letters) + 2  # two worker threads may each have been about to write "done"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_serve_is_one_small_process_that_answers_and_stops_when_told(home):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["manage.py", "serve", "--port", str(port)]
    server = start(home, *command, stdout=subprocess.PIPE)
    try:
        root = f"http://127.0.0.1:{port}/"
        assert f"Chợ Phiên: {root}\n" in iter(server.stdout.readline, "")
        with urllib.request.urlopen(f"{root}suc-khoe/", timeout=20) as answer:
            assert json.load(answer)["ok"] is True
        again = start(home, *command, stderr=subprocess.PIPE)
        assert f"Port {port} is taken" in again.communicate(timeout=60)[1]
        assert again.returncode == 1
        time.sleep(1)
        assert Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text() == ""
        status = Path(f"/proc/{server.pid}/status").read_text()
        assert int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) < 180 * 1024
        server.send_signal(signal.SIGTERM)
        assert server.wait(5) == 0
    finally:
        server.kill()
        server.stdout.close()


def test_a_taken_port_is_refused_in_a_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken.*--port {port + 1}"):
            serve.Command()._bind("127.0.0.1", port)


def test_serve_prints_the_addresses_and_the_demo_logins(tmp_path, monkeypatch, capsys, settings):
    settings.MARKET_URL = "https://cho.example.vn"
    logins = tmp_path / "logins.json"
    logins.write_text(
        json.dumps(
            [{"who": "Giám đốc", "login": "0912000001", "password": "x", "open": "/quan-ly/htx-muong-hoa/"}]
        ),
        encoding="utf-8",
    )
    monkeypatch.setattr(serve, "LOGINS", logins)

    serve.Command()._welcome("127.0.0.1", 8001)

    printed = capsys.readouterr().out
    assert "http://127.0.0.1:8001/en/" in printed
    assert "Labels and letters carry https://cho.example.vn" in printed
    assert re.search(r"Giám đốc +0912000001 +x +http://127\.0\.0\.1:8001/quan-ly/htx-muong-hoa/\n", printed)


def test_server_mode_is_not_served_from_one_process(settings):
    settings.EMBEDDED = False

    with pytest.raises(CommandError, match="gunicorn"):
        serve.Command().handle(host="127.0.0.1", port=8000)
