"""What one cooperative's parcel costs: a flat fee, free from an amount on (both set on the stall)."""

from __future__ import annotations

from decimal import Decimal

from cooperatives.models import Stall


def parcel_fee(stall: Stall, goods_total: Decimal) -> Decimal:
    """Return the fee in whole đồng for a parcel with goods of ``goods_total``."""
    if stall.free_over is not None and goods_total >= stall.free_over:
        return Decimal(0)
    return stall.parcel_fee


def left_until_free(stall: Stall, goods_total: Decimal) -> Decimal | None:
    """Return how much more makes the parcel free, or None when it is free or never will be."""
    if stall.free_over is None or stall.parcel_fee == 0 or goods_total >= stall.free_over:
        return None
    return stall.free_over - goods_total
