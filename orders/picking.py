"""Which lots can fill an order: first-expired-first, what packed parcels hold taken off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from cooperatives.models import StockRecord
from traceability import lots
from traceability.models import Lot, LotShare

from .models import Line, Order, Pick
from .statuses import ParcelStatus


@dataclass(frozen=True)
class LotLeft:
    """A lot (None = không theo lô) and how many units of it are free to pick."""

    lot: Lot | None
    left: int


@dataclass(frozen=True)
class Suggestion:
    """What a packer is offered for one line: the lots to choose from, and how many to take of each."""

    line: Line
    options: list[tuple[LotLeft, int]]


def left_by_lot(stock_record_ids: list[int]) -> dict[tuple[int, int | None], int]:
    """Return units free to pick as (stock record, lot or None) → units; three queries for any number of records.

    A lot's units are the sum of its shares less what packed, unshipped picks hold. What no lot claims of the stock
    stands under None.
    """
    left: dict[tuple[int, int | None], int] = defaultdict(int)
    shares = (
        LotShare.objects.filter(movement__stock_record_id__in=stock_record_ids)
        .values_list("movement__stock_record_id", "lot_id")
        .annotate(n=Sum("quantity"))
    )
    claimed: dict[int, int] = defaultdict(int)
    for record_id, lot_id, n in shares:
        left[record_id, lot_id] += n
        claimed[record_id] += n
    in_stock = StockRecord.objects.filter(pk__in=stock_record_ids).values_list("pk", "num_in_stock")
    for record_id, n in in_stock:
        left[record_id, None] = max(0, n - claimed[record_id])
    packed = (
        Pick.objects.filter(line__stockrecord_id__in=stock_record_ids, parcel__status=ParcelStatus.PACKED)
        .values_list("line__stockrecord_id", "lot_id")
        .annotate(n=Sum("quantity"))
    )
    for record_id, lot_id, n in packed:
        left[record_id, lot_id] -= n
    return left


def suggest_picks(order: Order) -> list[Suggestion]:
    """Return what ``suggest_for`` says of the order's lines."""
    return suggest_for(list(order.lines.select_related("product").order_by("pk")))


def suggest_for(lines: Iterable[Line]) -> list[Suggestion]:
    """Return, per line with open units, the lots that may fill it, first-expired-first, and how many to take of each.

    Recalled and expired lots are left out; goods of no lot come last. What an earlier line takes is not offered to
    a later one. Four queries for any number of lines.
    """
    lines = [line for line in lines if line.num_open]
    left = left_by_lot([line.stockrecord_id for line in lines])
    by_product: dict[int, list[Lot]] = defaultdict(list)
    for lot in lots.first_expired_first({line.product_id for line in lines}):
        by_product[lot.product_id].append(lot)
    suggestions = []
    for line in lines:
        if not line.has_stock:
            suggestions.append(Suggestion(line, [(LotLeft(None, line.num_open), line.num_open)]))
            continue
        wanted, options = line.num_open, []
        for choice in [*by_product[line.product_id], None]:
            key = (line.stockrecord_id, choice.pk if choice else None)
            free = left.get(key, 0)
            if free <= 0:
                continue
            take = min(free, wanted)
            wanted -= take
            left[key] = free - take
            options.append((LotLeft(choice, free), take))
        suggestions.append(Suggestion(line, options))
    return suggestions
