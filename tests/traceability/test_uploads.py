"""Events from phones: the shared cases of sync_cases.json, through the door that a phone knocks at."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cooperatives import members
from cooperatives.models import Membership
from marketplace.accounts.models import AuditRow, Letter
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.ids import new_id
from marketplace.foundation.transitions import IllegalMove
from tests import factories
from tests.scene import photo
from tests.vectors import vectors
from traceability import codes, dossier, epcis_export, events, log, lots, photos, uploads
from traceability.models import EventPhoto, EventUpload, LogEntry, Lot, TraceEvent

SYNC = {case["id"]: case["expect"] for case in vectors("sync_cases.json")["cases"]}
NOW = dt.datetime(2026, 11, 21, 12, 2, tzinfo=dt.timezone(dt.timedelta(hours=7)))
DOOR = reverse("desk:event_upload", args=["htx-muong-hoa"])


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    """It is 12:02 on 21/11/2026 in Việt Nam."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def phone(minh: Any) -> Client:
    """Minh's, who packs for Mường Hoa."""
    client = Client()
    client.force_login(minh)
    return client


@pytest.fixture
def desk(lan: Any) -> Client:
    """Lan's, who directs it."""
    client = Client()
    client.force_login(lan)
    return client


def told(lot: Lot, **other: Any) -> dict[str, Any]:
    """One event as a phone tells it: a harvest this morning, noted at 8:00, sent now by a clock that is right."""
    return {
        "schema": 1,
        "id": str(new_id()),
        "lot": lot.pk,
        "kind": "harvested",
        "occurred_on": "2026-11-21",
        "place": "Xã Thượng Minh",
        "households": 14,
        "quantity": "3 tấn",
        "note": "",
        "corrects": None,
        "device_time": "2026-11-21T08:00:00+07:00",
        "device_sent_at": NOW.isoformat(),
        "photos": [],
        **other,
    }


def post(client: Client, said: Any, door: str = DOOR, **more: Any) -> Any:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return client.post(door, body, content_type="application/json", **more)


def shot(colour: str) -> bytes:
    """A picture of one colour with a place in its EXIF, as a phone takes it."""
    picture, exif, out = Image.new("RGB", (900, 600), colour), Image.Exif(), io.BytesIO()
    exif[0x8825] = {1: "N", 2: (22.0, 5.0, 1.0)}
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


X, Y = shot("#c8a24a"), shot("#2a7048")


