"""The recount: every counter of the stock against the rows it is made of, for all cooperatives. Mends nothing."""

from __future__ import annotations

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from cooperatives import drift
from cooperatives.drift import Drift
from cooperatives.models import DriftKind, StockRecord
from traceability import drift as lot_drift


def recount() -> list[Drift]:
    """Compare, report what differs (a row and a line of the log each) and return it; five queries and one write."""
    found = [*drift.of_movements(), *of_holds(), *lot_drift.of_shares(), *lot_drift.of_lots()]
    drift.report(found)
    return found


def of_holds() -> list[Drift]:
    """Return every stock record whose ``num_allocated`` is not what lines have open and packed; one query."""
    rows = (
        StockRecord.objects.annotate(
            summed=Coalesce(Sum(F("line__quantity") - F("line__num_shipped") - F("line__num_cancelled")), 0)
        )
        .exclude(num_allocated=F("summed"))
        .order_by("pk")
        .values_list("pk", "num_allocated", "summed")
    )
    return [Drift(key, DriftKind.HOLDS, written, summed) for key, written, summed in rows]
