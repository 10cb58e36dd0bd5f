"""Threads on PostgreSQL: phones that send the same event and the same photo at once, while a lot closes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.ids import new_id
from tests import factories
from tests.scene import photo
from tests.vectors import vectors
from traceability import lots, uploads
from traceability.models import EventPhoto, EventUpload, LogEntry, Lot, TraceEvent

from .test_placing import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

SYNC = {case["id"]: case["expect"] for case in vectors("sync_cases.json")["cases"]}
SLUG = "htx-muong-hoa"


@pytest.fixture
def lot(transactional_db: Any) -> Lot:
    cooperative = factories.make_cooperative("HTX Mường Hoa", SLUG)
    return factories.make_lot(factories.make_product(cooperative, "Miến dong", stock=20), 20)


def phones(lot: Lot, count: int) -> list[Client]:
    user = factories.make_user("Minh", "0912000002")
    factories.make_member(lot.cooperative, user, "packer")
    first = Client()
    first.force_login(user)
    found = [Client() for _ in range(count)]
    for one in found:
        one.cookies = first.cookies.copy()
    return found


def told(lot: Lot, **other: Any) -> dict[str, Any]:
    now = timezone.now()
    said = {"schema": 1, "id": str(new_id()), "lot": lot.pk, "kind": "harvested", "place": "Xã Thượng Minh"}
    days = {
        "occurred_on": f"{timezone.localdate()}",
        "device_time": now.isoformat(),
        "device_sent_at": now.isoformat(),
    }
    return {**said, **days, **other}


def post(client: Client, said: dict[str, Any]) -> int:
    door = reverse("desk:event_upload", args=[SLUG])
    return client.post(door, json.dumps(said), content_type="application/json").status_code


def test_twenty_posts_of_one_event_are_one_new_and_nineteen_known(lot: Lot) -> None:
    said = told(lot)
    answers = at_once([lambda phone=phone: post(phone, said) for phone in phones(lot, 20)])
    outbox.drain()

    assert SYNC["s4"]["statuses"] == "exactly one 201, nineteen 200"
    assert Counter(answers) == {201: 1, 200: 19}
    assert TraceEvent.objects.count() == EventUpload.objects.count() == SYNC["s4"]["stored"]
    assert LogEntry.objects.count() == 1


def test_a_wrong_clock_makes_no_conflict_of_twenty_tries(lot: Lot) -> None:
    """Each try is put right by another second; it is the same event all the same."""
    a_year_ago = timezone.now() - dt.timedelta(days=365)
    said = told(lot, device_time=(a_year_ago - dt.timedelta(hours=2)).isoformat())
    tries = [
        {**said, "device_sent_at": (a_year_ago + dt.timedelta(seconds=n)).isoformat()} for n in range(20)
    ]
    answers = at_once(
        [
            lambda phone=phone, said=said: post(phone, said)
            for phone, said in zip(phones(lot, 20), tries, strict=True)
        ]
    )
    assert (Counter(answers), TraceEvent.objects.count()) == ({201: 1, 200: 19}, 1)


def test_one_id_for_two_lots_at_once_is_taken_once(lot: Lot) -> None:
    other = lots.open_lot(lot.cooperative, lot.product, made_on=timezone.localdate(), by=Actor.system("test"))
    lots.close_lot(other, by=Actor.system("test"))
    said = told(lot)
    tries = [said, {**said, "lot": other.pk}] * 5
    answers = Counter(
        at_once(
            [
                lambda phone=phone, one=one: post(phone, one)
                for phone, one in zip(phones(lot, 10), tries, strict=True)
            ]
        )
    )
    assert answers[409] == 5
    assert answers in ({201: 1, 200: 4, 409: 5}, {202: 5, 409: 5})
    assert EventUpload.objects.count() == 1


def test_the_same_photo_from_ten_lines_at_once_is_one_photo(lot: Lot) -> None:
    data = photo((900, 600)).read()
    said = told(lot, photos=[{"slot": 1, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}])
    lines = phones(lot, 10)
    assert post(lines[0], said) == 201
    door = reverse("desk:event_photo", args=[SLUG, said["id"], 1])

    answers = at_once(
        [lambda phone=phone: phone.put(door, data, content_type="image/jpeg").status_code for phone in lines]
    )

    assert Counter(answers) == {201: 1, 200: 9}
    kept = EventPhoto.objects.get()
    assert sorted(default_storage.listdir("events")[1]) == sorted(
        name.removeprefix("events/") for name in (kept.file.name, kept.small.name)
    )


def test_an_event_is_stored_or_held_whichever_way_a_closing_lot_is_met(lot: Lot) -> None:
    lines = phones(lot, 8)
    calls: list[Any] = [lambda phone=phone: post(phone, told(lot)) for phone in lines]
    answers = at_once([*calls, lambda: lots.close_lot(lot, by=Actor.system("test"))])

    statuses = Counter(answers[:8])
    assert statuses[201] + statuses[202] == 8
    states = Counter(EventUpload.objects.values_list("status", flat=True))
    assert (states["stored"], states["held"]) == (statuses[201], statuses[202])


def test_a_director_who_presses_twice_takes_an_event_in_once(lot: Lot) -> None:
    lots.close_lot(lot, by=Actor.system("test"))
    assert post(phones(lot, 1)[0], told(lot)) == 202
    upload, by = EventUpload.objects.get(), Actor.system("test")

    answers = at_once([lambda: uploads.take_in(upload, by=by)] * 6)

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert TraceEvent.objects.get().pk == upload.pk
