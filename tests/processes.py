"""Real processes beside a test: their environment, their end, and waiting for what they do."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

from marketplace.foundation.models import Outbox, OutboxState

ROOT = Path(__file__).resolve().parent.parent


def database_url() -> str:
    """The address of this test's own PostgreSQL database."""
    at = connection.settings_dict
    return f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 the process and its children, by its own process group."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def wait_for(true: Callable[[], Any], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not true():
        waiting = Outbox.objects.exclude(state="done").values("kind", "state", "error")[:5]
        assert time.monotonic() < end, list(waiting)
        time.sleep(0.1)


def all_done() -> bool:
    """Nothing waits in the outbox, but for an SMS that several orders share: its window lasts minutes."""
    return not Outbox.objects.exclude(state=OutboxState.DONE).exclude(kind="sms_joined").exists()
