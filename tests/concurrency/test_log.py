"""Threads on PostgreSQL: lines of the log have no gap and none twice, whoever writes them; a checkpoint fits them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.ids import new_id
from tests import factories
from traceability import events, log
from traceability.models import Checkpoint, LogEntry, TraceEvent

from .test_placing import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_twenty_writers_and_three_signers_make_one_log(
    settings: Any, tmp_path: Path, transactional_db: Any
) -> None:
    settings.LOG_KEY_FILE = tmp_path / "log_key"
    log.make_key()
    product = factories.make_product(factories.make_cooperative(), "Miến dong", stock=20)
    lot, by = factories.make_lot(product, 20), Actor.system("test")
    said = {"occurred_on": dt.date(2026, 10, 12), "place": "Xưởng", "by": by}

    def tell() -> None:
        event = events.record(lot, "processed", **said)
        log.write([event])
        outbox.drain()

    told = at_once([tell] * 20 + [log.sign] * 3)

    assert [one for one in told if isinstance(one, Exception)] == []
    assert list(LogEntry.objects.order_by("number").values_list("number", flat=True)) == list(range(20))
    log.sign()
    assert log.verify() == []
    assert Checkpoint.objects.latest("size").size == 20


def test_twenty_uploads_of_one_event_are_one(transactional_db: Any) -> None:
    """Case s4 of sync_cases.json."""
    product = factories.make_product(factories.make_cooperative(), "Miến dong", stock=20)
    lot, key = factories.make_lot(product, 20), new_id()
    said = {"occurred_on": dt.date(2026, 10, 12), "place": "Xưởng", "by": Actor.system("test")}

    told = at_once([lambda: events.record(lot, "harvested", event_id=key, **said)] * 20)

    assert [getattr(one, "pk", one) for one in told] == [key] * 20
    assert TraceEvent.objects.count() == 1
