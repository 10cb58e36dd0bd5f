"""What a monitor asks: does the process live, and which part of the market is away."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from marketplace import relay
from marketplace.foundation import outbox
from marketplace.foundation.models import Outbox
from tools import alive


def test_all_is_well(client, db, settings):
    settings.BROKER_URL, settings.CACHE_URL = "memory://localhost/", ""

    answer = client.get("/suc-khoe/")

    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.json() == {
        "ok": True,
        "market": "Chợ Phiên",
        "database": "ok",
        "oldest_letter": 0,
        "stock_drift": 0,
        "queue": "in process",
        "cache": "in process",
    }


def test_a_letter_that_nobody_takes_up_shows_its_age(client, db):
    row = Outbox.objects.create(kind="letter", key="k1")
    Outbox.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(minutes=6))

    assert 360 <= client.get("/suc-khoe/").json()["oldest_letter"] <= 365


def test_redis_away_is_named_and_the_market_is_well_all_the_same(client, db, settings):
    settings.BROKER_URL = settings.CACHE_URL = "redis://127.0.0.1:9/0"

    answer = client.get("/suc-khoe/")

    assert answer.status_code == 200
    assert {"ok": True, "queue": "away", "cache": "away"}.items() <= answer.json().items()


@pytest.mark.postgres
def test_a_real_redis_is_well(client, db, settings):
    settings.CACHE_URL = settings.BROKER_URL

    assert {"queue": "ok", "cache": "ok"}.items() <= client.get("/suc-khoe/").json().items()


def test_a_database_that_is_away_is_named(client, monkeypatch):
    def away() -> float:
        raise OperationalError("connection refused")

    monkeypatch.setattr(outbox, "oldest_waiting", away)

    answer = client.get("/suc-khoe/")

    assert answer.status_code == 503
    assert {"ok": False, "database": "away"}.items() <= answer.json().items()


def test_a_process_that_lives_says_so_without_a_query(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/suc-khoe/con-song/")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_the_containers_check_asks_under_a_name_the_market_answers_to(live_server, settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["cho.example.vn"]
    monkeypatch.setenv("PORT", str(live_server.thread.port))

    monkeypatch.setenv("ALLOWED_HOSTS", "cho.example.vn,www.cho.example.vn")
    assert alive.main() == 0
    monkeypatch.setenv("ALLOWED_HOSTS", "cho-khac.example.vn")
    assert alive.main() == 1


def test_the_containers_check_sees_that_nobody_listens(monkeypatch):
    monkeypatch.setenv("PORT", "9")

    assert alive.main() == 1


@pytest.mark.parametrize("goes_well", [True, False])
def test_the_relay_leaves_a_sign_after_a_good_round_only(tmp_path, monkeypatch, goes_well):
    stop = threading.Event()

    def round_() -> int:
        stop.set()
        if not goes_well:
            raise OperationalError("connection refused")
        return 0

    monkeypatch.setattr(outbox, "relay_once", round_)
    monkeypatch.setattr(relay, "close_old_connections", lambda: None)  # this test asks no database

    relay.run(stop, sign=tmp_path / "relay")

    assert (tmp_path / "relay").exists() is goes_well
