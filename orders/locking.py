"""Locks of the third floor, spelled once: order, then its payment, then stock rows in key order."""

from __future__ import annotations

from cooperatives.models import StockRecord

from .models import Order, Payment


def lock_order(pk: int) -> Order:
    """Lock one order until the transaction ends and return it as it is now."""
    return (
        Order.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cooperative", "purchase")
        .get(pk=pk)
    )


def lock_payment(order_pk: int) -> tuple[Order, Payment]:
    """Lock an order and its payment, in that order."""
    order = lock_order(order_pk)
    return order, Payment.objects.select_for_update(no_key=True).get(order_id=order_pk)


def lock_stock(pks: list[int]) -> None:
    """Lock stock rows in key order; picks and sales of one product pass one at a time."""
    list(
        StockRecord.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk")
    )
