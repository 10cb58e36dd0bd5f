"""An order as the buyer sees it: how far it is, in plain words, and which lot each thing came from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from traceability.models import Lot

from . import overdue
from .models import Line, Order, Parcel
from .statuses import ORDER_MOVES, OrderStatus, PaymentMethod, PaymentStatus

ROAD = [
    OrderStatus.PLACED,
    OrderStatus.CONFIRMED,
    OrderStatus.PACKED,
    OrderStatus.SHIPPED,
    OrderStatus.DELIVERED,
]


@dataclass(frozen=True)
class Step:
    """One stop of an order's road: its words, when it was reached (None: not yet), whether the order stands
    there now (a delivered one stands nowhere: all is done)."""

    text: str
    at: dt.datetime | None
    is_now: bool

    @property
    def state(self) -> str:
        return "now" if self.is_now else "done" if self.at else "next"


@dataclass(frozen=True)
class LotOfLine:
    """So many units of a line came from ``lot``; ``code`` opens its page."""

    quantity: int
    lot: Lot
    code: str


class OrderView:
    """Reads one order whose relations were prefetched by ``lookups.whole``; asks no query of its own."""

    def __init__(self, order: Order) -> None:
        self.order = order

    @property
    def payment(self) -> object:
        return self.order.payment

    @property
    def is_alive(self) -> bool:
        return self.order.status != OrderStatus.CANCELLED

    @property
    def may_cancel(self) -> bool:
        return OrderStatus.CANCELLED in ORDER_MOVES.after(OrderStatus(self.order.status))

    @property
    def money_is_next(self) -> bool:
        """True while the cooperative's next step is to see whether money came."""
        status, paid = self.order.status, self.order.payment.status
        if status == OrderStatus.CONFIRMED:
            return paid in {PaymentStatus.WAITING, PaymentStatus.CLAIMED, PaymentStatus.SHORT}
        return status == OrderStatus.DELIVERED and paid == PaymentStatus.ON_DELIVERY

    @property
    def answer_by(self) -> dt.datetime | None:
        """Until when the cooperative has to answer; None once it did."""
        return overdue.answer_by(self.order) if self.order.status == OrderStatus.PLACED else None

    @property
    def has_money(self) -> bool:
        """Whether money came or is said to be on its way: no clock ends such an order."""
        return overdue.has_money(self.order.payment)

    @property
    def wants_transfer(self) -> bool:
        """True while the buyer still has to send the money."""
        payment = self.order.payment
        return payment.method == PaymentMethod.VIETQR and payment.status in {
            PaymentStatus.WAITING,
            PaymentStatus.SHORT,
        }

    @cached_property
    def steps(self) -> list[Step]:
        """The road in plain words; a cancelled order has none."""
        words = {
            OrderStatus.PLACED: _("Đã đặt"),
            OrderStatus.CONFIRMED: _("Hợp tác xã đã xác nhận"),
            OrderStatus.PACKED: _("Đã đóng gói"),
            OrderStatus.SHIPPED: _("Đang giao"),
            OrderStatus.DELIVERED: _("Đã giao"),
        }
        if self.order.status not in words:
            return []
        reached = {change.new_status: change.date_created for change in self.order.status_changes.all()}
        here = ROAD.index(OrderStatus(self.order.status))
        return [
            Step(
                words[status],
                reached.get(status) if index <= here else None,
                index == here and status != OrderStatus.DELIVERED,
            )
            for index, status in enumerate(ROAD)
        ]

    @property
    def parcel(self) -> Parcel | None:
        return next(iter(self.order.parcels.all()), None)

    @cached_property
    def lines(self) -> list[tuple[Line, list[LotOfLine]]]:
        """Each line with the lots it was packed from; empty until then."""
        return [(line, lots_of(line)) for line in self.order.lines.all()]


def lots_of(line: Line) -> list[LotOfLine]:
    """Return which lots a line was packed from, with the code that opens each lot's page."""
    found = []
    for pick in line.picks.all():
        if pick.lot is not None:
            code = next(
                (
                    code.code
                    for code in pick.lot.codes.all()
                    if code.kind == "lot" and code.status == "active"
                ),
                "",
            )
            found.append(LotOfLine(pick.quantity, pick.lot, code))
    return found
