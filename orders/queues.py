"""What an officer sees of this floor, inside the own province, and what of it waits."""

from __future__ import annotations

from django.db.models import QuerySet

from cooperatives.access import Review
from marketplace.foundation.models import CaseSide
from traceability.models import Recall
from traceability.statuses import RecallStatus

from .models import Complaint, Rating, ReturnCase, Voucher

PROVINCE = "order__cooperative__province_code"


def returns(review: Review) -> QuerySet[ReturnCase]:
    """Returns that came to the alliance: because nobody answered in time, or because the sides did not agree.

    Those that are closed stay to be read.
    """
    found = ReturnCase.objects.filter(escalated_at__isnull=False)
    return review.within(found.select_related("order__cooperative__stall"), PROVINCE)


def waiting_returns(review: Review) -> QuerySet[ReturnCase]:
    """Returns that are the alliance's turn."""
    return returns(review).filter(owner=CaseSide.OFFICER, closed_at=None)


def complaints(review: Review) -> QuerySet[Complaint]:
    """Complaints that came to the alliance, closed ones too."""
    found = Complaint.objects.filter(escalated_at__isnull=False)
    return review.within(found.select_related("order__cooperative__stall"), PROVINCE)


def waiting_complaints(review: Review) -> QuerySet[Complaint]:
    """Complaints that are the alliance's turn."""
    return complaints(review).filter(owner=CaseSide.OFFICER, closed_at=None)


def ratings(review: Review) -> QuerySet[Rating]:
    """What buyers said of the goods of the province's cooperatives, the newest first."""
    found = Rating.objects.select_related("product", "order__cooperative__stall")
    return review.within(found, PROVINCE)


def recalls(review: Review) -> QuerySet[Recall]:
    """Recalls of the province's cooperatives, the newest first."""
    found = Recall.objects.select_related("cooperative__stall")
    return review.within(found, "cooperative__province_code")


def standing_recalls(review: Review) -> QuerySet[Recall]:
    """Those that stand."""
    return recalls(review).filter(status=RecallStatus.STANDING)


def vouchers(review: Review) -> QuerySet[Voucher]:
    """The market-wide vouchers of this very office; the national one's are not a province's to end."""
    return Voucher.objects.filter(cooperative=None, province_code=review.province_code or "")
