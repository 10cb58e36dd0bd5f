"""A lot's events as the journey component draws them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from traceability import photos
from traceability.models import EventUpload, TraceEvent
from traceability.statuses import TraceKind, UploadFlag


def road(told: list[TraceEvent]) -> list[dict[str, Any]]:
    """Return title, on, detail, note and photos of each event of a ``journey``, in order; a correction says so."""
    return [
        {
            "title": event.get_kind_display(),
            "on": event.occurred_on,
            "detail": _detail(event.households, event.place, event.quantity),
            "note": _note(event),
            "photos": _photos(event),
        }
        for event in told
    ]


def tags(event: TraceEvent) -> list[dict[str, str]]:
    """Return what the desk is told of an event that a phone sent: a kind of tag and its words."""
    upload: EventUpload | None = getattr(event, "upload", None)
    if upload is None:
        return []
    found = []
    have, wanted = len(event.photo_rows), len(upload.photos)  # a column of ``journey``
    if have < wanted:
        found.append(
            {"kind": "wait", "text": _("Còn thiếu ảnh: %(have)s/%(all)s") % {"have": have, "all": wanted}}
        )
    if upload.waits_for_look:
        found.append({"kind": "wait", "text": _("Giám đốc chưa xem, người mua chưa thấy")})
    return found + flags(upload)


def flags(upload: EventUpload) -> list[dict[str, str]]:
    """Return what was noticed when it came in, as tags."""
    shown = [UploadFlag.CLOCK_CORRECTED, UploadFlag.LATE, UploadFlag.DUPLICATE]
    return [{"kind": "", "text": str(flag.label)} for flag in shown if flag in upload.flags]


def asked_about(upload: EventUpload) -> dict[str, Any]:
    """Return an event that waits for a decision as the journey draws it: its words are in the book, or only held."""
    if upload.event is not None:
        said: dict[str, Any] = {field: getattr(upload.event, field) for field in _WORDS}
    else:
        said = {**upload.words, "occurred_on": dt.date.fromisoformat(upload.words["occurred_on"])}
    rows = [(picture.slot, picture.small.name, picture.file.name) for picture in upload.pictures.all()]
    title = str(TraceKind(said["kind"]).label)
    return {
        "title": title,
        "on": said["occurred_on"],
        "detail": _detail(said["households"], said["place"], said["quantity"]),
        "note": said["note"],
        "photos": _pictures(rows, title, said["occurred_on"]),
        "tags": flags(upload),
        "lacks": len(upload.photos) - len(rows),
    }


_WORDS = ("kind", "occurred_on", "place", "households", "quantity", "note")


def _photos(event: TraceEvent) -> list[dict[str, str]]:
    return _pictures(event.photo_rows, event.get_kind_display(), event.occurred_on)


def _pictures(rows: Any, title: str, on: dt.date) -> list[dict[str, str]]:
    words = {"what": title, "day": f"{on:%d/%m/%Y}"}
    return [
        {
            "small": picture.small,
            "whole": picture.whole,
            "alt": _("Ảnh %(n)s: %(what)s ngày %(day)s") % {**words, "n": n},
        }
        for n, picture in enumerate(photos.shown(rows), 1)
    ]


def _detail(households: int | None, place: str, quantity: str) -> str:
    n = households
    told = ngettext("%(n)d hộ", "%(n)d hộ", n) % {"n": n} if n else ""
    return " · ".join(filter(None, [told, place, quantity]))


def _note(event: TraceEvent) -> str:
    if event.is_erased:
        return _("Nội dung đã được xoá theo yêu cầu.")
    said = [event.note]
    upload: EventUpload | None = getattr(event, "upload", None)
    if upload is not None and upload.is_late:
        days = {"noted": _day(upload.event_at), "received": _day(upload.received_at)}
        said.append(_("Ghi trên máy ngày %(noted)s, chợ nhận ngày %(received)s.") % days)
    if event.corrects_id:
        said.append(_("Ghi lại cho đúng vào ngày %(day)s.") % {"day": _day(event.recorded_at)})
    return " ".join(filter(None, said))


def _day(at: dt.datetime) -> str:
    return f"{timezone.localtime(at):%d/%m/%Y}"
