"""A lot's events as the journey component draws them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from traceability.models import TraceEvent


def road(told: list[TraceEvent]) -> list[dict[str, Any]]:
    """Return title, on, detail and note of each event, in order; a correction says so."""
    return [
        {
            "title": event.get_kind_display(),
            "on": event.occurred_on,
            "detail": _detail(event),
            "note": _note(event),
        }
        for event in told
    ]


def _detail(event: TraceEvent) -> str:
    n = event.households
    households = ngettext("%(n)d hộ", "%(n)d hộ", n) % {"n": n} if n else ""
    return " · ".join(filter(None, [households, event.place, event.quantity]))


def _note(event: TraceEvent) -> str:
    if event.is_erased:
        return _("Nội dung đã được xoá theo yêu cầu.")
    if not event.corrects_id:
        return event.note
    mended = _("Ghi lại cho đúng vào ngày %(day)s.") % {
        "day": f"{timezone.localtime(event.recorded_at):%d/%m/%Y}"
    }
    return f"{event.note} {mended}" if event.note else mended
