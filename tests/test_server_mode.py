"""Server mode with the real parts: PostgreSQL, Redis, a Celery worker of its own, killed and lost on the way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from marketplace.accounts.models import Letter
from marketplace.foundation import outbox
from marketplace.foundation.models import Outbox, OutboxState
from orders.models import Order
from tests.factories import make_cooperative, make_product
from tests.orders import trade
from tests.processes import ROOT, all_done, database_url, kill, wait_for

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def start_worker(tmp_path: Path, transactional_db: None) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start Celery workers on this test's database and the real Redis; all of them end with the test."""
    running: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        "DATABASE_URL": database_url(),
        "EMBEDDED": "no",
        "SECRET_KEY": "of a test",
        "VAR_DIR": str(tmp_path),
        "EMAIL_URL": f"filemail:///{tmp_path}/mail",
    }

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "marketplace", "worker", "--concurrency", "1"]
        options = ["--loglevel", "ERROR", "--without-gossip", "--without-mingle"]
        worker = subprocess.Popen([*command, *options], cwd=ROOT, env=environment, start_new_session=True)
        running.append(worker)
        return worker

    yield start
    for worker in running:
        kill(worker)


def letters_of(count: int) -> None:
    """Each of ``count`` orders has its two letters, each exactly once, delivered."""
    assert Order.objects.count() == count
    assert Letter.objects.filter(kind="order_placed", delivered_at__isnull=False).count() == count
    assert Letter.objects.filter(kind="purchase_placed", delivered_at__isnull=False).count() == count


def test_a_real_worker_delivers_what_a_purchase_promised(start_worker):
    product = make_product(make_cooperative(), stock=50)
    start_worker()

    for _n in range(5):
        trade.place(trade.fill((product, 1)))

    wait_for(lambda: outbox.relay_once() or all_done())
    letters_of(5)


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(start_worker):
    product = make_product(make_cooperative(), stock=100)
    worker = start_worker()

    for n in range(40):
        trade.place(trade.fill((product, 1)))
        if n == 15:
            wait_for(lambda: Outbox.objects.filter(state=OutboxState.DONE).exists())
            kill(worker)
        if n == 30:
            worker = start_worker()

    wait_for(lambda: outbox.relay_once() or all_done(), 60)
    letters_of(40)
    assert Letter.objects.count() == len(set(Letter.objects.values_list("key", flat=True))) == 80


def test_the_shop_sells_and_letters_leave_while_redis_is_dead(transactional_db, monkeypatch):
    def gone(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("no Redis here")

    monkeypatch.setattr(outbox, "_open_until", 0.0)
    monkeypatch.setattr(outbox, "current_app", SimpleNamespace(send_task=gone))
    product = make_product(make_cooperative(), stock=10)

    began = time.monotonic()
    trade.place(trade.fill((product, 1)))
    took = time.monotonic() - began

    assert took < 2
    wait_for(lambda: outbox.relay_once() or all_done())
    letters_of(1)
