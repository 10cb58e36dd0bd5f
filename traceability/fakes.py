"""Somebody says that goods are fake: anybody may, without a name; an officer looks and says what was found."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives import papers
from cooperatives.models import PaperKind
from marketplace.accounts import audit
from marketplace.foundation.actor import Actor
from marketplace.foundation.cache import is_too_often
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from . import notices
from .models import FakeReport, TraceCode
from .statuses import REPORT_MOVES, ReportStatus

MOST_OF_A_DEVICE, AN_HOUR = 5, 3600
LEAST = 10  # letters


class ReportRefused(Refusal):
    """A report may not be sent or closed that way."""

    code = "report_refused"


@transaction.atomic
def report(
    code: TraceCode, *, words: str, bought_at: str = "", photo: Any = None, device: str, by: Actor
) -> FakeReport:
    """Keep what somebody saw and write to the cooperative; ``photo`` is an upload, kept in private.

    The same words of the same device while they wait are the same report. Locks the code. Raises ReportRefused below
    ten letters and for a device's sixth report within an hour, UnreadablePaper for what is no picture.
    """
    words = clean(words, multiline=True)
    if len(words) < LEAST:
        raise ReportRefused(_("Hãy kể rõ hơn một chút: bạn thấy gì khác?"), field="words")
    code = TraceCode.objects.select_for_update(of=("self",), no_key=True).get(pk=code.pk)
    said = {"words": words, "device": device, "status": ReportStatus.OPEN}
    again = code.fake_reports.filter(**said).first()
    if again is not None:
        return again
    if is_too_often(f"fakes:{device}", MOST_OF_A_DEVICE, AN_HOUR):
        too_often = _("Máy này vừa báo nhiều lần. Xin đợi một giờ, hoặc gọi hợp tác xã.")
        raise ReportRefused(too_often, field="words")
    cooperative = code.lot.cooperative
    kept = papers.keep(photo, kind=PaperKind.FAKE, cooperative=cooperative, by=by) if photo else None
    made = FakeReport.objects.create(
        code=code, cooperative=cooperative, bought_at=clean(bought_at), photo=kept, **said
    )
    audit.record("fake.report", made, by=by, code=code.pk)
    notices.fake_reported(made)
    return made


@transaction.atomic
def close(report: FakeReport, status: ReportStatus, *, finding: str, by: Actor) -> FakeReport:
    """Say what was found of a report. Locks it.

    Raises ReportRefused without a finding of ten letters, IllegalMove for one that is closed.
    """
    finding = clean(finding, multiline=True)
    if len(finding) < LEAST:
        raise ReportRefused(_("Hãy ghi rõ đã xem gì, thấy gì."), field="finding")
    report = FakeReport.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
    move_report(report, status)
    report.finding, report.closed_at = finding, timezone.now()
    report.save(update_fields=["finding", "closed_at"])
    audit.record("fake.close", report, by=by, status=str(status), finding=finding)
    return report


def move_report(report: FakeReport, status: ReportStatus) -> None:
    """Give a locked report its next status. Raises IllegalMove when the table has no such move."""
    REPORT_MOVES.check(ReportStatus(report.status), status)
    report.status = status
    report.save(update_fields=["status"])
