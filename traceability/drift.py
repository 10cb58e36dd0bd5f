"""Lots whose shares do not fit the stock they are shares of; for the nightly recount."""

from __future__ import annotations

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from cooperatives.drift import Drift
from cooperatives.models import DriftKind, MovementKind, StockMovement, StockRecord

from .models import Lot


def of_shares() -> list[Drift]:
    """Return every movement that its lots share in beyond what it moved, or the other way; one query.

    A movement between lots moves nothing: there the balances of its lots tell.
    """
    rows = (
        StockMovement.objects.exclude(kind=MovementKind.MOVED)
        .annotate(shared=Sum("lot_shares__quantity"))
        .filter(
            Q(quantity__gt=0) & (Q(shared__lt=0) | Q(shared__gt=F("quantity")))
            | Q(quantity__lt=0) & (Q(shared__gt=0) | Q(shared__lt=F("quantity")))
        )
        .order_by("pk")
        .values_list("stock_record_id", "pk", "quantity", "shared")
    )
    return [
        Drift(key, DriftKind.SHARES, quantity, shared, f"movement {pk}") for key, pk, quantity, shared in rows
    ]


def of_lots() -> list[Drift]:
    """Return lots below zero, and stock records of which lots claim more than there is; two queries."""
    below = (
        Lot.objects.annotate(left=Sum("shares__quantity"), record=F("product__stockrecords"))
        .filter(left__lt=0)
        .order_by("pk")
        .values_list("record", "number", "left")
    )
    claimed = (
        StockRecord.objects.annotate(claimed=Coalesce(Sum("movements__lot_shares__quantity"), 0))
        .filter(claimed__gt=F("num_in_stock"))
        .order_by("pk")
        .values_list("pk", "num_in_stock", "claimed")
    )
    return [Drift(key, DriftKind.LOTS, 0, left, f"lot {number}") for key, number, left in below] + [
        Drift(key, DriftKind.LOTS, written, summed) for key, written, summed in claimed
    ]
