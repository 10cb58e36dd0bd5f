"""Scans through a real Redis into PostgreSQL: drained by processes that are killed, frozen out, or two at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as market_settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from redis import Redis

from marketplace.foundation.actor import Actor
from tests import factories, scene
from tests.concurrency.test_lock_order import failures
from tests.concurrency.test_placing import at_once
from tests.processes import ROOT, database_url, kill, wait_for
from tools import services
from traceability import looks, partitions, stream
from traceability.alarms import Seen
from traceability.models import AlarmCase, Lot, Scan, ScanDay, WaitingScan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

BY = Actor.system("test")


@pytest.fixture
def redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """A database of this test's own in the Redis of this run; the market's scans go there."""
    number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    url = f"{market_settings.BROKER_URL.rpartition('/')[0]}/{number}"
    settings.SCAN_STREAM_URL = url
    monkeypatch.setattr(stream, "_open_until", 0.0)
    client = Redis.from_url(url)
    client.flushdb()
    yield client
    client.flushdb()


@pytest.fixture
def lot(muong_hoa: Any) -> Lot:
    return factories.make_lot(factories.make_product(muong_hoa), 20)


def waiting(redis: Redis) -> tuple[int, int]:
    """How many looks the stream holds, and how many the counts beside it say."""
    return redis.xlen(stream.STREAM), sum(map(int, redis.hvals(stream.WAITING)))


def test_a_drain_killed_in_the_middle_loses_nothing_and_writes_nothing_twice(
    redis: Redis, lot: Lot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [unit.code for unit in factories.unit_codes(lot, 4, by=BY)]
    told: Counter[str] = Counter()
    for n in range(12_000):
        code = codes[n % 4]
        assert looks.count(code) == told[code] + 1  # what the page says while nobody drains
        told[code] += 1
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        "DATABASE_URL": database_url(),
    }
    environment |= {"EMBEDDED": "no", "SECRET_KEY": "of a test", "VAR_DIR": str(tmp_path)}
    environment |= {"BROKER_URL": market_settings.SCAN_STREAM_URL}
    command = [sys.executable, "manage.py", "drain_scans"]

    worker = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        wait_for(Scan.objects.exists)
    finally:
        kill(worker)

    assert 0 < Scan.objects.count() < 12_000
    monkeypatch.setattr(stream, "CLAIM_AFTER", 0)
    while looks.drain():
        pass
    assert Scan.objects.count() == 12_000
    assert dict(ScanDay.objects.values_list("code_id", "count")) == told
    assert waiting(redis) == (0, 0)


def test_what_was_written_but_not_let_go_of_is_written_once(
    redis: Redis, lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst moment to die: after the commit, before Redis hears of it."""
    unit = factories.unit_codes(lot, 1, by=BY)[0].code
    for n, place in enumerate(["Huế", "Đà Nẵng", "Cần Thơ"] * 2):
        looks.count(unit, Seen(timezone.now(), f"d{n}", place))
    with monkeypatch.context() as dying:
        dying.setattr(stream, "done", lambda _taken: None)
        assert looks.drain() == 6
    assert waiting(redis) == (6, 6)
    assert looks.drain() == 0  # they are another's for a minute

    monkeypatch.setattr(stream, "CLAIM_AFTER", 0)
    assert looks.drain() == 6

    assert (Scan.objects.count(), ScanDay.objects.get().count) == (6, 6)
    case = AlarmCase.objects.get()
    assert (case.level, case.devices, case.places) == ("red", 6, 3)
    assert waiting(redis) == (0, 0)


def test_four_drains_at_once_write_each_look_once(redis: Redis, lot: Lot) -> None:
    code = lot.codes.get().pk
    for n in range(3000):
        looks.count(code) if n % 2 else WaitingScan(id=looks.new_id(), code=code, at=timezone.now()).save()

    results = at_once([looks.drain] * 4)

    assert failures(results) == []
    assert sum(results) == ScanDay.objects.get().count == Scan.objects.count() == 3000
    assert waiting(redis) == (0, 0)


def test_a_page_asks_one_query_and_says_what_the_stream_holds(redis: Redis, lot: Lot) -> None:
    client, code = Client(), lot.codes.get().pk
    client.get(f"/Q/{code}")
    with scene.statements() as told:
        page = client.get(f"/Q/{code}")
    assert "đã quét 2 lần" in page.content.decode()
    assert [sql.split()[0] for sql in told] == ["EXECUTE"]

    looks.drain()
    assert "đã quét 3 lần" in client.get(f"/Q/{code}").content.decode()


