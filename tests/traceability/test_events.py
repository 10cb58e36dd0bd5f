from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from marketplace.accounts.models import AuditRow
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.ids import new_id
from tests import factories
from tests.vectors import vectors
from traceability import events
from traceability.events import EventRefused
from traceability.models import LogEntry, Lot, TraceEvent

HARVEST: dict[str, Any] = {"occurred_on": dt.date(2026, 10, 12), "place": "Xã Thượng Minh"}


def test_an_event_is_written_with_who_and_a_nonce(lot: Lot, by: Any) -> None:
    event = events.record(lot, "harvested", households=14, quantity="3 tấn", by=by, **HARVEST)

    event = TraceEvent.objects.get(pk=event.pk)
    assert (event.kind, event.households, event.quantity, event.by_label) == ("harvested", 14, "3 tấn", "Lan")
    assert len(bytes(event.nonce)) == 16


def test_the_same_event_sent_twice_is_written_once(lot: Lot, by: Any) -> None:
    key = uuid.uuid4()
    first = events.record(lot, "harvested", event_id=key, by=by, **HARVEST)
    again = events.record(lot, "harvested", event_id=key, by=by, **HARVEST)

    assert first.pk == again.pk == key
    assert TraceEvent.objects.count() == 1
    assert AuditRow.objects.filter(verb="lot.event").count() == 1


def test_one_id_cannot_tell_two_stories(lot: Lot, by: Any) -> None:
    key = uuid.uuid4()
    events.record(lot, "harvested", event_id=key, by=by, **HARVEST)
    with pytest.raises(EventRefused):
        events.record(lot, "packed", event_id=key, by=by, **HARVEST)
    assert TraceEvent.objects.get().kind == "harvested"


@pytest.mark.parametrize(
    ("kind", "words", "field"),
    [
        ("harvested", {"occurred_on": dt.date(2026, 11, 22)}, "occurred_on"),
        ("harvested", {"occurred_on": dt.date(1899, 1, 1)}, "occurred_on"),
        ("harvested", {"place": " \x00 "}, "place"),
        ("harvested", {"place": "x" * 161}, "place"),
        ("harvested", {"note": "x" * 301}, "note"),
        ("harvested", {"households": 0}, "households"),
        ("harvested", {"households": 10**9}, "households"),
        ("danced", {}, "kind"),
    ],
)
def test_what_cannot_be_true_is_refused(
    lot: Lot, by: Any, kind: str, words: dict[str, Any], field: str
) -> None:
    with pytest.raises(EventRefused) as refused:
        events.record(lot, kind, by=by, **{**HARVEST, **words})
    assert refused.value.field == field
    assert not TraceEvent.objects.exists()


def test_an_event_is_never_changed_nor_deleted(lot: Lot, by: Any) -> None:
    event = events.record(lot, "harvested", by=by, **HARVEST)

    event.place = "Nơi khác"
    for change in (
        event.save,
        event.delete,
        TraceEvent.objects.all().delete,
        lambda: TraceEvent.objects.update(place="Nơi khác"),
    ):
        with pytest.raises(TypeError, match="facts"):
            change()
    assert TraceEvent.objects.get().place == "Xã Thượng Minh"


def test_a_correction_takes_the_place_of_what_was_wrong(lot: Lot, by: Any) -> None:
    wrong = events.record(lot, "harvested", by=by, **HARVEST)
    events.record(lot, "processed", occurred_on=dt.date(2026, 10, 20), place="Xưởng", by=by)
    right = events.correct(wrong, occurred_on=dt.date(2026, 10, 11), place="Xã Yến Dương", by=by)
    newest = events.correct(right, occurred_on=dt.date(2026, 10, 10), place="Xã Yến Dương", by=by)

    told = events.journey(lot)
    assert (told[0].pk, told[0].place) == (newest.pk, "Xã Yến Dương")
    assert [event.kind for event in told] == ["harvested", "processed"]
    assert TraceEvent.objects.count() == 4


