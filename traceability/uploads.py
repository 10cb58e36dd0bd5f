"""Events that phones send, perhaps days later, perhaps twice: taken once, with what the phone's clock is worth.

One event a message, its photos one by one behind it (``photos``). An event whose lot was closed meanwhile is held until
a manager of the cooperative decides; nothing that was sent is thrown away.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from . import events, lots, notices, photos, seals
from .events import EventRefused
from .models import EventUpload, Lot, TraceEvent
from .queues import UNDECIDED
from .statuses import UPLOAD_MOVES, LotStatus, UploadFlag, UploadStatus

SCHEMA, TAKEN = 1, 3  # the form's version now, and how many of the last ones are read
MOST_BYTES = 1024 * 1024
CLOCK_MAY_DIFFER = dt.timedelta(minutes=5)
LATE, TOO_LATE = dt.timedelta(days=30), dt.timedelta(days=90)
FIRST_YEAR, LAST_YEAR = 1970, 2100  # a phone whose battery was dead tells 1970, and is put right
LONGEST_REASON = 300

_WORDS = ("kind", "occurred_on", "place", "households", "quantity", "note")
_KNOWN = {*_WORDS, "schema", "id", "lot", "corrects", "device_time", "device_sent_at", "photos"}
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class UploadRefused(Refusal):
    """What was sent is not one of our events."""

    code = "event_refused"


@dataclass(frozen=True)
class Told:
    """One event as a phone tells it, its values read and nothing of it checked against the books yet."""

    schema: int
    id: uuid.UUID
    lot: int
    words: dict[str, Any]  # kind, occurred_on, place, households, quantity, note
    corrects: uuid.UUID | None
    device_time: dt.datetime
    device_sent_at: dt.datetime
    photos: list[dict[str, Any]]  # slot, sha256, bytes

    @property
    def body_hash(self) -> str:
        """SHA-256 of everything that makes it this event: the same for every try, another for another story."""
        told = {
            **self.words,
            "schema": self.schema,
            "id": str(self.id),
            "lot": self.lot,
            "occurred_on": self.words["occurred_on"].isoformat(),
            "corrects": str(self.corrects) if self.corrects else None,
            "device_time": self.device_time.isoformat(),
            "photos": self.photos,
        }
        return hashlib.sha256(seals.canonical(told)).hexdigest()


# --- reading ----------------------------------------------------------------------------------------------------------
def read(body: bytes) -> Told:
    """Return the event in ``body``, a JSON object as decision 027 describes it.

    Raises UploadRefused with the field that is wrong: ``unreadable`` for what is no JSON object, ``schema_too_old``,
    ``schema_unknown``, else ``event_refused``.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise UploadRefused(_("Chợ không đọc được việc gửi lên."), code="unreadable")
    schema = _schema(told.get("schema"))
    strange = sorted(set(told) - _KNOWN)
    if strange:
        raise UploadRefused(_("Việc gửi lên có mục chợ không biết."), field=clean(strange[0])[:40])
    households = told.get("households")
    if households is not None and not _is_count(households):
        raise UploadRefused(_("Số hộ chưa đúng."), field="households")
    return Told(
        schema=schema,
        id=_uuid(told.get("id"), "id"),
        lot=_lot(told.get("lot")),
        words={
            "kind": _text(told.get("kind"), "kind"),
            "occurred_on": _day(told.get("occurred_on")),
            "place": _text(told.get("place", ""), "place"),
            "households": households,
            "quantity": _text(told.get("quantity", ""), "quantity"),
            "note": _text(told.get("note", ""), "note"),
        },
        corrects=None if told.get("corrects") is None else _uuid(told["corrects"], "corrects"),
        device_time=_moment(told.get("device_time"), "device_time"),
        device_sent_at=_moment(told.get("device_sent_at"), "device_sent_at"),
        photos=_manifest(told.get("photos", [])),
    )


def _schema(said: Any) -> int:
    if not _is_count(said):
        raise UploadRefused(_("Chợ không đọc được việc gửi lên."), code="unreadable", field="schema")
    if said > SCHEMA:
        raise UploadRefused(_("Trang này mới hơn chợ. Xin gửi lại sau."), code="schema_unknown")
    if said <= SCHEMA - TAKEN or said < 1:
        text = _(
            "Trang trên máy này cũ quá. Hãy mở lại trang khi có mạng rồi gửi; việc đã ghi vẫn còn trong máy."
        )
        raise UploadRefused(text, code="schema_too_old")
    return int(said)


def _is_count(said: Any) -> bool:
    return isinstance(said, int) and not isinstance(said, bool)


def _text(said: Any, field: str) -> str:
    if not isinstance(said, str):
        raise UploadRefused(_("Chỗ này phải là chữ."), field=field)
    return clean(said)