def test_a_recall_in_another_process_is_seen_by_the_next_look_at_a_page_that_is_kept(
    redis: Redis, lot: Lot, tmp_path: Path
) -> None:
    client, unit = Client(), factories.unit_codes(lot, 1, by=BY)[0].code
    addresses = [f"/Q/{lot.codes.get(kind='lot').pk}", f"/Q/{unit}", f"/Q/{unit}?lang=en"]
    for address in addresses * 2:
        assert 'class="verdict bad"' not in client.get(address).content.decode()

    elsewhere(
        tmp_path,
        "from tests.factories import recall_lot; from traceability.models import Lot;"
        "from marketplace.foundation.actor import Actor;"
        f"recall_lot(Lot.objects.get(pk={lot.pk}), reason='Lẫn hạt lạ.', by=Actor.system('test'))",
    )

    for address in addresses:
        assert 'class="verdict bad"' in client.get(address).content.decode()


def elsewhere(var: Path, program: str) -> None:
    """Run ``program`` in a process of its own, with this test's database."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "marketplace.settings", "VAR_DIR": str(var)}
    environment |= {"DATABASE_URL": database_url(), "EMBEDDED": "no", "SECRET_KEY": "of a test"}
    environment |= {"BROKER_URL": market_settings.SCAN_STREAM_URL}
    program = f"import django; django.setup(); {program}"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True)


def test_redis_that_dies_between_two_looks_fails_no_page_and_loses_none(
    lot: Lot, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_open_until", 0.0)
    client, code = Client(), lot.codes.get().pk
    monkeypatch.delenv("BROKER_URL", raising=False)  # a server of this test's own
    with services.redis() as url:
        settings.SCAN_STREAM_URL = url
        for n in (1, 2):
            assert f"đã quét {n} lần" in client.get(f"/Q/{code}").content.decode()
        looks.drain()
    for n in (3, 4):
        assert f"đã quét {n} lần" in client.get(f"/Q/{code}").content.decode()
    assert (WaitingScan.objects.count(), Scan.objects.count()) == (2, 2)

    settings.SCAN_STREAM_URL = ""
    looks.drain()
    assert ScanDay.objects.get().count == Scan.objects.count() == 4


def test_a_connection_that_redis_closed_and_a_script_it_forgot_cost_no_look(redis: Redis, lot: Lot) -> None:
    code = lot.codes.get().pk
    assert looks.count(code) == 1
    redis.client_kill_filter(_type="normal", skipme=True)
    assert looks.count(code) == 2
    redis.script_flush()
    assert looks.count(code) == 3
    assert (waiting(redis), WaitingScan.objects.count()) == ((3, 3), 0)


def test_threads_count_side_by_side(redis: Redis, lot: Lot) -> None:
    code = lot.codes.get().pk

    told = at_once([lambda: [looks.count(code) for _n in range(50)]] * 4)

    assert failures(told) == []
    assert sorted(n for one in told for n in one) == list(range(1, 201))
    assert waiting(redis) == (200, 200)


def test_a_full_stream_hands_over_to_the_table(
    redis: Redis, lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST", 2)
    for _n in range(5):
        looks.count(lot.codes.get().pk)
    assert (redis.xlen(stream.STREAM), WaitingScan.objects.count()) == (2, 3)

    looks.drain()
    assert ScanDay.objects.get().count == 5


def test_a_part_a_week_is_made_ahead_and_dropped_when_it_is_old(lot: Lot, monkeypatch: Any) -> None:
    monkeypatch.setattr(partitions, "_made", set())
    now = timezone.now()
    for weeks in (0, 15, 40):
        looks.count(lot.codes.get().pk, Seen(now - partitions.WEEK * weeks, ""))
    looks.drain()

    partitions.make_ahead()
    before = parts()
    partitions.drop_before(now - partitions.WEEK * 13)

    assert Scan.objects.count() == 1
    assert len(before - parts()) == 2
    assert len([name for name in parts() if name > f"traceability_scan_{now:%Y%m%d}"]) >= 4


def parts() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'traceability_scan'::regclass"
        )
        return {name for (name,) in cursor.fetchall()}
