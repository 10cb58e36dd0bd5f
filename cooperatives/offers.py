"""What goods cost this moment and how many are left: the moving part of every page of the shop, in one small query.

The rest of a card or a page stands still while its version does and is kept; this is asked each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from .models import SETS_LEFT


class Offer(NamedTuple):
    """``price``: what one unit costs now in whole đồng; ``regular``: what it costs otherwise, the same unless a
    special price is lower; ``left``: units a buyer can still have, never below zero; ``is_set``: it is sold as its
    parts, and they say how many are left."""

    price: Decimal
    regular: Decimal
    left: int
    is_set: bool = False

    @property
    def is_special(self) -> bool:
        return self.price < self.regular


def offers_of(products: Iterable[int]) -> dict[int, Offer]:
    """The offer of each of ``products`` (keys) that has a stock record, for somebody without a code.

    One query, none without products. The same prices as ``prices.price_of`` finds.
    """
    keys = ",".join(str(int(key)) for key in products)
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"{_OFFERS} IN ({keys})", open_now())
        return {
            product: Offer(
                Decimal(int(regular if special is None else special)), Decimal(int(regular)), max(0, left), bool(is_set)
            )
            for product, regular, left, is_set, special in cursor.fetchall()
        }  # fmt: skip


# What is left to sell of ``record``, a stock record of the query around it: a set has what its parts make. May be
# below zero after a loss.
UNITS_LEFT = f"""
    CASE WHEN record.is_set THEN COALESCE({SETS_LEFT.format(whole="record.id")}, 0)
         ELSE record.num_in_stock - record.num_allocated END"""


# The windows open now that undercut the regular price of ``record``, a stock record of the query around it, for
# somebody without a code. Takes ``open_now()``.
OPEN_WINDOWS = """
    FROM partner_pricewindow special
    WHERE special.stock_record_id = record.id AND special.starts_at <= %s AND special.ends_at > %s
      AND special.code = '' AND (special."limit" IS NULL OR special.taken < special."limit")
      AND special.price < record.price"""


def open_now() -> list[Any]:
    """What a query with ``OPEN_WINDOWS`` in it takes, for each time it stands there."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    return [now, now]


# Written out: building it anew for every page costs more than asking it.
_OFFERS = f"""
    SELECT record.product_id, record.price, {UNITS_LEFT}, record.is_set,
           (SELECT MIN(special.price) {OPEN_WINDOWS})
    FROM partner_stockrecord record
    WHERE record.product_id"""


def sold_out(products: Iterable[int]) -> set[int]:
    """Those of ``products`` (keys) of which no unit can be bought now; one query, none without products."""
    wanted = [int(key) for key in products]
    if not wanted:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f"{_IN_STOCK} ({','.join(map(str, wanted))})")
        return set(wanted) - {key for (key,) in cursor.fetchall()}


_IN_STOCK = f"SELECT product_id FROM partner_stockrecord record WHERE {UNITS_LEFT} > 0 AND product_id IN"