def manifest(*shots: bytes) -> list[dict[str, Any]]:
    return [
        {"slot": slot, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for slot, data in enumerate(shots, 1)
    ]


def put(client: Client, event: str, slot: int, data: bytes, slug: str = "htx-muong-hoa") -> Any:
    door = reverse("desk:event_photo", args=[slug, event, slot])
    return client.put(door, data, content_type="application/octet-stream")


def page_of(lot: Lot) -> str:
    """What everybody reads behind the lot's code."""
    return Client().get(reverse("trace", args=[codes.lot_code(lot)])).content.decode()


def kept() -> tuple[int, int, int]:
    return TraceEvent.objects.count(), EventUpload.objects.count(), EventPhoto.objects.count()


# --- taken once -------------------------------------------------------------------------------------------------------
def test_a_new_event_is_stored_and_gets_one_line_of_the_log(phone: Client, lot: Lot) -> None:
    said = told(lot)
    answer = post(phone, said)
    outbox.drain()

    assert answer.status_code == SYNC["s1"]["status"]
    assert (TraceEvent.objects.count(), LogEntry.objects.count()) == (
        SYNC["s1"]["stored"],
        SYNC["s1"]["log_entries"],
    )
    assert answer.json() == {
        "code": "stored", "state": "stored", "id": said["id"], "received_at": "2026-11-21T05:02:00+00:00",
        "event_state": "complete", "missing": [], "flags": [], "offset_s": 0, "text": "Đã vào sổ.",
    }  # fmt: skip
    event = TraceEvent.objects.get()
    assert (str(event.pk), event.by_label, event.households) == (said["id"], "Minh", 14)
    assert event.device_at == dt.datetime(2026, 11, 21, 1, tzinfo=dt.UTC)


def test_the_same_event_again_gets_the_same_receipt(phone: Client, lot: Lot) -> None:
    said = told(lot)
    first = post(phone, said)
    with time_machine.travel(NOW + dt.timedelta(hours=5), tick=False):
        later = {**said, "device_sent_at": (NOW + dt.timedelta(hours=5)).isoformat()}
        again = post(phone, later)
    outbox.drain()

    assert (again.status_code, again.json()) == (SYNC["s2"]["status"], first.json())
    assert (TraceEvent.objects.count(), LogEntry.objects.count()) == (
        SYNC["s2"]["stored"],
        SYNC["s2"]["log_entries"],
    )


def test_an_id_with_another_story_is_a_conflict(phone: Client, lot: Lot) -> None:
    said = told(lot)
    post(phone, said)
    for other in (
        {"quantity": "4 tấn"},
        {"device_time": "2026-11-21T09:00:00+07:00"},
        {"photos": manifest(X)},
    ):
        answer = post(phone, {**said, **other})
        assert (answer.status_code, answer.json()["code"]) == (SYNC["s3"]["status"], "conflict")
    assert kept() == (SYNC["s3"]["stored"], 1, 0)
    assert TraceEvent.objects.get().quantity == "3 tấn"


def test_an_answer_that_never_arrived_is_asked_for_again(phone: Client, lot: Lot) -> None:
    said = told(lot)
    post(phone, said)  # stored; the line breaks before the phone hears of it
    again = post(phone, said)
    assert again.status_code == SYNC["s5"]["status"]
    assert TraceEvent.objects.count() == SYNC["s5"]["stored"]


def test_an_id_of_another_cooperative_is_in_use_and_nobody_says_whose(
    phone: Client, lot: Lot, ban_khac: Any, tuan: Any
) -> None:
    said = told(lot)
    post(phone, said)
    theirs = factories.make_lot(factories.make_product(ban_khac, "Chè", stock=9), 9, code="4HYJE1B1")
    client = Client()
    client.force_login(tuan)
    answer = post(client, {**said, "lot": theirs.pk}, reverse("desk:event_upload", args=["htx-ban-khac"]))

    assert (answer.status_code, answer.json()["code"]) == (SYNC["s30"]["status"], SYNC["s30"]["code"])
    assert "Mường Hoa" not in answer.content.decode()
    assert kept() == (1, 1, 0)


def test_an_id_that_the_desks_own_form_used_is_a_conflict(phone: Client, lot: Lot, by: Actor) -> None:
    said = told(lot)
    day = dt.date(2026, 11, 20)
    events.record(lot, "packed", occurred_on=day, place="Xưởng", event_id=UUID(said["id"]), by=by)
    assert post(phone, said).json()["code"] == "conflict"
    lots.close_lot(lot, by=by)
    assert post(phone, said).json()["code"] == "conflict"
    assert kept() == (1, 0, 0)


# --- photos -----------------------------------------------------------------------------------------------------------
def test_photos_come_one_by_one_and_each_once(phone: Client, lot: Lot) -> None:
    said = told(lot, photos=manifest(X, X))
    post(phone, said)
    version = Lot.objects.get().version

    assert put(phone, said["id"], 1, X).status_code == SYNC["s6"]["status"]
    assert Lot.objects.get().version == version + 1
    assert put(phone, said["id"], 1, X).status_code == SYNC["s7"]["status"]
    assert Lot.objects.get().version == version + 1
    other = put(phone, said["id"], 1, Y)
    assert (other.status_code, other.json()["code"]) == (SYNC["s8"]["status"], "photo_conflict")
    assert put(phone, said["id"], 2, X).status_code == SYNC["s9"]["status"]

    assert [one.slot for one in EventPhoto.objects.all()] == [1, 2]
    again = post(phone, said).json()
    assert (again["event_state"], again["missing"]) == ("complete", [])


def test_a_photo_that_the_event_does_not_name_is_refused(phone: Client, lot: Lot) -> None:
    said = told(lot, photos=manifest(X))
    post(phone, said)
    for slot, data in ((1, Y), (2, X), (6, X)):
        answer = put(phone, said["id"], slot, data)
        assert (answer.status_code, answer.json()["code"]) == (SYNC["s10"]["status"], "not_in_manifest")
    assert not EventPhoto.objects.exists()


def test_a_photo_before_its_event_is_told_to_wait(phone: Client, lot: Lot, tuan: Any) -> None:
    said = told(lot, photos=manifest(X))
    answer = put(phone, said["id"], 1, X)
    assert (answer.status_code, answer.json()["code"]) == (SYNC["s11"]["status"], SYNC["s11"]["code"])

    post(phone, said)
    stranger = Client()
    stranger.force_login(tuan)
    theirs = put(stranger, said["id"], 1, X, "htx-ban-khac")
    assert (theirs.status_code, theirs.json()["code"]) == (409, "event_unknown")
    assert put(stranger, said["id"], 1, X).status_code == 403
    assert not EventPhoto.objects.exists()


def test_a_photo_is_cleaned_of_where_it_was_taken(phone: Client, lot: Lot) -> None:
    assert Image.open(io.BytesIO(X)).getexif()
    said = told(lot, photos=manifest(X))
    post(phone, said)
    put(phone, said["id"], 1, X)

    kept_one = EventPhoto.objects.get()
    assert kept_one.sha256 == hashlib.sha256(X).hexdigest()
    for file, size in ((kept_one.file, (900, 600)), (kept_one.small, (320, 213))):
        with file.open("rb") as opened, Image.open(opened) as picture:
            assert (picture.format, picture.size, dict(picture.getexif())) == ("WEBP", size, {})
    assert kept_one.small.size <= 5_000


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", X[: len(X) // 2], b"\x89PNG\r\n\x1a\n" + b"\x00" * 99])
def test_what_is_no_picture_is_refused(phone: Client, lot: Lot, data: bytes) -> None:
    named = [{"slot": 1, "sha256": hashlib.sha256(data).hexdigest(), "bytes": max(1, len(data))}]
    said = told(lot, photos=named)
    post(phone, said)
    answer = put(phone, said["id"], 1, data)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_picture")
    assert not EventPhoto.objects.exists()


def test_a_photo_of_more_than_eight_megabytes_is_too_large(phone: Client, lot: Lot) -> None:
    said = told(lot, photos=manifest(X))
    post(phone, said)
    answer = put(phone, said["id"], 1, b"\xff" * (photos.MOST_BYTES + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    # More than Django lets into a form's memory, and no more than a photo may be.
    assert put(phone, said["id"], 1, b"\xff" * photos.MOST_BYTES).json()["code"] == "not_in_manifest"


def test_an_event_without_all_its_photos_is_shown_and_keeps_the_dossier_open(
    phone: Client, desk: Client, lot: Lot, by: Actor
) -> None:
    a_lot_that_may_be_released(lot, by)
    said = told(lot, photos=manifest(X, Y, X))
    post(phone, said)
    put(phone, said["id"], 1, X)
    put(phone, said["id"], 2, Y)

    again = post(phone, said).json()
    assert (again["event_state"], again["missing"]) == (SYNC["s12"]["event_state"], [3])
    page = page_of(lot)
    assert page.count('loading="lazy"') == 2
    assert "Ảnh 1: Thu hoạch ngày 21/11/2026" in page
    assert "Còn thiếu ảnh" not in page
    assert (
        "Còn thiếu ảnh: 2/3" in desk.get(reverse("desk:lot", args=["htx-muong-hoa", lot.pk])).content.decode()
    )
    with pytest.raises(dossier.NotComplete) as refused:
        dossier.release_lot(lot, by=by)
    assert (refused.value.code, refused.value.details) == ("events_wait", {"events": [said["id"]]})
    assert SYNC["s12"]["batch_can_be_released"] is False
    assert (
        "còn thiếu ảnh"
        in desk.get(reverse("desk:lot_dossier", args=["htx-muong-hoa", lot.pk])).content.decode()
    )

    put(phone, said["id"], 3, X)
    assert page_of(lot).count('loading="lazy"') == 3
    assert dossier.release_lot(lot, by=by).dossier == "released"


def test_an_event_told_again_without_the_lost_photo_lets_the_dossier_close(
    phone: Client, lot: Lot, by: Actor
) -> None:
    a_lot_that_may_be_released(lot, by)
    said = told(lot, photos=manifest(X))
    post(phone, said)
    post(phone, told(lot, corrects=said["id"], note="Máy rơi xuống suối, mất ảnh"))
    assert dossier.release_lot(lot, by=by).dossier == "released"


def a_lot_that_may_be_released(lot: Lot, by: Actor) -> None:
    """Every item of the law's list is there."""
    Lot.objects.filter(pk=lot.pk).update(dossier="gathering")
    lot.refresh_from_db()
    if not lot.product.images.exists():
        from catalog import pictures

        pictures.add_picture(lot.product, photo((900, 600)), live=True, by=by)
    lot.product.maker = lot.product.origin = "Xã Thượng Minh"
    lot.product.standard = "TCVN 5777"
    lot.product.save()
    day = dt.date(2026, 11, 1)
    events.record(lot, "processed", occurred_on=day, place="Xưởng", by=by)
    assert dossier.missing(dossier.items_of(lot)) == []


# --- clocks -----------------------------------------------------------------------------------------------------------
def test_a_clock_three_hours_ahead_is_put_right(phone: Client, lot: Lot) -> None:
    said = told(lot, device_time="2026-11-21T15:00:00+07:00", device_sent_at="2026-11-21T15:02:00+07:00")
    answer = post(phone, said)

    assert answer.json()["offset_s"] == SYNC["s13"]["offset_s"]
    assert answer.json()["flags"] == [SYNC["s13"]["flag"]]
    event = TraceEvent.objects.get()
    assert f"{timezone.localtime(event.device_at):%H:%M}" == SYNC["s13"]["event_time_used"]
    assert event.upload.device_time == "2026-11-21T15:00:00+07:00"


def test_a_clock_five_minutes_off_is_left_alone_and_one_of_1970_put_right(phone: Client, lot: Lot) -> None:
    near = told(lot, device_sent_at=(NOW - dt.timedelta(minutes=5)).isoformat())
    assert (post(phone, near).json()["flags"], TraceEvent.objects.get().device_at.hour) == ([], 1)

    dead = told(lot, kind="cared", device_time="1970-01-01T00:10:00Z", device_sent_at="1970-01-01T00:12:00Z")
    answer = post(phone, dead).json()
    assert (answer["code"], answer["flags"]) == ("stored", ["clock_corrected"])
    assert TraceEvent.objects.get(pk=dead["id"]).device_at == NOW - dt.timedelta(minutes=2)


def test_an_event_that_has_not_happened_yet_is_refused(phone: Client, lot: Lot) -> None:
    ahead = told(lot, device_time=(NOW + dt.timedelta(minutes=6)).isoformat())
    answer = post(phone, ahead)
    assert (answer.status_code, answer.json()["code"]) == (SYNC["s14"]["status"], SYNC["s14"]["code"])
    assert answer.json()["field"] == "device_time"
    tomorrow = post(phone, told(lot, occurred_on="2026-11-22"))
    assert (tomorrow.status_code, tomorrow.json()["field"]) == (422, "occurred_on")
    assert kept() == (0, 0, 0)


def test_an_event_45_days_old_says_when_it_was_noted_and_when_received(
    phone: Client, desk: Client, lot: Lot
) -> None:
    noted = (NOW - dt.timedelta(days=45)).isoformat()
    answer = post(phone, told(lot, device_time=noted, occurred_on="2026-10-07"))

    assert (answer.status_code, answer.json()["flags"]) == (SYNC["s15"]["status"], [SYNC["s15"]["flag"]])
    words = "Ghi trên máy ngày 07/10/2026, chợ nhận ngày 21/11/2026."
    assert words in page_of(lot)
    assert words in desk.get(reverse("desk:lot", args=["htx-muong-hoa", lot.pk])).content.decode()


def test_the_limits_of_thirty_and_ninety_days_are_whole(phone: Client, lot: Lot) -> None:
    for days, flags in (
        (30, []),
        (31, ["late_capture"]),
        (90, ["late_capture"]),
        (91, ["late_capture", "needs_review"]),
    ):
        noted = (NOW - dt.timedelta(days=days)).isoformat()
        assert post(phone, told(lot, device_time=noted)).json()["flags"] == flags


def test_an_event_older_than_90_days_is_told_to_nobody_until_a_manager_looked(
    phone: Client, desk: Client, lot: Lot, by: Actor, lan: Any, settings: Any, tmp_path: Any
) -> None:
    settings.LOG_KEY_FILE = tmp_path / "log_key"
    log.make_key()
    Lot.objects.filter(pk=lot.pk).update(packed_on=None, made_on=dt.date(2026, 7, 1))
    a_lot_that_may_be_released(lot, by)
    noted = (NOW - dt.timedelta(days=100)).isoformat()
    said = told(
        lot, kind="packed", device_time=noted, occurred_on="2026-08-13", place="Kho cũ", quantity="77 bao"
    )
    answer = post(phone, said)
    outbox.drain()
    log.sign()

    assert answer.status_code == SYNC["s16"]["status"]
    assert SYNC["s16"]["flag"] in answer.json()["flags"]
    assert EventUpload.objects.get().is_told is SYNC["s16"]["released"]
    code = codes.lot_code(lot)
    public = [
        page_of(lot),
        Client().get(reverse("shop:log_lot", args=[code])).content.decode(),
        Client().get(reverse("trace_epcis", args=[code])).content.decode(),
        json.dumps(epcis_export.of_period(lot.cooperative, dt.date(2026, 8, 1), dt.date(2026, 8, 30))),
    ]
    for page in public:
        assert "Kho cũ" not in page
        assert "77 bao" not in page
    lot.refresh_from_db()
    assert (lot.packed_on, LogEntry.objects.filter(event=said["id"]).count()) == (None, 1)
    assert log.verify() == []
    with pytest.raises(dossier.NotComplete):
        dossier.release_lot(lot, by=by)
    assert Letter.objects.get(kind="event_waits").mailbox == lot.cooperative.mailbox

    where = reverse("desk:lot_waiting", args=["htx-muong-hoa", lot.pk])
    assert "Kho cũ" in phone.get(where).content.decode()
    assert phone.post(where, {"event": said["id"], "decision": "look"}).status_code == 403
    assert desk.post(where, {"event": said["id"], "decision": "look"}).status_code == 302
    assert desk.post(where, {"event": said["id"], "decision": "look"}).status_code == 302

    assert "Kho cũ" in page_of(lot)
    assert "Kho cũ" in Client().get(reverse("shop:log_lot", args=[code])).content.decode()
    assert "Kho cũ" in json.dumps(epcis_export.of_lot(lot), ensure_ascii=False)
    lot.refresh_from_db()
    assert lot.packed_on == dt.date(2026, 8, 13)
    assert AuditRow.objects.filter(verb="lot.event_looked_at").count() == 1
    assert dossier.release_lot(lot, by=by).dossier == "released"


def test_a_correction_that_waits_leaves_the_old_words_to_be_told(phone: Client, lot: Lot) -> None:
    first = told(lot, place="Nương cũ")
    post(phone, first)
    noted = (NOW - dt.timedelta(days=100)).isoformat()
    post(phone, told(lot, corrects=first["id"], device_time=noted, place="Nương mới"))

    page = page_of(lot)
    assert ("Nương cũ" in page, "Nương mới" in page) == (True, False)
    exported = json.dumps(epcis_export.of_lot(lot), ensure_ascii=False)
    assert ("Nương cũ" in exported, "errorDeclaration" in exported) == (True, False)
    uploads.let_tell(EventUpload.objects.get(is_told=False), by=Actor.system("test"))
    page = page_of(lot)
    assert ("Nương cũ" in page, "Nương mới" in page) == (False, True)
    assert "errorDeclaration" in json.dumps(epcis_export.of_lot(lot))


# --- two phones -------------------------------------------------------------------------------------------------------
def test_two_phones_that_tell_the_same_harvest_are_both_kept(phone: Client, desk: Client, lot: Lot) -> None:
    answers = [
        post(phone, told(lot)),
        post(desk, told(lot, device_time="2026-11-21T08:59:00+07:00", place="Xã Yến Dương")),
        post(desk, told(lot, device_time="2026-11-21T09:00:00+07:00")),
        post(desk, told(lot, quantity="4 tấn")),
        post(desk, told(lot, kind="cared")),
    ]
    assert [answer.status_code for answer in answers[:2]] == SYNC["s18"]["statuses"]
    flags = [answer.json()["flags"] for answer in answers]
    assert flags == [[], ["duplicate_suspect"], [], [], []]
    assert TraceEvent.objects.count() == 5
    assert "Có thể ghi hai lần" not in page_of(lot)
    page = desk.get(reverse("desk:lot", args=["htx-muong-hoa", lot.pk])).content.decode()
    assert page.count("Có thể ghi hai lần") == 1


def test_a_correction_stands_beside_what_it_corrects(phone: Client, lot: Lot) -> None:
    wrong = told(lot, place="Nơi nhầm")
    post(phone, wrong)
    answer = post(phone, told(lot, corrects=wrong["id"]))
    outbox.drain()

    assert (answer.status_code, answer.json()["flags"]) == (SYNC["s19"]["status"], [])
    assert LogEntry.objects.count() == SYNC["s19"]["log_entries"]
    page = page_of(lot)
    assert ("Nơi nhầm" in page, "Xã Thượng Minh" in page) == (False, True)
    told_twice = Client().get(reverse("shop:log_lot", args=[codes.lot_code(lot)])).content.decode()
    struck = re.findall(r'<section class="card plain struck".*?</section>', told_twice, re.DOTALL)
    assert ["Nơi nhầm" in one for one in struck] == [True]


def test_a_correction_that_comes_too_late_names_the_latest(
    phone: Client, desk: Client, lot: Lot, by: Actor
) -> None:
    wrong = told(lot)
    post(phone, wrong)
    right = told(lot, corrects=wrong["id"], quantity="2 tấn")
    post(phone, right)
    answer = post(desk, told(lot, corrects=wrong["id"], quantity="5 tấn"))

    assert (answer.status_code, answer.json()["code"]) == (SYNC["s20"]["status"], SYNC["s20"]["code"])
    assert answer.json()["latest"] == right["id"]
    assert post(phone, right).status_code == 200
    lots.close_lot(lot, by=by)
    assert post(desk, told(lot, corrects=wrong["id"], quantity="5 tấn")).json()["latest"] == right["id"]
    assert kept() == (2, 2, 0)


def test_a_correction_of_nothing_is_refused(phone: Client, lot: Lot, mien: Any, by: Actor) -> None:
    elsewhere = lots.open_lot(lot.cooperative, mien, made_on=dt.date(2026, 11, 1), by=by)
    other = events.record(elsewhere, "packed", occurred_on=dt.date(2026, 11, 20), place="Xưởng", by=by)
    for corrects in (str(new_id()), str(other.pk)):
        answer = post(phone, told(lot, corrects=corrects))
        assert (answer.status_code, answer.json()["field"]) == (422, "corrects")
    assert kept() == (1, 0, 0)


# --- who may ----------------------------------------------------------------------------------------------------------
def test_a_person_who_left_is_told_whom_to_call_and_nothing_is_kept(
    phone: Client, lot: Lot, lan: Any, minh: Any, settings: Any
) -> None:
    settings.OPERATOR_PHONE = "0208 123 456"
    members.end_membership(Membership.objects.get(user=minh), by=Actor.of(lan))
    answer = post(phone, told(lot))

    assert (answer.status_code, answer.json()["code"]) == (SYNC["s21"]["status"], "not_a_member")
    call = {
        "cooperative": "HTX Mường Hoa", "manager": "Lan", "phone": lot.cooperative.phone,
        "alliance_phone": "0208 123 456",
    }  # fmt: skip
    assert answer.json()["call"] == {name: value for name, value in call.items() if value}
    assert "Hãy gọi Lan" in answer.json()["text"]
    assert kept() == (0, 0, 0)


def test_somebody_who_never_belonged_learns_no_name(lot: Lot, ha: Any, lan: Any, settings: Any) -> None:
    settings.OPERATOR_PHONE = ""
    client = Client()
    client.force_login(ha)
    for slug, status in (("htx-muong-hoa", 403), ("khong-co", 404)):
        answer = post(client, told(lot), reverse("desk:event_upload", args=[slug]))
        assert (answer.status_code, answer.json()["code"], answer.json()["call"]) == (
            status,
            "not_a_member",
            {},
        )
    assert kept() == (0, 0, 0)


def test_whoever_is_signed_out_hears_so_in_json(client: Client, lot: Lot) -> None:
    for answer in (post(client, told(lot)), client.get(DOOR), put(client, str(new_id()), 1, X)):
        assert (answer.status_code, answer.json()["code"]) == (SYNC["s22"]["status"], "signed_out")
        assert answer["Content-Type"] == "application/json"
    assert kept() == (0, 0, 0)


def test_a_stale_token_is_refused_and_a_fresh_one_fetched(minh: Any, lot: Lot) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(minh)
    stale = post(client, told(lot))
    assert (stale.status_code, stale.json()["code"]) == (403, "csrf")
    assert put(client, str(new_id()), 1, X).json()["code"] == "csrf"

    fresh = client.get(DOOR)
    assert (fresh.status_code, fresh.json()["schema"]) == (200, 1)
    assert fresh.json()["user"] == minh.pk
    assert dt.datetime.fromisoformat(fresh.json()["server_time"]) == NOW
    token = {"headers": {"X-CSRFToken": fresh.json()["csrf"]}}
    assert post(client, told(lot), **token).status_code == 201
    assert post(Client(enforce_csrf_checks=True), told(lot)).status_code == 401


# --- what is sent -----------------------------------------------------------------------------------------------------
def test_the_last_three_versions_of_the_form_are_read(
    phone: Client, lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post(phone, told(lot, schema=0)).status_code == 426
    ahead = post(phone, told(lot, schema=2))
    assert (ahead.status_code, ahead.json()["code"]) == (422, "schema_unknown")

    monkeypatch.setattr(uploads, "SCHEMA", 4)
    assert post(phone, told(lot, schema=2)).status_code == SYNC["s28"]["status"]
    old = post(phone, told(lot, schema=1))
    assert (old.status_code, old.json()["code"]) == (426, "schema_too_old")
    assert TraceEvent.objects.count() == 1


def test_more_than_a_megabyte_is_too_large(phone: Client, lot: Lot) -> None:
    answer = post(phone, told(lot, note="x" * uploads.MOST_BYTES))
    assert (answer.status_code, answer.json()["code"]) == (SYNC["s29"]["status"], "too_large")
    assert kept() == (0, 0, 0)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"id": None}, "id"),
        ({"id": "x" * 40}, "id"),
        ({"lot": 10**30}, "lot"),
        ({"lot": True}, "lot"),
        ({"lot": "1"}, "lot"),
        ({"lot": 2**62}, "lot"),
        ({"kind": 7}, "kind"),
        ({"kind": "danced"}, "kind"),
        ({"kind": "made_from"}, "kind"),
        ({"kind": "recalled"}, "kind"),
        ({"occurred_on": "20261121"}, "occurred_on"),
        ({"occurred_on": "1899-01-01"}, "occurred_on"),
        ({"place": None}, "place"),
        ({"place": " \x00\ud800 "}, "place"),
        ({"place": "x" * 161}, "place"),
        ({"note": ["x"]}, "note"),
        ({"households": "14"}, "households"),
        ({"households": 0}, "households"),
        ({"households": 10**40}, "households"),
        ({"households": 1.5}, "households"),
        ({"corrects": 5}, "corrects"),
        ({"device_time": "2026-11-21T08:00:00"}, "device_time"),
        ({"device_time": "9999-12-31T23:59:59-23:59"}, "device_time"),
        ({"device_time": "0001-01-01T00:00:00+23:59"}, "device_time"),
        ({"device_sent_at": 1_700_000_000}, "device_sent_at"),
        ({"photos": {}}, "photos"),
        ({"photos": None}, "photos"),
        ({"photos": [1]}, "photos"),
        ({"photos": manifest(*[X] * 7)}, "photos"),
        ({"photos": manifest(X) * 2}, "photos"),
        ({"photos": [{"slot": 1, "sha256": "ff", "bytes": 1}]}, "photos"),
        ({"photos": [{"slot": 1, "sha256": "f" * 64, "bytes": photos.MOST_BYTES + 1}]}, "photos"),
        ({"photos": [{"slot": 10**40, "sha256": "f" * 64, "bytes": 1}]}, "photos"),
        ({"weather": "mưa"}, "weather"),
        ({"schema": "1"}, "schema"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    phone: Client, lot: Lot, by: Actor, other: dict[str, Any], field: str
) -> None:
    for _open_then_closed in range(2):
        answer = post(phone, {**told(lot), **other})
        assert (answer.status_code, answer.json()["field"]) == (422, field)
        assert answer.json()["text"].endswith(".")
        if lot.status == "open":
            lot.status = lots.close_lot(lot, by=by).status
    assert kept() == (0, 0, 0)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"7", b"{", b"\xff", b"[" * 100_000, b'{"schema": ' + b"9" * 5_000 + b"}", b"null"]
)
def test_what_is_no_event_at_all_is_refused_in_json(phone: Client, lot: Lot, body: bytes) -> None:
    answer = post(phone, body)
    assert answer.status_code == 422
    assert answer.json()["code"] in ("unreadable", "schema_unknown")


