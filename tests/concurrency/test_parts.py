"""Parcels, refunds and the month's end pressed by two at once come to one consistent end (PostgreSQL)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from cooperatives.models import StockMovement
from marketplace.foundation.actor import Actor
from orders import books, cancelling, fulfilment, payments, recount, refunds
from orders.fulfilment import PickChoice
from orders.incoming import transfers
from orders.models import BookEntry, Order, Parcel, Payment, Refund, ReportMonth
from orders.statuses import OrderStatus, PaymentStatus, RefundStatus, TransferSource
from tests import factories
from tests.concurrency.test_lock_order import failures
from tests.concurrency.test_placing import at_once
from tests.orders import trade

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
BY = Actor.system("test")


def a_product() -> Any:
    cooperative = factories.make_cooperative()
    factories.make_bank_account(cooperative)
    return factories.make_product(cooperative, stock=20)


def an_order(product: Any = None) -> Order:
    order = trade.order((product or a_product(), 2), methods="vietqr")
    payments.receive(order.payment, by=BY)
    return fulfilment.confirm_order(order, by=BY)


def pack(order: Order) -> Parcel:
    line = order.lines.get()
    return fulfilment.pack_order(order, [PickChoice(line.pk, None, line.quantity)], by=BY)


def test_cancelling_and_shipping_meet_in_one_of_two_ends() -> None:
    product = a_product()
    for _round in range(4):
        order = an_order(product)
        parcel = pack(order)

        at_once(
            [
                lambda order=order: cancelling.cancel_order(order, reason="Hết", by=BY),
                lambda parcel=parcel: fulfilment.ship_parcel(parcel, carrier="GHN", by=BY),
            ]
        )

        order.refresh_from_db()
        sold = StockMovement.objects.filter(kind="sold", note__contains=order.number).exists()
        owed = Refund.objects.filter(payment__order=order).exists()
        assert (order.status, sold, owed) in [
            (OrderStatus.CANCELLED, False, True),
            (OrderStatus.SHIPPED, True, False),
        ]
        assert recount.recount() == []


def test_ten_who_pack_one_order_make_one_parcel() -> None:
    order = an_order()
    at_once([lambda: pack(order)] * 10)

    assert (Parcel.objects.count(), order.lines.get().num_packed) == (1, 2)


def test_a_refund_sent_by_ten_is_sent_once() -> None:
    order = cancelling.cancel_order(an_order(), reason="Hết", by=BY)
    refund = Refund.objects.get()

    results = at_once([lambda: refunds.send(refund, shown=refund.amount, reference="FT", by=BY)] * 10)

    assert len([one for one in results if isinstance(one, Refund)]) == 1
    assert {type(one) for one in results} == {Refund, refunds.RefundRefusal}
    payment = Payment.objects.get(order=order)
    assert (payment.status, refund.payment.refunds.get().status) == (
        PaymentStatus.REFUNDED,
        RefundStatus.SENT,
    )
    assert sum(entry.amount for entry in BookEntry.objects.all()) == 0


def test_two_reductions_at_once_are_one_refund_of_both() -> None:
    order = an_order()
    line = order.lines.get()

    def give(amount: int) -> Any:
        return lambda: refunds.give(order, line=line, amount=Decimal(amount), reason="Móp", by=BY)

    results = at_once([give(1_000 * n) for n in range(1, 9)])

    assert failures(results) == []
    order.refresh_from_db()
    assert (order.reduced, Refund.objects.get().amount) == (Decimal(36_000), Decimal(36_000))


def test_a_month_closes_once_and_nothing_slips_into_it_behind() -> None:
    cooperative = factories.make_cooperative()
    factories.make_bank_account(cooperative)
    order = trade.order((factories.make_product(cooperative, stock=20), 2), methods="vietqr")
    this_month = books.first_of(timezone.localdate())
    told_at = timezone.now() - dt.timedelta(days=timezone.localdate().day + 2)
    last_month = books.first_of(timezone.localdate(told_at))
    part = Decimal(10_000)

    def tell(reference: str) -> Any:
        told = transfers.Incoming(reference, part, told_at, order.payment.memo)
        source = TransferSource.NOTICE
        return lambda: transfers.book(told, cooperative=cooperative, source=source, by=BY)

    first = tell("FT0")
    first()
    results = at_once(
        [tell(f"FT{n}") for n in range(1, 7)]
        + [lambda: books.close_month(cooperative, last_month, by=BY)] * 3
        + [tell(f"FT{n}") for n in range(7, 9)]
    )

    assert failures(results) == []
    before, behind = (books.totals(cooperative, month).get("bank", 0) for month in (last_month, this_month))
    assert before + behind == 9 * part
    assert ReportMonth.objects.get().totals == {"bank": str(before)}
