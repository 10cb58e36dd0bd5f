"""Orders left short: a loss took more than was free, so a person must say which buyers wait, get less or get nothing.

Asked for when a page shows it, never stored: who is served first changes with every order that comes and goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import F, QuerySet

from cooperatives.models import StockMovement, StockRecord
from marketplace.foundation.models import Outbox
from marketplace.foundation.outbox import effect

from . import notices
from .models import Line, Order


@dataclass(frozen=True)
class Shortfall:
    """A stock record with less in stock than orders hold; ``orders``: who goes short, and of how many units."""

    record: StockRecord
    orders: list[tuple[Order, int]] = field(default_factory=list)

    @property
    def missing(self) -> int:
        return self.record.num_allocated - self.record.num_in_stock


def held_lines() -> QuerySet[Line]:
    """Return the lines that hold stock."""
    return Line.objects.filter(num_allocated__gt=0)


def of(records: QuerySet[StockRecord]) -> list[Shortfall]:
    """Return which of ``records`` are short and for which orders; the order placed last goes short first.

    Two queries, one when nothing is short.
    """
    short = list(
        records.filter(num_in_stock__lt=F("num_allocated"))
        .select_related("product")
        .order_by("product__title", "pk")
    )
    if not short:
        return []
    waiting: dict[int, list[Line]] = defaultdict(list)
    lines = held_lines().filter(stockrecord__in=short).select_related("order").order_by("order_id", "pk")
    for line in lines:
        waiting[line.stockrecord_id].append(line)
    return [Shortfall(record, list(_unserved(record.num_in_stock, waiting[record.pk]))) for record in short]


def _unserved(left: int, lines: list[Line]) -> Iterator[tuple[Order, int]]:
    missing: dict[Order, int] = {}
    for line in lines:
        served = min(left, line.num_allocated)
        left -= served
        if served < line.num_allocated:
            missing[line.order] = missing.get(line.order, 0) + line.num_allocated - served
    return iter(missing.items())


@effect("stock_short", atomic=True)
def tell_of_loss(row: Outbox) -> None:
    """Write to the cooperative which orders a loss left short; nothing when the goods are there again."""
    movement = StockMovement.objects.select_related(
        "stock_record__product", "stock_record__partner__stall"
    ).get(pk=row.payload["movement"])
    for shortfall in of(StockRecord.objects.filter(pk=movement.stock_record_id)):
        notices.left_short(movement, shortfall.orders)