def _uuid(said: Any, field: str) -> uuid.UUID:
    try:
        return uuid.UUID(said if isinstance(said, str) and len(said) <= 45 else "")
    except ValueError:
        raise UploadRefused(_("Mã của việc chưa đúng."), field=field) from None


def _lot(said: Any) -> int:
    if not _is_count(said) or not 0 < said < 2**63:
        raise UploadRefused(_("Không có lô này."), field="lot")
    return int(said)


def _day(said: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(said if isinstance(said, str) and len(said) == 10 else "")
    except ValueError:
        raise UploadRefused(_("Ngày này chưa đúng."), field="occurred_on") from None


def _moment(said: Any, field: str) -> dt.datetime:
    wrong = UploadRefused(_("Giờ của máy chưa đúng."), field=field)
    try:
        at = dt.datetime.fromisoformat(said if isinstance(said, str) and len(said) <= 40 else "")
    except ValueError:
        raise wrong from None
    if at.tzinfo is None or not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise wrong
    return at


def _manifest(said: Any) -> list[dict[str, Any]]:
    rows = [row for row in said if isinstance(row, dict)] if isinstance(said, list) else []
    if not isinstance(said, list) or len(rows) != len(said):
        raise UploadRefused(_("Danh sách ảnh chưa đúng."), field="photos")
    found: list[dict[str, Any]] = [
        {name: row.get(name) for name in ("slot", "sha256", "bytes")} for row in rows
    ]
    slots = [
        one["slot"] for one in found if _is_count(one["slot"]) and 1 <= one["slot"] <= photos.MOST_PHOTOS
    ]
    if len(slots) != len(found) or len(set(slots)) != len(slots):
        raise UploadRefused(_("Mỗi việc có nhiều nhất 6 ảnh."), field="photos")
    for one in found:
        if not _is_count(one["bytes"]) or not 0 < one["bytes"] <= photos.MOST_BYTES:
            raise UploadRefused(_("Ảnh này nặng quá. Hãy chọn ảnh khác hoặc chụp lại."), field="photos")
        one["sha256"] = one["sha256"].lower() if isinstance(one["sha256"], str) else ""
        if not _SHA256.fullmatch(one["sha256"]):
            raise UploadRefused(_("Danh sách ảnh chưa đúng."), field="photos")
    return sorted(found, key=lambda one: int(one["slot"]))


# --- taking in --------------------------------------------------------------------------------------------------------
def receive(
    cooperative: Cooperative, told: Told, *, by: Actor, at: dt.datetime | None = None
) -> tuple[EventUpload, bool]:
    """Take an event into the book of its lot, or hold it because the lot is closed; return it and whether it is new.

    ``at`` is when it arrived. The phone's clock is put right by it when they differ by more than five minutes. The same
    event again is the same upload. Locks the lot. Raises EventRefused: ``conflict``, ``id_in_use``, ``not_latest``,
    ``future_event`` and what ``events`` refuses.
    """
    at = at or timezone.now()
    lot = cooperative.lots.filter(pk=told.lot).first()
    if lot is None:
        raise EventRefused(_("Không có lô này."), field="lot")
    try:
        with transaction.atomic():
            lot = lots.locked(lot)
            known = EventUpload.objects.select_related("lot").filter(pk=told.id).first()
            if known is not None:
                return _same(known, told, cooperative), False
            return _take(lot, told, at, by), True
    except IntegrityError:
        # Another lot's lock does not keep the same id from being taken there at the same moment.
        known = EventUpload.objects.select_related("lot").filter(pk=told.id).first()
        if known is None:
            raise
        return _same(known, told, cooperative), False


def _same(known: EventUpload, told: Told, cooperative: Cooperative) -> EventUpload:
    # Of an erased one nothing is left to compare: its phone is told that it arrived, and lets go of the words too.
    is_ours = known.lot.cooperative_id == cooperative.pk
    if is_ours and known.body_hash in ("", told.body_hash):
        return known
    raise events.taken_id(is_ours=is_ours)


def _take(lot: Lot, told: Told, at: dt.datetime, by: Actor) -> EventUpload:
    offset_s = round((at - told.device_sent_at).total_seconds())
    is_off = abs(offset_s) > CLOCK_MAY_DIFFER.total_seconds()
    event_at = told.device_time + dt.timedelta(seconds=offset_s if is_off else 0)
    if event_at > at + CLOCK_MAY_DIFFER:
        raise EventRefused(
            _("Giờ của việc này chưa đến. Xin xem lại giờ của máy."), code="future_event", field="device_time"
        )
    age = at - event_at
    noticed = {
        UploadFlag.CLOCK_CORRECTED: is_off,
        UploadFlag.LATE: age > LATE,
        UploadFlag.NEEDS_REVIEW: age > TOO_LATE,
        UploadFlag.DUPLICATE: told.corrects is None and _is_told_twice(lot, told, event_at),
    }
    upload = EventUpload(
        id=told.id,
        lot=lot,
        body_hash=told.body_hash,
        schema=told.schema,
        device_time=told.device_time.isoformat(),
        device_sent_at=told.device_sent_at.isoformat(),
        offset_s=offset_s,
        event_at=event_at,
        received_at=at,
        flags=[flag.value for flag, is_so in noticed.items() if is_so],
        photos=told.photos,
        **signed(by),
    )
    if lot.status == LotStatus.OPEN:
        upload.is_told = not noticed[UploadFlag.NEEDS_REVIEW]
        upload.event = _write(upload, told.words, told.corrects, by=by)
        upload.save(force_insert=True)
        if not upload.is_told:
            notices.event_waits(upload)
        return upload
    return _hold(upload, told, by)


def _is_told_twice(lot: Lot, told: Told, event_at: dt.datetime) -> bool:
    """Whether another phone told the same kind and quantity in the same hour."""
    hour = event_at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    same = {"event__kind": told.words["kind"], "event__quantity": told.words["quantity"]}
    near = lot.uploads.filter(event_at__gte=hour, event_at__lt=hour + dt.timedelta(hours=1), **same)
    return near.filter(event__corrected_by=None).exists()


def _write(
    upload: EventUpload, words: dict[str, Any], corrects: uuid.UUID | None, *, by: Actor
) -> TraceEvent:
    more: dict[str, Any] = {"event_id": upload.pk, "device_at": upload.event_at, "is_told": upload.is_told}
    if corrects is None:
        return events.record(upload.lot, by=by, **words, **more)
    wrong = upload.lot.events.filter(pk=corrects).first()
    if wrong is None:
        raise EventRefused(_("Việc cần sửa chưa có trong sổ của lô này."), field="corrects")
    return events.correct(wrong, by=by, **words, **more)


def _hold(upload: EventUpload, told: Told, by: Actor) -> EventUpload:
    """Keep what was told, checked as if it were written now, until a manager decides."""
    lot = upload.lot
    taken = TraceEvent.objects.select_related("lot").filter(pk=told.id).first()
    if taken is not None:
        raise events.taken_id(is_ours=taken.lot.cooperative_id == lot.cooperative_id)
    wrong = lot.events.filter(pk=told.corrects).first() if told.corrects else None
    if told.corrects and wrong is None and not lot.uploads.filter(pk=told.corrects).exists():
        raise EventRefused(_("Việc cần sửa chưa có trong sổ của lô này."), field="corrects")
    if wrong is not None and events.newest_of(wrong) != wrong:
        raise events.not_latest(wrong)
    events.check(lot, corrects=wrong, **told.words)
    upload.status, upload.is_told = UploadStatus.HELD, False
    upload.words = {
        **told.words,
        "occurred_on": told.words["occurred_on"].isoformat(),
        "corrects": str(told.corrects) if told.corrects else None,
    }
    upload.save(force_insert=True)
    audit.record("lot.event_held", lot, by=by, event=str(upload.pk))
    notices.event_held(upload)
    return upload


# --- deciding ---------------------------------------------------------------------------------------------------------
def take_in(upload: EventUpload, *, by: Actor) -> EventUpload:
    """Write a held event into the book of its lot, with its own id, time and writer, though the lot is closed.

    A manager's decision, also for one that was put aside by mistake; twice is once. Locks the lot, then the upload.
    Raises EventRefused when what it corrects is not in the book or was corrected meanwhile.
    """
    with transaction.atomic():
        upload = _locked(upload)
        if upload.status == UploadStatus.STORED:
            return upload
        if not upload.words:
            raise EventRefused(_("Nội dung đã được xoá theo yêu cầu."))
        words = dict(upload.words)
        corrects = words.pop("corrects")
        words["occurred_on"] = dt.date.fromisoformat(words["occurred_on"])
        writer = Actor(upload.by_user_id, upload.by_label, acting_for=upload.by_for)
        upload.is_told = True
        event = _write(upload, words, uuid.UUID(corrects) if corrects else None, by=writer)
        move_upload(upload, UploadStatus.STORED)
        upload.event, upload.words = event, {}
        _decided(upload, by)
        audit.record("lot.event_taken_in", upload.lot, by=by, event=str(upload.pk))
    return upload


def put_aside(upload: EventUpload, *, reason: str, by: Actor) -> EventUpload:
    """Keep a held event out of the book; it stays at the desk with ``reason``. Twice is once. Locks lot and upload.

    Raises EventRefused without a reason, IllegalMove for an event that stands in the book.
    """
    reason = clean(reason)
    if len(reason) < 5:
        raise EventRefused(_("Hãy ghi vì sao để riêng."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise EventRefused(_("Lý do dài quá 300 chữ."), field="reason")
    with transaction.atomic():
        upload = _locked(upload)
        if upload.status == UploadStatus.PUT_ASIDE:
            return upload
        move_upload(upload, UploadStatus.PUT_ASIDE)
        _decided(upload, by, reason)
        audit.record("lot.event_put_aside", upload.lot, by=by, event=str(upload.pk), reason=reason)
        lots.touch(upload.lot)
    return upload


def let_tell(upload: EventUpload, *, by: Actor) -> EventUpload:
    """Say that a manager looked at an event that came very late: from now on everybody may read it. Twice is once.

    Locks the lot, then the upload. Raises EventRefused for an event that is not in the book.
    """
    with transaction.atomic():
        upload = _locked(upload)
        if upload.event is None:
            raise EventRefused(_("Việc này chưa vào sổ."))
        if upload.is_told:
            return upload
        upload.is_told = True
        _decided(upload, by)
        audit.record("lot.event_looked_at", upload.lot, by=by, event=str(upload.pk))
        events.tell(upload.event, by=by)
    return upload


def erase(upload: EventUpload, *, reason: str, by: Actor) -> None:
    """Take the words and photos of an upload that is not in the book away for good, on a person's demand.

    Its id stays taken, so its phone does not bring the words back. For an event in the book use ``events.erase``. Locks
    lot and upload. Raises EventRefused without a reason, and for what is in the book or was erased before.
    """
    reason = clean(reason)
    if not reason:
        raise EventRefused(_("Hãy ghi lý do."), field="reason")
    with transaction.atomic():
        upload = _locked(upload)
        if upload.status == UploadStatus.STORED or not upload.words:
            raise EventRefused(_("Việc này đã được xoá nội dung."))
        if upload.status == UploadStatus.HELD:
            move_upload(upload, UploadStatus.PUT_ASIDE)
        events.blank(upload)
        audit.record("lot.event_erased", upload.lot, by=by, event=str(upload.pk), reason=reason)


def move_upload(upload: EventUpload, status: UploadStatus) -> None:
    """Give a locked upload its next status; the caller saves it. Raises IllegalMove when the table has no such move."""
    UPLOAD_MOVES.check(UploadStatus(upload.status), status)
    upload.status = status


def _decided(upload: EventUpload, by: Actor, reason: str = "") -> None:
    upload.decided_at, upload.decided_by, upload.decided_why = timezone.now(), by.label[:120], reason
    upload.save()


def _locked(upload: EventUpload) -> EventUpload:
    lot = lots.locked(upload.lot)
    found = EventUpload.objects.select_for_update(of=("self",), no_key=True).select_related("event")
    upload = found.get(pk=upload.pk)
    upload.lot = lot
    return upload


# --- looking ----------------------------------------------------------------------------------------------------------
def missing(upload: EventUpload) -> list[int]:
    """Return the slots whose photos have not come yet."""
    there = {picture.slot for picture in upload.pictures.all()}
    return [one["slot"] for one in upload.photos if one["slot"] not in there]


def receipt(upload: EventUpload) -> dict[str, Any]:
    """Return what a phone is told of an event that arrived: the same each time, but for the photos still missing."""
    slots = missing(upload)
    code = {UploadStatus.STORED: "stored", UploadStatus.HELD: "held", UploadStatus.PUT_ASIDE: "put_aside"}
    return {
        "code": code[UploadStatus(upload.status)],
        "state": upload.status,
        "id": str(upload.pk),
        "received_at": upload.received_at.isoformat(),
        "event_state": "incomplete" if slots else "complete",
        "missing": slots,
        "flags": list(upload.flags),
        "offset_s": upload.offset_s,
    }


def undecided(lot: Lot) -> QuerySet[EventUpload]:
    """Return what a manager is asked about: held events and those that came too late, the oldest first."""
    return lot.uploads.filter(UNDECIDED).select_related("event").prefetch_related("pictures")


def aside(lot: Lot) -> QuerySet[EventUpload]:
    """Return what was put aside and still has its words, the oldest first."""
    return lot.uploads.filter(status=UploadStatus.PUT_ASIDE).exclude(words={}).prefetch_related("pictures")


def unfinished(lot: Lot) -> list[EventUpload]:
    """Return the uploads whose events keep the lot's dossier open: a manager must look, or a photo is missing.

    An event that was told again, rightly, keeps nothing open. One query.
    """
    told = lot.uploads.filter(status=UploadStatus.STORED, event__corrected_by=None).select_related("event")
    found = told.annotate(have=Count("pictures"))
    return [one for one in found if not one.is_told or one.have < len(one.photos)]
