"""Money that is told of many times at once, or while its order ends, comes to one consistent end (PostgreSQL)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from orders import cancelling, expiry
from orders.incoming import notifiers, transfers
from orders.models import IncomingTransfer, Order, Payment, TransferNotifier, TransferShare
from orders.statuses import OrderStatus, PaymentStatus, TransferReason, TransferSource, TransferState
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


def an_order(pieces: int = 1, product: Any = None) -> Order:
    return trade.order((product or a_product(), pieces), methods="vietqr")


def tell(order: Order, reference: str, amount: Decimal | None = None) -> Any:
    incoming = transfers.Incoming(
        reference, amount or order.total_incl_tax, timezone.now(), order.payment.memo
    )
    return lambda: transfers.book(
        incoming, cooperative=order.cooperative, source=TransferSource.NOTICE, by=BY
    )


def test_fifty_tellings_of_one_transfer_are_one_transfer() -> None:
    order = an_order()

    results = at_once([tell(order, "FT1")] * 50)

    assert failures(results) == []
    assert sum(is_new for _row, is_new in results) == 1
    assert IncomingTransfer.objects.count() == TransferShare.objects.count() == 1
    payment = Payment.objects.get(order=order)
    assert (payment.status, payment.transferred) == (PaymentStatus.RECEIVED, order.total_incl_tax)
    assert Letter.objects.filter(kind="money_received").count() == 1


def test_twenty_transfers_of_one_sum_pay_once_and_nineteen_wait() -> None:
    order = an_order()

    results = at_once([tell(order, f"FT{n}") for n in range(20)])

    assert failures(results) == []
    assert Payment.objects.get(order=order).transferred == order.total_incl_tax
    assert (
        IncomingTransfer.objects.filter(reason=TransferReason.DUPLICATE, state=TransferState.OPEN).count()
        == 19
    )


def test_ten_parts_add_up() -> None:
    order = an_order(2)
    part = Decimal(order.total_incl_tax // 10)
    last = order.total_incl_tax - 9 * part

    results = at_once([tell(order, f"FT{n}", part if n else last) for n in range(10)])

    assert failures(results) == []
    payment = Payment.objects.get(order=order)
    assert (payment.status, payment.transferred) == (PaymentStatus.RECEIVED, order.total_incl_tax)


def test_money_and_the_end_of_the_wait_meet_in_one_of_two_ends() -> None:
    product = a_product()
    for _round in range(4):
        order = an_order(product=product)
        Payment.objects.filter(order=order).update(expires_at=timezone.now() - dt.timedelta(seconds=1))

        results = at_once([tell(order, f"FT{order.pk}"), lambda: expiry.expire(order.pk, by=BY)])  # noqa: B023

        assert failures(results) == []
        order.refresh_from_db()
        payment = Payment.objects.get(order=order)
        row = IncomingTransfer.objects.get(reference=f"FT{order.pk}")
        assert (order.status, payment.status, payment.transferred, row.reason) in [
            (OrderStatus.PLACED, PaymentStatus.RECEIVED, order.total_incl_tax, ""),
            (OrderStatus.CANCELLED, PaymentStatus.EXPIRED, 0, TransferReason.LATE),
        ]


def test_money_and_a_cancellation_meet_in_one_of_two_ends() -> None:
    product = a_product()
    for _round in range(4):
        order = an_order(product=product)

        results = at_once(
            [
                tell(order, f"FT{order.pk}", Decimal(10_000)),
                lambda: cancelling.cancel_order(order, reason="Khách đổi ý", by=BY),  # noqa: B023
            ]
        )

        assert failures(results) == []
        payment = Payment.objects.get(order=order)
        row = IncomingTransfer.objects.get(reference=f"FT{order.pk}")
        assert (payment.status, payment.transferred) == (PaymentStatus.VOID, 0)
        assert (row.state, row.reason, transfers.left_of(row)) == (
            TransferState.OPEN,
            TransferReason.LATE,
            10_000,
        )


def test_the_same_transfers_put_away_twice_at_once_are_put_away_once() -> None:
    cooperative = a_product().cooperative
    keys = []
    for n in range(5):
        incoming = transfers.Incoming(f"FT{n}", Decimal(1_000), timezone.now(), "tien dien")
        row, _new = transfers.book(incoming, cooperative=cooperative, source=TransferSource.STATEMENT, by=BY)
        keys.append(row.pk)

    results = at_once([lambda: transfers.close_many(cooperative, keys, note="Khác", by=BY)] * 4)

    assert failures(results) == []
    assert sum(results) == 5


def test_a_service_chosen_twice_at_once_is_one_service() -> None:
    cooperative = a_product().cooperative

    results = at_once([lambda: notifiers.choose(cooperative, kind="sepay", secret="", by=BY)] * 4)

    assert failures(results) == []
    assert TransferNotifier.objects.count() == 1


def test_one_transfer_put_on_two_orders_at_once_is_given_only_once() -> None:
    first = an_order()
    second = trade.order((first.lines.get().product, 1), methods="vietqr")
    incoming = transfers.Incoming("FT1", first.total_incl_tax, timezone.now(), "khong ghi gi")
    row, _new = transfers.book(
        incoming, cooperative=first.cooperative, source=TransferSource.STATEMENT, by=BY
    )

    results = at_once(
        [lambda: transfers.assign(row, first, by=BY), lambda: transfers.assign(row, second, by=BY)]
    )

    assert [str(failure) for failure in failures(results)] == ["Khoản này đã ghi hết vào đơn rồi."]
    assert sum(payment.transferred for payment in Payment.objects.all()) == first.total_incl_tax
    assert transfers.left_of(row) == 0