def test_an_event_is_corrected_once_and_then_its_correction(lot: Lot, by: Any) -> None:
    wrong = events.record(lot, "harvested", by=by, **HARVEST)
    events.correct(wrong, occurred_on=dt.date(2026, 10, 11), place="Xã Yến Dương", by=by)
    with pytest.raises(EventRefused, match="bản mới nhất"):
        events.correct(wrong, occurred_on=dt.date(2026, 10, 9), place="Xã Yến Dương", by=by)
    assert TraceEvent.objects.count() == 2


# --- sent from phones (sync_cases.json) -------------------------------------------------------------------------------
SYNC = {case["id"]: case["expect"] for case in vectors("sync_cases.json")["cases"]}


def sent(lot: Lot, by: Any, **said: Any) -> tuple[int, Any]:
    """The answer to one upload: 201 for what is new, 200 for what is known, 409 with its code."""
    before = TraceEvent.objects.count()
    verb, thing = (events.correct, said.pop("corrects")) if "corrects" in said else (events.record, lot)
    try:
        event = verb(thing, kind=said.pop("kind", "harvested"), by=by, **{**HARVEST, **said})
    except EventRefused as refused:
        assert TraceEvent.objects.count() == before
        return 409, refused
    return (201 if TraceEvent.objects.count() > before else 200), event


def test_uploads_are_taken_once_and_never_mixed_up(lot: Lot, by: Any, ban_khac: Any, tuan: Any) -> None:
    key = new_id()
    told = {"event_id": key, "device_at": dt.datetime(2026, 10, 12, 8, tzinfo=dt.UTC), "quantity": "3 tấn"}
    first, event = sent(lot, by, **told)
    assert first == SYNC["s1"]["status"]

    again, receipt = sent(lot, by, **told)
    assert (again, receipt.pk, receipt.recorded_at) == (SYNC["s2"]["status"], key, event.recorded_at)

    for other in ({"quantity": "4 tấn"}, {"device_at": None}):
        status, refused = sent(lot, by, **{**told, **other})
        assert (status, refused.code) == (SYNC["s3"]["status"], "conflict")
    theirs = factories.make_lot(factories.make_product(ban_khac, "Chè", stock=9), 9, code="4HYJE1B1")
    status, refused = sent(theirs, Actor.of(tuan), **told)
    assert (status, refused.code) == (SYNC["s30"]["status"], SYNC["s30"]["code"])
    assert "Mường Hoa" not in str(refused)

    two = [sent(lot, by, event_id=new_id(), quantity="3 tấn")[0] for _phone in range(2)]
    assert two == SYNC["s18"]["statuses"]
    outbox.drain()
    assert LogEntry.objects.filter(event=key).count() == SYNC["s1"]["log_entries"]


def test_a_correction_from_a_phone_names_the_newest_version_when_it_is_late(lot: Lot, by: Any) -> None:
    _status, wrong = sent(lot, by, event_id=new_id())
    status, right = sent(lot, by, event_id=new_id(), corrects=wrong, place="Xã Yến Dương")
    outbox.drain()
    assert (status, LogEntry.objects.count()) == (SYNC["s19"]["status"], SYNC["s19"]["log_entries"])
    _status, newest = sent(lot, by, event_id=new_id(), corrects=right, place="Xã Ba Bể")

    status, refused = sent(lot, by, event_id=new_id(), corrects=wrong, place="Nơi khác")
    assert (status, refused.code) == (SYNC["s20"]["status"], SYNC["s20"]["code"])
    assert refused.details == {"latest": str(newest.pk)}


def test_packing_tells_the_day_of_packing_once(lot: Lot, by: Any) -> None:
    Lot.objects.filter(pk=lot.pk).update(packed_on=None)
    events.record(lot, "packed", occurred_on=dt.date(2026, 11, 6), place="Xưởng", by=by)
    events.record(lot, "packed", occurred_on=dt.date(2026, 11, 8), place="Xưởng", by=by)
    lot.refresh_from_db()
    assert lot.packed_on == dt.date(2026, 11, 6)
