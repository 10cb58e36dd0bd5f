"""What waits for a cooperative: today's numbers and its lists of orders. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from cooperatives.models import Cooperative, units_left

from .cases import complaints, returns
from .incoming import transfers
from .models import Order, Refund
from .statuses import OrderStatus, PaymentMethod, PaymentStatus, RefundStatus

MONEY_WAITS = Q(
    payment__method=PaymentMethod.VIETQR,
    payment__status__in=[PaymentStatus.WAITING, PaymentStatus.CLAIMED, PaymentStatus.SHORT],
) | Q(
    payment__method=PaymentMethod.COD,
    payment__status=PaymentStatus.ON_DELIVERY,
    status=OrderStatus.DELIVERED,
)
# Asked as EXISTS: an order with several refunds is still one order.
OWES = Q(Exists(Refund.objects.filter(payment__order=OuterRef("pk"), status=RefundStatus.OWED)))
FILTERS = {
    "cho": Q(status=OrderStatus.PLACED),
    "goi": Q(status=OrderStatus.CONFIRMED),
    "gui": Q(status=OrderStatus.PACKED),
    "di": Q(status=OrderStatus.SHIPPED),
    "tien": MONEY_WAITS & ~Q(status=OrderStatus.CANCELLED),
    "tra": OWES,
    "xong": Q(status=OrderStatus.DELIVERED),
    "ve": Q(status=OrderStatus.RETURNED),
    "huy": Q(status=OrderStatus.CANCELLED),
}


@dataclass(frozen=True)
class Today:
    """The numbers of the desk's first page."""

    to_confirm: int
    to_pack: int
    to_ship: int
    money_waited_for: int
    to_send_back: int
    transfers_open: int
    low_stock: int
    cases: int


def orders_of(cooperative: Cooperative, which: str = "") -> QuerySet[Order]:
    """Return a cooperative's orders (one of FILTERS, or all), newest first, with what a list row shows."""
    orders = cooperative.orders.select_related("payment", "purchase").prefetch_related("lines")
    return orders.filter(FILTERS[which]).order_by("-pk") if which in FILTERS else orders.order_by("-pk")


def today(cooperative: Cooperative) -> Today:
    """Count what waits, in a fixed number of queries."""
    counts = cooperative.orders.aggregate(
        to_confirm=Count("pk", filter=FILTERS["cho"]),
        to_pack=Count("pk", filter=FILTERS["goi"]),
        to_ship=Count("pk", filter=FILTERS["gui"]),
        money_waited_for=Count("pk", filter=FILTERS["tien"]),
        to_send_back=Count("pk", filter=FILTERS["tra"]),
    )
    return Today(
        **counts,
        transfers_open=transfers.counts(cooperative)["can-xem"],
        low_stock=low_stock(cooperative).count(),
        cases=returns.waiting(cooperative) + complaints.waiting(cooperative),
    )


def low_stock(cooperative: Cooperative) -> QuerySet:
    """Return stock records of goods on the shelf with less left than their threshold."""
    return (
        cooperative.stockrecords.filter(product__status="approved", product__removed_at__isnull=True)
        .annotate(left=units_left())
        .filter(left__lt=F("low_stock_threshold"))
        .select_related("product")
        .order_by("left")
    )


def counts(cooperative: Cooperative) -> dict[str, int]:
    """Return how many orders stand under each filter, in one query."""
    return cooperative.orders.aggregate(**{name: Count("pk", filter=rule) for name, rule in FILTERS.items()})
