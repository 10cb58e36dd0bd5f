"""An order as the buyer sees it: how far it is, in plain words, and which lot each thing came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from traceability import codes
from traceability.models import Lot
from traceability.statuses import LotStatus

from . import invoices, overdue
from .models import Invoice, InvoiceRequest, Line, Order, Parcel, Pick, Reduction, Refund
from .statuses import (
    ORDER_MOVES,
    OrderStatus,
    ParcelStatus,
    PaymentMethod,
    PaymentStatus,
    RefundStatus,
)

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


@dataclass(frozen=True)
class Recalled:
    """Goods of a recalled lot in an order; ``is_away``: they left, so the buyer has them or soon will."""

    title: str
    lot: Lot
    is_away: bool


class OrderView:
    """Reads one order whose relations were prefetched by ``lookups.whole``; asks no query of its own."""

    def __init__(self, order: Order) -> None:
        self.order = order

    @property
    def payment(self) -> object:
        return self.order.payment

    @property
    def wish(self) -> InvoiceRequest | None:
        """On whom the buyer wants an invoice made out."""
        return invoices.request_of(self.order)

    @property
    def invoice(self) -> Invoice | None:
        """The invoice that counts, once the cooperative wrote it in."""
        return invoices.in_force(self.wish)

    @property
    def is_alive(self) -> bool:
        return self.order.status not in {OrderStatus.CANCELLED, OrderStatus.RETURNED}

    @property
    def may_cancel(self) -> bool:
        may_end = OrderStatus.CANCELLED in ORDER_MOVES.after(OrderStatus(self.order.status))
        return may_end and not any(parcel.status != ParcelStatus.PACKED for parcel in self.parcels)

    @property
    def may_cancel_by_buyer(self) -> bool:
        """True until somebody packs (``cancelling.cancel_by_buyer``)."""
        return self.order.status in {OrderStatus.PLACED, OrderStatus.CONFIRMED} and not self.parcels

    @property
    def may_cut(self) -> bool:
        """True while something is still to be packed and could be taken off without ending the order."""
        units = sum(line.num_open for line in self.order.lines.all())
        return self.order.status in {OrderStatus.PLACED, OrderStatus.CONFIRMED} and (
            units > 1 or bool(units and self.parcels)
        )

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
            OrderStatus.RETURNED: _("Hàng hoàn về"),
        }
        if self.order.status not in words:
            return []
        road = ROAD if self.order.status != OrderStatus.RETURNED else [*ROAD[:-1], OrderStatus.RETURNED]
        reached = {change.new_status: change.date_created for change in self.order.status_changes.all()}
        here = road.index(OrderStatus(self.order.status))
        is_over = self.order.status in {OrderStatus.DELIVERED, OrderStatus.RETURNED}
        return [
            # An order whose rest was cancelled steps over what it never was.
            Step(words[status], reached.get(status) if index <= here else None, index == here and not is_over)
            for index, status in enumerate(road)
            if index >= here or status in reached
        ]

    @cached_property
    def parcels(self) -> list[Parcel]:
        return list(self.order.parcels.all())

    @property
    def to_ship(self) -> list[Parcel]:
        """Parcels that stand packed."""
        return [parcel for parcel in self.parcels if parcel.status == ParcelStatus.PACKED]

    @property
    def away(self) -> list[Parcel]:
        """Parcels on their way."""
        return [parcel for parcel in self.parcels if parcel.status == ParcelStatus.SHIPPED]

    @cached_property
    def lines(self) -> list[tuple[Line, list[LotOfLine]]]:
        """Each line with the lots it was packed from; empty until then."""
        picks: dict[int, list[Pick]] = {}
        for pick in (pick for parcel in self.parcels for pick in parcel.picks.all()):
            picks.setdefault(pick.line_id, []).append(pick)
        return [(line, lots_of(picks.get(line.pk, []))) for line in self.order.lines.all()]

    @cached_property
    def recalled(self) -> list[Recalled]:
        """Its goods of recalled lots, but for what came back."""
        found: dict[int, Recalled] = {}
        for parcel in (parcel for parcel in self.parcels if parcel.status != ParcelStatus.RETURNED):
            is_away = parcel.status != ParcelStatus.PACKED
            for pick in parcel.picks.all():
                lot = pick.lot
                if lot is None or lot.status != LotStatus.RECALLED or pick.quantity <= pick.returned:
                    continue
                if lot.pk not in found or is_away:
                    found[lot.pk] = Recalled(pick.line.title, lot, is_away)
        return list(found.values())

    @cached_property
    def reductions(self) -> list[Reduction]:
        """What changed the price since the order was placed; rows that cancel each other out are left out."""
        left: list[Reduction] = []
        if not self.order.reduced:
            return left
        for row in self.order.reductions.all():
            undone = next((one for one in left if _undoes(row, one)), None)
            if undone is not None:
                left.remove(undone)
            elif row.amount:
                left.append(row)
        return left

    @property
    def refunds(self) -> list[Refund]:
        """What goes or went back to the buyer."""
        if self.order.payment.status not in {PaymentStatus.RECEIVED, PaymentStatus.REFUNDED}:
            return []
        return [row for row in self.order.payment.refunds.all() if row.status != RefundStatus.DROPPED]


def _undoes(row: Reduction, earlier: Reduction) -> bool:
    same = (row.kind, row.line_id) == (earlier.kind, earlier.line_id)
    return same and row.amount == -earlier.amount


@dataclass(frozen=True)
class InParcel:
    """What one parcel has of one line: how many units, and from which lots."""

    line: Line
    quantity: int
    lots: list[LotOfLine]


def contents(parcel: Parcel) -> list[InParcel]:
    """Return what is in a parcel, line by line; reads prefetched ``picks`` with their lines and lots."""
    by_line: dict[int, list[Pick]] = {}
    for pick in parcel.picks.all():
        by_line.setdefault(pick.line_id, []).append(pick)
    return [
        InParcel(picks[0].line, sum(pick.quantity for pick in picks), lots_of(picks))
        for _pk, picks in sorted(by_line.items())
    ]


def lots_of(picks: Iterable[Pick]) -> list[LotOfLine]:
    """Return which lots the units of ``picks`` come from, with the code that opens each lot's page."""
    found: dict[int, LotOfLine] = {}
    for pick in picks:
        if pick.lot is not None:
            code = codes.lot_code(pick.lot) or ""
            before = found[pick.lot.pk].quantity if pick.lot.pk in found else 0
            found[pick.lot.pk] = LotOfLine(before + pick.quantity, pick.lot, code)
    return list(found.values())
