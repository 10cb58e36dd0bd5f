"""What an officer sees of this floor, inside the own province, and what of it waits."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet

from cooperatives.access import Review
from cooperatives.models import Cooperative
from marketplace.foundation.nested import Rows

from .models import AlarmCase, EventUpload, FakeReport, Lot, Scan
from .statuses import AlarmStatus, ReportStatus, UploadStatus


def alarms(review: Review) -> QuerySet[AlarmCase]:
    """Codes that were scanned too often, closed cases too; those that are only watched are nobody's work."""
    found = AlarmCase.objects.exclude(status=AlarmStatus.WATCHED)
    return review.within(
        found.select_related("cooperative__stall", "code__lot__product"), "cooperative__province_code"
    )


def open_alarms(review: Review) -> QuerySet[AlarmCase]:
    """Those that somebody must look into."""
    return alarms(review).filter(status=AlarmStatus.OPEN)


def seen(case: AlarmCase) -> QuerySet[Scan]:
    """What was seen of the code of ``case``, the newest first; robots' looks left out."""
    return Scan.objects.filter(code=case.pk).exclude(device="").order_by("-at")


def reports(review: Review) -> QuerySet[FakeReport]:
    """What people reported as fake, closed reports too."""
    found = FakeReport.objects.select_related("cooperative__stall", "code__lot__product", "photo")
    return review.within(found, "cooperative__province_code")


def open_reports(review: Review) -> QuerySet[FakeReport]:
    """Those that somebody must look into."""
    return reports(review).filter(status=ReportStatus.OPEN)


# What a manager is asked about: events that came for a closed lot, and those in the book that came too late.
UNDECIDED = Q(status=UploadStatus.HELD) | Q(status=UploadStatus.STORED, is_told=False)


def open_at(cooperative: Cooperative) -> tuple[int, int, list[list[Any]]]:
    """Return what waits at one cooperative: how many alarms, how many reports of fakes, and key and number of the lots
    (the five newest) with events that the director decides; one query."""
    of_lots = EventUpload.objects.filter(UNDECIDED, lot__cooperative=OuterRef(OuterRef("pk"))).values("lot")
    asked = Lot.objects.filter(pk__in=of_lots).order_by("-pk")[:5]
    waiting = Cooperative.objects.filter(pk=cooperative.pk).annotate(
        copied=Count("alarms", filter=Q(alarms__status=AlarmStatus.OPEN), distinct=True),
        reported=Count("fake_reports", filter=Q(fake_reports__status=ReportStatus.OPEN), distinct=True),
        undecided=Rows(asked, "pk", "number"),
    )
    return waiting.values_list("copied", "reported", "undecided").get()
