"""What stands on the papers of an order: contract, packing list, delivery note, receipt. Reads only.

Screen, printer and PDF show the same template; what it says is worked out here, from rows that do not change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet

from cooperatives.models import Cooperative
from traceability.models import Lot

from . import fulfilment, inbox, picking, progress
from .models import Line, Order, Parcel, Payment, Refund
from .statuses import OrderStatus, PaymentStatus, RefundStatus

ORDERS_ON_A_LIST = 40  # a packing list of so many is a few pages; the next ones stand on the next list
PAID = {PaymentStatus.RECEIVED, PaymentStatus.REFUNDED}


@dataclass(frozen=True)
class Contract:
    """What buyer and cooperative agreed on when an order was placed, and apart from it how it stands today."""

    order: Order
    lines: list[Line]
    today: progress.OrderView

    @property
    def goods(self) -> Decimal:
        """What the goods cost as placed, before a voucher took its share off."""
        order = self.order
        return Decimal(order.total_incl_tax - order.shipping_incl_tax + order.voucher_share)

    @property
    def tax(self) -> Decimal:
        """The VAT inside the price, where the cooperative named a rate; else 0."""
        return Decimal(self.order.total_incl_tax - self.order.total_excl_tax)

    @property
    def has_changed(self) -> bool:
        """Whether the order ended, or costs another sum than was agreed."""
        return bool(self.order.reduced) or not self.today.is_alive


def contract(order: Order) -> Contract:
    """Return the contract of one order whose relations were prefetched; asks nothing more."""
    lines = sorted(order.lines.all(), key=lambda line: line.pk)
    return Contract(order, lines, progress.OrderView(order))


@dataclass(frozen=True)
class Receipt:
    """The money of one order that the cooperative has: what it received, less what it sent back."""

    order: Order
    payment: Payment
    sent_back: list[Refund]
    owed: Decimal

    @property
    def kept(self) -> Decimal:
        """What is paid for the order as it stands today."""
        return Decimal(self.payment.amount - sum(refund.amount for refund in self.sent_back))


def receipt(order: Order) -> Receipt | None:
    """Return the receipt of an order; None until its money was received. At most one query."""
    payment = order.payment
    if payment.status not in PAID:
        return None
    refunds = list(payment.refunds.all())
    sent = [refund for refund in refunds if refund.status == RefundStatus.SENT]
    owed = sum((refund.amount for refund in refunds if refund.status == RefundStatus.OWED), Decimal(0))
    return Receipt(order, payment, sent, owed)


@dataclass(frozen=True)
class DeliveryNote:
    """What is in one parcel, to whom it goes, what is to be collected for it."""

    order: Order
    parcel: Parcel
    place: int  # the first, second … parcel of its order
    contents: list[progress.InParcel]
    collect: Decimal


def delivery_note(order: Order, parcel: Parcel) -> DeliveryNote:
    """Return the paper that travels with a parcel; reads what ``order`` had prefetched and what is to be collected."""
    place = [one.pk for one in order.parcels.all()].index(parcel.pk) + 1
    collect = fulfilment.to_collect(order, parcel)
    return DeliveryNote(order, parcel, place, progress.contents(parcel), collect)


@dataclass
class ToFetch:
    """How much of one product to take from the store for all orders of a list, lot by lot."""

    line: Line  # any of its lines: name, unit
    units: int = 0
    lots: dict[Lot | None, int] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """Units that no lot on the shelf can fill."""
        return self.units - sum(self.lots.values())


@dataclass(frozen=True)
class PackingList:
    """What to take from the store, and what goes into which order."""

    goods: list[ToFetch]
    orders: list[tuple[Order, list[picking.Suggestion]]]


def to_pack(cooperative: Cooperative) -> QuerySet[Order]:
    """Return the orders that may be packed now, oldest first: confirmed, and not waiting for a transfer."""
    orders = cooperative.orders.filter(status=OrderStatus.CONFIRMED).exclude(inbox.MONEY_WAITS)
    return orders.select_related("payment").order_by("pk")


def packing_list(earlier: Iterable[Order], orders: Iterable[Order]) -> PackingList:
    """Return the packing list of ``orders``; lots go to the ``earlier`` ones first. Five queries for any number."""
    earlier, orders = list(earlier), list(orders)
    places = {order.pk: place for place, order in enumerate([*earlier, *orders])}
    lines = Line.objects.filter(order__in=places).select_related("product").order_by("pk")
    in_order = sorted(lines, key=lambda line: (places[line.order_id], line.pk))
    of_order: dict[int, list[picking.Suggestion]] = {order.pk: [] for order in orders}
    goods: dict[int, ToFetch] = {}
    for suggestion in picking.suggest_for(in_order):
        line = suggestion.line
        if line.order_id not in of_order:
            continue
        of_order[line.order_id].append(suggestion)
        fetch = goods.setdefault(line.stockrecord_id, ToFetch(line))
        fetch.units += line.num_open
        for option, take in suggestion.options:
            if take:
                fetch.lots[option.lot] = fetch.lots.get(option.lot, 0) + take
    by_name = sorted(goods.values(), key=lambda one: (one.line.title, one.line.pk))
    return PackingList(by_name, [(order, of_order[order.pk]) for order in orders])