def test_a_form_is_no_event(phone: Client, lot: Lot) -> None:
    for answer in (
        phone.post(DOOR, told(lot, corrects="", households="")),
        phone.post(DOOR, "x=1", content_type="text/plain"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "unreadable")


# --- held (s17) -------------------------------------------------------------------------------------------------------
@pytest.fixture
def held(phone: Client, lot: Lot, by: Actor) -> dict[str, Any]:
    """An event with a photo for a lot that was closed meanwhile."""
    lots.close_lot(lot, by=by)
    said = told(lot, photos=manifest(X), place="Bản Cọn Poỏng")
    answer = post(phone, said)
    assert (answer.status_code, answer.json()["state"]) == (SYNC["s17"]["status"], SYNC["s17"]["state"])
    return said


def test_an_event_for_a_closed_lot_waits_and_is_not_told(
    phone: Client, desk: Client, lot: Lot, held: Any
) -> None:
    again = post(phone, held)
    assert (again.status_code, again.json()["code"], again.json()["missing"]) == (202, "held", [1])
    other = post(phone, {**held, "quantity": "9 tấn"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert kept() == (0, 1, 0)
    assert "Bản Cọn Poỏng" not in page_of(lot)
    assert (
        "1 việc gửi từ điện thoại"
        in desk.get(reverse("desk:lot", args=["htx-muong-hoa", lot.pk])).content.decode()
    )
    where = reverse("desk:lot_waiting", args=["htx-muong-hoa", lot.pk])
    assert where in desk.get(reverse("desk:lots", args=["htx-muong-hoa"])).content.decode()
    assert Letter.objects.get(kind="event_held").link == where


def test_a_held_event_is_taken_in_with_its_photos_its_writer_and_its_time(
    phone: Client, desk: Client, lot: Lot, held: Any
) -> None:
    assert put(phone, held["id"], 1, X).status_code == 201
    where = reverse("desk:lot_waiting", args=["htx-muong-hoa", lot.pk])
    assert phone.post(where, {"event": held["id"], "decision": "take"}).status_code == 403
    with time_machine.travel(NOW + dt.timedelta(days=2), tick=False):
        for _twice in range(2):
            assert desk.post(where, {"event": held["id"], "decision": "take"}).status_code == 302
    outbox.drain()

    event = TraceEvent.objects.get()
    assert (str(event.pk), event.by_label, event.place) == (held["id"], "Minh", "Bản Cọn Poỏng")
    assert event.device_at == dt.datetime(2026, 11, 21, 1, tzinfo=dt.UTC)
    assert (event.upload.received_at, event.upload.decided_by, event.upload.words) == (NOW, "Lan", {})
    again = post(phone, held)
    assert (again.status_code, again.json()["code"], again.json()["event_state"]) == (
        200,
        "stored",
        "complete",
    )
    page = page_of(lot)
    assert ("Bản Cọn Poỏng" in page, page.count('loading="lazy"')) == (True, 1)
    assert LogEntry.objects.count() == 1
    assert Lot.objects.get().status == "closed"
    assert AuditRow.objects.filter(verb="lot.event_taken_in").count() == 1


def test_a_held_event_is_put_aside_with_a_reason_and_can_be_fetched_back(
    phone: Client, desk: Client, lot: Lot, held: Any
) -> None:
    where = reverse("desk:lot_waiting", args=["htx-muong-hoa", lot.pk])
    empty = desk.post(where, {"event": held["id"], "decision": "aside", "reason": " "})
    assert (empty.status_code, EventUpload.objects.get().status) == (422, "held")
    assert "Hãy ghi vì sao để riêng." in empty.content.decode()
    for _twice in range(2):
        said = {"event": held["id"], "decision": "aside", "reason": "Lô khác, gửi nhầm"}
        assert desk.post(where, said).status_code == 302

    again = post(phone, held)
    assert (again.status_code, again.json()["code"]) == (200, "put_aside")
    assert put(phone, held["id"], 1, X).status_code == 201
    assert "Lô khác, gửi nhầm" in phone.get(where).content.decode()
    assert kept() == (0, 1, 1)

    assert desk.post(where, {"event": held["id"], "decision": "take"}).status_code == 302
    assert kept() == (1, 1, 1)
    with pytest.raises(IllegalMove):
        uploads.put_aside(EventUpload.objects.get(), reason="Đổi ý lần nữa", by=Actor.system("test"))


def test_a_held_correction_follows_what_it_corrects(phone: Client, desk: Client, lot: Lot, held: Any) -> None:
    right = told(lot, corrects=held["id"], place="Bản Bó Lù")
    assert post(phone, right).status_code == 202
    where = reverse("desk:lot_waiting", args=["htx-muong-hoa", lot.pk])
    early = desk.post(where, {"event": right["id"], "decision": "take"})
    assert (early.status_code, kept()) == (422, (0, 2, 0))
    assert "Việc cần sửa chưa có trong sổ của lô này." in early.content.decode()
    for event in (held, right):
        assert desk.post(where, {"event": event["id"], "decision": "take"}).status_code == 302
    assert [event.place for event in events.journey(lot)] == ["Bản Bó Lù"]


def test_an_event_of_another_lot_cannot_be_decided_here(
    desk: Client, lot: Lot, held: Any, tuan: Any, ban_khac: Any
) -> None:
    theirs = factories.make_lot(factories.make_product(ban_khac, "Chè", stock=9), 9, code="4HYJE1B1")
    stranger = Client()
    stranger.force_login(tuan)
    where = reverse("desk:lot_waiting", args=["htx-ban-khac", theirs.pk])
    assert stranger.post(where, {"event": held["id"], "decision": "take"}).status_code == 404
    assert EventUpload.objects.get().status == "held"


# --- erased -----------------------------------------------------------------------------------------------------------
def test_erasing_an_event_takes_its_photos_and_its_hash_with_it(phone: Client, lot: Lot, by: Actor) -> None:
    said = told(lot, photos=manifest(X, Y), note="Nhà bà Pò")
    post(phone, said)
    put(phone, said["id"], 1, X)
    names = [EventPhoto.objects.get().file.name, EventPhoto.objects.get().small.name]
    assert all(default_storage.exists(name) for name in names)
    outbox.drain()
    events.erase(TraceEvent.objects.get(), reason="Người trong ảnh yêu cầu", by=by)

    upload = EventUpload.objects.get()
    assert (upload.body_hash, upload.photos, upload.by_label, upload.by_user) == ("", [], "", None)
    assert not EventPhoto.objects.exists()
    assert "Nội dung đã được xoá" in page_of(lot)
    again = post(phone, said)
    assert (again.status_code, again.json()["missing"]) == (200, [])
    assert put(phone, said["id"], 1, X).status_code == 422
    assert TraceEvent.objects.get().note == ""
    assert log.verify() == []


def test_a_held_event_is_erased_and_does_not_come_back(
    phone: Client, desk: Client, lot: Lot, held: Any
) -> None:
    put(phone, held["id"], 1, X)
    name = EventPhoto.objects.get().file.name
    call_command("erase_event", held["id"], reason="Người trong ảnh yêu cầu", stdout=io.StringIO())

    upload = EventUpload.objects.get()
    assert (upload.status, upload.words, upload.body_hash, upload.photos) == ("put_aside", {}, "", [])
    assert not EventPhoto.objects.exists()
    assert default_storage.exists(name)  # the file goes when the transaction is through, and tests never are
    where = reverse("desk:lot_waiting", args=["htx-muong-hoa", lot.pk])
    assert "Bản Cọn Poỏng" not in desk.get(where).content.decode()
    assert desk.post(where, {"event": held["id"], "decision": "take"}).status_code == 422
    assert post(phone, held).json()["code"] == "put_aside"
    assert kept() == (0, 1, 0)
    with pytest.raises(CommandError, match="đã được xoá"):
        call_command("erase_event", held["id"], reason="Lần nữa", stdout=io.StringIO())
    with pytest.raises(CommandError, match="no such event"):
        call_command("erase_event", str(new_id()), reason="Không có", stdout=io.StringIO())


def test_the_files_of_an_erased_photo_go_once_that_is_sure(
    phone: Client, lot: Lot, by: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    said = told(lot, photos=manifest(X))
    post(phone, said)
    put(phone, said["id"], 1, X)
    picture = EventPhoto.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        events.erase(TraceEvent.objects.get(), reason="Người trong ảnh yêu cầu", by=by)
    assert [default_storage.exists(name) for name in (picture.file.name, picture.small.name)] == [
        False,
        False,
    ]
