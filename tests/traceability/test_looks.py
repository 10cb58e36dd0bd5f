"""Looks at codes: kept in the table while there is no Redis, written once, whatever is told twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from marketplace.foundation.models import PeriodRun
from tests import factories, scene
from tests.journeys.market import free_port
from traceability import alarms, looks, partitions, stream, tasks
from traceability.alarms import Seen
from traceability.models import AlarmCase, Lot, Scan, ScanDay, WaitingScan

from .conftest import TODAY

CODE = "2EP9TW83"


def counted() -> list[tuple[str, dt.date, int]]:
    return list(ScanDay.objects.order_by("code").values_list("code_id", "day", "count"))


def test_looks_wait_in_the_table_and_are_added_up_a_code_and_a_day(lot: Lot) -> None:
    for _n in range(3):
        looks.count(CODE)
    assert (WaitingScan.objects.count(), counted()) == (3, [])

    assert looks.drain() == 3
    looks.count(CODE)
    assert looks.drain() == 1

    assert counted() == [(CODE, TODAY, 4)]
    assert (WaitingScan.objects.count(), Scan.objects.count(), looks.drain()) == (0, 4, 0)


def test_a_batch_that_comes_again_adds_nothing(lot: Lot, by: Any) -> None:
    unit, now = factories.unit_codes(lot, 1, by=by)[0].code, timezone.now()
    batch = [looks.Look(looks.new_id(), unit, now, f"d{n}", "Huế") for n in range(6)]
    looks._write(batch[:4])
    looks._write(batch)
    looks._write(batch)

    assert counted() == [(unit, TODAY, 6)]
    assert Scan.objects.count() == 6
    assert AlarmCase.objects.get().devices == 6


def test_a_code_the_database_does_not_know_spoils_nothing(lot: Lot) -> None:
    looks.count("4FADK06J", Seen(timezone.now(), "d1", "Huế \\.\t'"))
    looks.count(CODE)
    assert looks.drain() == 2
    assert counted() == [(CODE, TODAY, 1)]


def test_nothing_is_let_go_of_while_it_cannot_be_written(lot: Lot, monkeypatch: pytest.MonkeyPatch) -> None:
    looks.count(CODE)

    def away(_codes: Any) -> None:
        raise DatabaseError("away")

    with monkeypatch.context() as broken:
        broken.setattr(alarms, "check", away)
        with pytest.raises(DatabaseError):
            looks.drain()
    assert (WaitingScan.objects.count(), Scan.objects.count(), counted()) == (1, 0, [])

    assert looks.drain() == 1
    assert counted() == [(CODE, TODAY, 1)]


def test_a_page_with_redis_dead_answers_and_its_scan_is_in_the_table(
    client: Client, lot: Lot, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_open_until", 0.0)
    settings.SCAN_STREAM_URL = f"redis://127.0.0.1:{free_port()}/0"  # nobody listens there

    for n in (1, 2, 3):
        answer = client.get(f"/Q/{CODE}")
        assert (answer.status_code, f"đã quét {n} lần" in answer.content.decode()) == (200, True)

    assert WaitingScan.objects.count() == 3
    assert looks.drain() == 3
    assert counted() == [(CODE, TODAY, 3)]
    assert "đã quét 4 lần" in client.get(f"/Q/{CODE}").content.decode()


def test_a_page_that_is_kept_asks_once_and_writes_one_row(client: Client, lot: Lot) -> None:
    client.get(f"/Q/{CODE}")
    with scene.statements() as told:
        client.get(f"/Q/{CODE}")
    asked = "EXECUTE" if connection.vendor == "postgresql" else "SELECT"  # there it is planned already
    assert [sql.split()[0] for sql in told] == [asked, "INSERT"]


def test_the_page_stands_when_nothing_takes_its_scan(
    client: Client, lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_words: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(WaitingScan, "save", away)
    assert "đã quét 1 lần" in client.get(f"/Q/{CODE}").content.decode()


def test_scans_of_ninety_days_stay_and_older_ones_go(lot: Lot) -> None:
    now = timezone.now()
    for days in (1, 80, 120):
        looks.count(CODE, Seen(now - dt.timedelta(days=days), ""))
    looks.drain()

    tasks.keep_scans()
    tasks.keep_scans()

    kept = Scan.objects.order_by("-at").values_list("at", flat=True)
    assert [(now - at).days for at in kept] == [1, 80]
    assert sum(count for _code, _day, count in counted()) == 3
    assert PeriodRun.objects.filter(job="keep_scans").count() == 1
    partitions._made.clear()
