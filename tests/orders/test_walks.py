"""Two thousand random walks over the order machine: counters equal the ledger, money balances, nothing goes below zero.

A walk places orders and presses random buttons. A verb that refuses leaves everything as it was; one that does not
keeps every sum, and moves a status only where the tables lead.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cooperatives.models import StockRecord
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from orders import cancelling, expiry, fulfilment, payments, recount, refunds
from orders.fulfilment import PickChoice, Short
from orders.incoming import transfers
from orders.models import BookEntry, Line, Order, OrderStatusChange, Payment, PaymentChange, Pick, Refund
from orders.statuses import (
    ORDER_MOVES,
    PAYMENT_MOVES,
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    TransferSource,
)
from tests.factories import make_bank_account, make_cooperative, make_lot, make_product
from tests.orders import trade

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_database]

PARTS, WALKS, BY = 8, 250, Actor.system("test")  # eight times 250: two workers share them


class _Undo(Exception):
    """Ends a walk and takes everything it wrote away."""


class Walk:
    """One cooperative with packets and birds sold by weight, its orders, and the buttons that may be pressed."""

    def __init__(self, packets: Any, birds: Any) -> None:
        self.goods = [packets, birds]
        self.cooperative = packets.cooperative
        self.orders: list[Order] = []

    def step(self, button: int, which: int, n: int) -> None:
        press = BUTTONS[button % len(BUTTONS)] if self.orders else place
        before = state()
        try:
            with transaction.atomic():
                press(self, which, n)
        except Refusal:
            assert state() == before

    def order(self, which: int) -> Order:
        return Order.objects.get(pk=self.orders[which % len(self.orders)].pk)


def place(walk: Walk, which: int, n: int) -> None:
    if len(walk.orders) < 2:
        basket = trade.fill((walk.goods[0], n % 4 + 1), (walk.goods[1], 1))
        method = "vietqr" if which % 2 else "cod"
        walk.orders.append(trade.place(basket, methods=method, weight_tolerance=10 * (n % 2)).orders.get())


def confirm(walk: Walk, which: int, n: int) -> None:
    fulfilment.confirm_order(walk.order(which), by=BY)


def pack(walk: Walk, which: int, n: int) -> None:
    order = walk.order(which)
    lines = list(order.lines.order_by("pk"))
    lot = walk.goods[0].lots.first()
    take = {line.pk: max(0, line.num_open - (n + at) % 2) for at, line in enumerate(lines)}
    choices = [
        PickChoice(line.pk, lot.pk if line.product_id == lot.product_id and n % 3 else None, take[line.pk])
        for line in lines
    ]
    grams = {line.pk: take[line.pk] * (1300 + 100 * (n % 5)) for line in lines if line.unit_grams}
    short = {line.pk: Short("Thiếu" if n % 2 else "") for line in lines} if n % 7 else None
    fulfilment.pack_order(order, choices, short=short, grams=grams, by=BY)


def ship(walk: Walk, which: int, n: int) -> None:
    for parcel in walk.order(which).parcels.all()[:1]:
        fulfilment.ship_parcel(parcel, carrier="GHN", by=BY)


def ship_last(walk: Walk, which: int, n: int) -> None:
    for parcel in walk.order(which).parcels.order_by("-pk")[:1]:
        fulfilment.ship_parcel(parcel, carrier="GHN", by=BY)


def deliver(walk: Walk, which: int, n: int) -> None:
    for parcel in walk.order(which).parcels.order_by("-pk" if n % 2 else "pk")[:1]:
        fulfilment.deliver_parcel(parcel, by=BY)


def back(walk: Walk, which: int, n: int) -> None:
    for parcel in walk.order(which).parcels.order_by("-pk" if n % 2 else "pk")[:1]:
        fit = {pick.pk: n % (pick.quantity + 1) for pick in parcel.picks.all()}
        fulfilment.parcel_came_back(parcel, reason="Không nhận", fit=fit, with_fee=bool(n % 2), by=BY)


def unpack(walk: Walk, which: int, n: int) -> None:
    for parcel in walk.order(which).parcels.all()[:1]:
        fulfilment.unpack_parcel(parcel, by=BY)


def cancel(walk: Walk, which: int, n: int) -> None:
    cancelling.cancel_order(walk.order(which), reason="Hết", by=BY)


def cut(walk: Walk, which: int, n: int) -> None:
    order = walk.order(which)
    cancelling.cancel_lines(order, {order.lines.all()[n % 2].pk: 1}, reason="Hết", by=BY)


def claim(walk: Walk, which: int, n: int) -> None:
    payments.claim(walk.order(which).payment, by=BY)


def receive(walk: Walk, which: int, n: int) -> None:
    payments.receive(walk.order(which).payment, by=BY)


def undo(walk: Walk, which: int, n: int) -> None:
    payments.undo_receive(walk.order(which).payment, reason="Nhầm", by=BY)


def missing(walk: Walk, which: int, n: int) -> None:
    payments.not_arrived(walk.order(which).payment, by=BY)


def transfer(walk: Walk, which: int, n: int) -> None:
    payment = walk.order(which).payment
    amount = [payment.amount, payment.still_due, Decimal(30_000), payment.amount + 5_000][n % 4]
    if amount > 0:
        told = transfers.Incoming(uuid.uuid4().hex, amount, timezone.now(), payment.memo)
        transfers.book(told, cooperative=walk.cooperative, source=TransferSource.NOTICE, by=BY)


def expire(walk: Walk, which: int, n: int) -> None:
    order = walk.order(which)
    Payment.objects.filter(order=order, expires_at__isnull=False).update(expires_at=order.date_placed)
    expiry.expire(order.pk, by=BY)


def take_up(walk: Walk, which: int, n: int) -> None:
    cancelling.reopen_order(walk.order(which), by=BY)


def give(walk: Walk, which: int, n: int) -> None:
    order = walk.order(which)
    line = None if n % 3 == 0 else order.lines.all()[n % 2]
    refunds.give(order, line=line, amount=Decimal(1_000 * (n + 1)), reason="Móp", by=BY)


def send(walk: Walk, which: int, n: int) -> None:
    for refund in walk.order(which).payment.refunds.order_by("-pk")[:1]:
        refunds.send(refund, shown=refund.amount, reference="FT", by=BY)


def bounce(walk: Walk, which: int, n: int) -> None:
    for refund in walk.order(which).payment.refunds.all()[:1]:
        refunds.came_back(refund, reason="Sai số", by=BY)


def drop(walk: Walk, which: int, n: int) -> None:
    for refund in walk.order(which).payment.refunds.order_by("-pk")[:1]:
        refunds.drop(refund, reason="Chưa hề về", by=BY)


ROAD = [confirm, receive, pack, ship, ship_last, deliver]
BUTTONS: list[Callable[[Walk, int, int], None]] = [
    place, *ROAD, *ROAD, back, unpack, cancel, cut, claim, undo, missing, transfer, transfer, expire, take_up,
    give, send, send, bounce, drop,
]  # fmt: skip


def state() -> tuple[Any, ...]:
    """Everything that a refusal must leave alone."""
    return (
        list(
            Order.objects.order_by("pk").values_list(
                "status", "reduced", "payment__status", "payment__amount"
            )
        ),
        list(
            Line.objects.order_by("pk").values_list(
                "num_packed", "num_shipped", "num_cancelled", "num_returned"
            )
        ),
        list(StockRecord.objects.order_by("pk").values_list("num_in_stock", "num_allocated")),
        list(Refund.objects.order_by("pk").values_list("status", "amount")),
        Pick.objects.count(),
        BookEntry.objects.count(),
    )


def check(walk: Walk) -> None:
    """Every sum, at the end of a walk."""
    assert recount.recount() == []  # counters against movements, open lines and lots
    for order in Order.objects.select_related("payment").prefetch_related(
        "lines", "reductions", "parcels__picks"
    ):
        lines, payment = list(order.lines.all()), order.payment
        assert all(line.num_open >= 0 and line.num_kept >= 0 and line.due >= 0 for line in lines)
        assert order.reduced == sum(row.amount for row in order.reductions.all())
        for line in lines:
            off = [row.amount for row in order.reductions.all() if row.line_id == line.pk]
            assert line.reduced == sum(off)
            parts = [
                pick
                for parcel in order.parcels.all()
                for pick in parcel.picks.all()
                if pick.line_id == line.pk
            ]
            assert sum(pick.quantity for pick in parts) == line.num_packed + line.num_shipped
            assert sum(pick.returned for pick in parts) == line.num_returned
        fee = order.shipping_incl_tax - sum(
            row.amount for row in order.reductions.all() if row.line_id is None
        )
        assert fee >= 0
        assert order.due == sum(line.due for line in lines) + fee
        alive = payment.refunds.exclude(status=RefundStatus.DROPPED)
        back = alive.aggregate(n=Sum("amount"))["n"] or 0
        if payment.status in {PaymentStatus.RECEIVED, PaymentStatus.REFUNDED}:
            assert payment.amount == order.due + back
        elif payment.status in refunds.UNPAID:
            assert (payment.amount, back) == (order.due, 0)
        if payment.status == PaymentStatus.REFUNDED:
            assert order.due == 0
        assert payment.transferred == sum(share.amount for share in payment.shares.all())
        _check_books(order, payment)
    for old, new in OrderStatusChange.objects.exclude(old_status="").values_list("old_status", "new_status"):
        ORDER_MOVES.check(OrderStatus(old), OrderStatus(new))
    for old, new in PaymentChange.objects.exclude(old_status="").values_list("old_status", "new_status"):
        if old != new:  # a row of its own for a changed sum
            PAYMENT_MOVES.check(PaymentStatus(old), PaymentStatus(new))


def _check_books(order: Order, payment: Payment) -> None:
    sums = dict(order.entries.order_by("account").values_list("account").annotate(n=Sum("amount")))
    sent = payment.refunds.filter(status=RefundStatus.SENT).aggregate(n=Sum("amount"))["n"] or 0
    came = sums.get("bank", 0) + sums.get("cash", 0) + sent
    if payment.status in {PaymentStatus.RECEIVED, PaymentStatus.REFUNDED}:
        assert came == payment.amount
    elif payment.status == PaymentStatus.SHORT:
        assert came == payment.transferred
    else:
        assert came == 0
    if order.status in {OrderStatus.DELIVERED, OrderStatus.RETURNED}:
        assert sums.get("goods", 0) + sums.get("shipping", 0) == order.due


@pytest.fixture
def goods(db: None) -> list[Any]:
    cooperative = make_cooperative()
    make_bank_account(cooperative)
    packets = make_product(cooperative, "Miến dong", price=55_000, stock=60)
    make_lot(packets, 30)
    birds = make_product(cooperative, "Gà đồi", price=225_000, stock=20)
    birds.stockrecords.update(unit_grams=1500, is_weighed=True)
    return [packets, birds]


@pytest.mark.parametrize("part", range(PARTS))
@settings(
    max_examples=WALKS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    walk=st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 3), st.integers(0, 11)), min_size=4, max_size=8
    )
)
def test_wherever_a_walk_leads_every_sum_holds(
    goods: list[Any], part: int, walk: list[tuple[int, int, int]]
) -> None:
    try:
        with transaction.atomic():
            here = Walk(*goods)
            for button, which, n in walk:
                here.step(button, which, n)
            check(here)
            raise _Undo
    except _Undo:
        pass
