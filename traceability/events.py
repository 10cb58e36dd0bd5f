"""What happened to a lot: facts that are only ever added; a mistake is mended by a new fact that names the old one."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.ids import new_id
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from . import codes, log, lots, photos
from .models import EventUpload, Lot, TraceEvent
from .statuses import OF_RECALLS, TraceKind

MOST_HOUSEHOLDS = 100_000


class EventRefused(Refusal):
    """The event cannot be true, or its id already tells another story."""

    code = "event_refused"


def record(
    lot: Lot,
    kind: str,
    *,
    occurred_on: dt.date,
    place: str,
    by: Actor,
    households: int | None = None,
    quantity: str = "",
    note: str = "",
    event_id: uuid.UUID | None = None,
    device_at: dt.datetime | None = None,
    is_told: bool = True,
) -> TraceEvent:
    """Write that ``kind`` happened to ``lot`` at ``place`` on ``occurred_on``; return the event.

    ``event_id`` is made by whoever fills in the form: the same event sent twice is written once, another event
    under the same id is refused. ``quantity`` is free text ("1.200 gói"). ``is_told`` False: what follows from the
    event (the lot's day of packing, its codes on goods) waits for ``tell``.
    Raises EventRefused for a day to come, a missing place and an id that is taken: ``conflict`` by other words,
    ``id_in_use`` in another cooperative.
    """
    values = check(
        lot, kind, occurred_on=occurred_on, place=place, households=households, quantity=quantity, note=note
    )
    return _write(lot, values, None, event_id=event_id, device_at=device_at, is_told=is_told, by=by)


def record_making(
    lot: Lot,
    *,
    occurred_on: dt.date,
    place: str,
    quantity: str,
    note: str,
    event_id: uuid.UUID | None,
    by: Actor,
) -> TraceEvent:
    """Write that ``lot`` was made of other lots, which ``note`` names; only ``making`` does, with the ledger."""
    values = _checked(lot, TraceKind.MADE_FROM, occurred_on, place, None, quantity, note)
    return _write(lot, values, None, event_id=event_id, device_at=None, by=by)


def correct(
    event: TraceEvent,
    *,
    occurred_on: dt.date,
    place: str,
    by: Actor,
    kind: str | None = None,
    households: int | None = None,
    quantity: str = "",
    note: str = "",
    event_id: uuid.UUID | None = None,
    device_at: dt.datetime | None = None,
    is_told: bool = True,
) -> TraceEvent:
    """Write what truly happened instead of ``event``; the old event stays and the new one names it.

    Idempotent like ``record``. Raises EventRefused ``not_latest`` when the event was corrected before; its details
    name the ``latest`` one, which may be corrected. What the stock ledger stands behind is not corrected by itself.
    """
    kind = kind or event.kind
    values = check(
        event.lot,
        kind,
        occurred_on=occurred_on,
        place=place,
        households=households,
        quantity=quantity,
        note=note,
        corrects=event,
    )
    return _write(event.lot, values, event, event_id=event_id, device_at=device_at, is_told=is_told, by=by)


def blank(upload: EventUpload) -> None:
    """Take the words, photos and writer of a locked upload away for good."""
    # Without a salt the hash of a few words can be guessed, and so can that of a photo somebody has.
    upload.words, upload.body_hash, upload.photos, upload.decided_why = {}, "", [], ""
    upload.by_user, upload.by_label, upload.by_for = None, "", ""
    upload.save()
    photos.remove_all(upload)


def check(
    lot: Lot,
    kind: str,
    *,
    occurred_on: dt.date,
    place: str,
    households: int | None,
    quantity: str,
    note: str,
    corrects: TraceEvent | None = None,
) -> dict[str, Any]:
    """Return the words as they would be written, by ``record`` or in place of ``corrects``; writes nothing.

    Raises EventRefused like those two, but for an id that is taken and what only writing shows.
    """
    if corrects is None and kind == TraceKind.MADE_FROM:
        raise EventRefused(_("Hãy chọn việc đã làm."), field="kind")
    if corrects is not None and TraceKind.MADE_FROM in (corrects.kind, kind):
        raise EventRefused(_("Việc này ghi cùng sổ kho, không sửa riêng được. Hãy ghi thêm một việc nói rõ."))
    if corrects is not None and corrects.kind in OF_RECALLS:
        raise EventRefused(_("Việc thu hồi do sổ thu hồi ghi, không sửa ở đây."), code="of_recall")
    return _checked(lot, kind, occurred_on, place, households, quantity, note)


def tell(event: TraceEvent, *, by: Actor) -> None:
    """Let follow from ``event`` what waited until a manager had looked. Call it in the transaction that says so."""
    _follow(event.lot, event.kind, event.occurred_on, by)
    lots.touch(event.lot)


def record_recall(lot: Lot, kind: TraceKind, *, note: str, by: Actor) -> TraceEvent:
    """Write into the story of ``lot`` that it was recalled today, or that its recall was lifted."""
    values = {
        "kind": kind.value,
        "occurred_on": timezone.localdate(),
        "place": lot.cooperative.place[:160],
        "households": None,
        "quantity": "",
        "note": clean(note)[:300],
    }
    return _write(lot, values, None, event_id=None, device_at=None, by=by)


def erase(event: TraceEvent, *, reason: str, by: Actor) -> None:
    """Take the words of ``event``, and who wrote it, out of the database for good; kind, day and lot stay.

    For a person's demand under the law on personal data. The log keeps its line, which tells nothing without the
    nonce, and gets another one that says that it was erased. Its photos go too, and the hash of what the phone sent.
    Locks the lot and the event. Raises EventRefused without a reason and for an event that was erased before.
    """
    reason = clean(reason)
    if not reason:
        raise EventRefused(_("Hãy ghi lý do."), field="reason")
    with transaction.atomic():
        lots.locked(event.lot)
        kept: QuerySet[TraceEvent] = QuerySet(TraceEvent).select_for_update(of=("self",)).filter(pk=event.pk)
        event = kept.select_related("lot__product").get()
        if event.is_erased:
            raise EventRefused(_("Việc này đã được xoá nội dung."))
        log.write_erased(event)
        nothing = {"place": "", "households": None, "quantity": "", "note": "", "nonce": b""}
        kept.update(**nothing, by_user=None, by_label="", by_for="")
        for upload in EventUpload.objects.select_for_update(no_key=True).filter(event=event):
            blank(upload)
        audit.record("lot.event_erased", event.lot, by=by, event=str(event.pk), reason=reason)
        lots.touch(event.lot)


def _checked(
    lot: Lot, kind: str, occurred_on: dt.date, place: str, households: int | None, quantity: str, note: str
) -> dict[str, Any]:
    if kind not in TraceKind.values or kind in OF_RECALLS:
        raise EventRefused(_("Hãy chọn việc đã làm."), field="kind")
    if occurred_on > timezone.localdate():
        raise EventRefused(_("Ngày này chưa đến."), field="occurred_on")
    if occurred_on.year < 2000:
        raise EventRefused(_("Ngày này xa quá. Xin xem lại năm."), field="occurred_on")
    values = {"place": clean(place), "quantity": clean(quantity), "note": clean(note)}
    for field, limit in (("place", 160), ("quantity", 60), ("note", 300)):
        if len(values[field]) > limit:
            raise EventRefused(_("Chỗ này dài quá."), field=field)
    if not values["place"]:
        raise EventRefused(_("Hãy ghi nơi làm việc này."), field="place")
    if households is not None and not 1 <= households <= MOST_HOUSEHOLDS:
        raise EventRefused(_("Số hộ chưa đúng."), field="households")
    return {"kind": str(kind), "occurred_on": occurred_on, "households": households, **values}


def _write(
    lot: Lot,
    values: dict[str, Any],
    corrects: TraceEvent | None,
    *,
    event_id: uuid.UUID | None,
    device_at: dt.datetime | None,
    by: Actor,
    is_told: bool = True,
) -> TraceEvent:
    event_id = event_id or new_id()
    event = TraceEvent(
        id=event_id,
        lot=lot,
        corrects=corrects,
        device_at=device_at,
        nonce=secrets.token_bytes(16),
        **values,
        **signed(by),
    )
    try:
        with transaction.atomic():
            event.save(force_insert=True)
            log.promise(event)
            if corrects is None:
                audit.record("lot.event", lot, by=by, event=str(event_id), kind=values["kind"])
            else:
                old = str(corrects.pk)
                audit.record("lot.event_corrected", lot, by=by, event=str(event_id), corrects=old)
            if is_told:
                _follow(lot, values["kind"], values["occurred_on"], by)
            lots.touch(lot)
            return event
    except IntegrityError:
        sent_before = TraceEvent.objects.filter(pk=event_id).first()
        if sent_before is None:
            raise not_latest(corrects) from None
        sent = {**values, "device_at": device_at, "corrects_id": corrects and corrects.pk, "lot_id": lot.pk}
        if all(getattr(sent_before, field) == value for field, value in sent.items()):
            return sent_before
        raise taken_id(is_ours=sent_before.lot.cooperative_id == lot.cooperative_id) from None


def _follow(lot: Lot, kind: str, on: dt.date, by: Actor) -> None:
    if kind == TraceKind.PACKED:
        Lot.objects.filter(pk=lot.pk, packed_on__isnull=True, made_on__lte=on).update(packed_on=on)
        codes.activate_packed(lot, by=by)


def taken_id(*, is_ours: bool) -> EventRefused:
    """The refusal of an event whose id tells another story already; whose, if not ours, is nobody's business."""
    text = _("Việc này đã được ghi với nội dung khác. Xin mở lại trang rồi ghi lần nữa.")
    return EventRefused(text, code="conflict" if is_ours else "id_in_use")


def not_latest(corrected: TraceEvent | None) -> EventRefused:
    """The refusal of a correction of ``corrected``, which was corrected before; its details name the ``latest``."""
    latest = str(newest_of(corrected).pk) if corrected else ""
    text = _("Việc này đã có người sửa. Xin xem lại bản mới nhất.")
    return EventRefused(text, code="not_latest", details={"latest": latest})


def newest_of(event: TraceEvent) -> TraceEvent:
    """The last correction of ``event``, of its correction, and so on."""
    while newer := TraceEvent.objects.filter(corrects=event).first():
        event = newer
    return event


def journey(lot: Lot, *, untold: bool = False) -> list[TraceEvent]:
    """Return the lot's events in the order they happened, each corrected one replaced by its newest correction.

    One query. ``event.corrects_id`` tells that an event is a correction, ``event.photo_rows`` holds what
    ``photos.shown`` reads. ``untold``: those too that wait until a manager has looked, for the desk alone.
    """
    told = [
        event
        for event in lot.events.select_related("upload").annotate(photo_rows=photos.column())
        if untold or is_told(event)
    ]
    replaced = {event.corrects_id for event in told if event.corrects_id}
    return [event for event in told if event.pk not in replaced]


def is_told(event: TraceEvent) -> bool:
    """Whether anybody but the cooperative may read ``event``."""
    upload = getattr(event, "upload", None)
    return upload is None or upload.is_told
