"""Drift: numbers that differ from the rows they are made of. Each floor asks for its own; this one keeps the report."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from .models import DriftKind, StockDrift, StockRecord

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drift:
    """``written`` stands in a counter or a movement of a stock record, ``summed`` is what the rows say."""

    stock_record_id: int
    kind: DriftKind
    written: int
    summed: int
    detail: str = ""

    def __str__(self) -> str:
        found = (
            f"stock record {self.stock_record_id}: {self.kind}: {self.written} written, {self.summed} summed"
        )
        return f"{found} ({self.detail})" if self.detail else found


def of_movements() -> list[Drift]:
    """Return every stock record whose ``num_in_stock`` is not the sum of its movements; one query."""
    rows = (
        StockRecord.objects.annotate(summed=Coalesce(Sum("movements__quantity"), 0))
        .exclude(num_in_stock=F("summed"))
        .order_by("pk")
        .values_list("pk", "num_in_stock", "summed")
    )
    return [Drift(key, DriftKind.MOVEMENTS, written, summed) for key, written, summed in rows]


def report(drifts: Iterable[Drift]) -> None:
    """Keep ``drifts`` as today's report and log each one as an error; found twice in a day it is kept once."""
    today, found = timezone.localdate(), list(drifts)
    for drift in found:
        logger.error("stock has drifted: %s", drift)
    StockDrift.objects.bulk_create(
        (
            StockDrift(
                stock_record_id=one.stock_record_id,
                kind=one.kind,
                detail=one.detail[:60],
                written=one.written,
                summed=one.summed,
                found_on=today,
            )
            for one in found
        ),
        ignore_conflicts=True,
    )


def reported_lately() -> int:
    """Return how many reports there are since yesterday; one query."""
    since = timezone.localdate() - dt.timedelta(days=1)
    return StockDrift.objects.filter(found_on__gte=since).count()
