"""What goods cost this moment and how many are left: the moving part of every page of the shop, in one small query.

The rest of a card or a page stands still while its version does and is kept; this is asked each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from .models import SETS_LEFT


class Offer(NamedTuple):
    """``price``: what one unit costs now in whole đồng; ``was``: the old price that may be shown beside it, None
    without one; ``left``: units a buyer can still have, never below zero; ``until``: when a special price ends;
    ``is_set``: it is sold as its parts, and they say how many are left."""

    price: Decimal
    was: Decimal | None
    left: int
    until: datetime | None = None
    is_set: bool = False


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
                Decimal(int(price)), was if was is None else Decimal(int(was)), max(0, left), _moment(until),
                bool(is_set),
            )
            for product, price, was, left, until, is_set in cursor.fetchall()
        }  # fmt: skip


def _moment(value: datetime | None) -> datetime | None:
    """A moment as the driver gives it: SQLite knows no zones and keeps UTC."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


# What is left to sell of ``record``, a stock record of the query around it: a set has what its parts make. May be
# below zero after a loss.
UNITS_LEFT = f"""
    CASE WHEN record.is_set THEN COALESCE({SETS_LEFT.format(whole="record.id")}, 0)
         ELSE record.num_in_stock - record.num_allocated END"""


# Joins ``special``, the lowest window open now that undercuts the regular price of ``record``, a stock record of the
# query around it, for somebody without a code. Takes ``open_now()``.
LOWEST_WINDOW = """
    LEFT JOIN partner_pricewindow special ON special.id = (
        SELECT open.id FROM partner_pricewindow open
        WHERE open.stock_record_id = record.id AND open.starts_at <= %s AND open.ends_at > %s
          AND open.code = '' AND (open."limit" IS NULL OR open.taken < open."limit") AND open.price < record.price
        ORDER BY open.price, open.id LIMIT 1)"""


def open_now() -> list[Any]:
    """What a query with ``LOWEST_WINDOW`` in it takes."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    return [now, now]


# Written out: building it anew for every page costs more than asking it.
_OFFERS = f"""
    SELECT record.product_id, COALESCE(special.price, record.price), special.old_price, {UNITS_LEFT},
           special.ends_at, record.is_set
    FROM partner_stockrecord record {LOWEST_WINDOW}
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
