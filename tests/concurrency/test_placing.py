"""Threads on PostgreSQL (and SQLite where it says so): nothing oversold, no deadlock, one key one purchase."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection

from orders.models import Order, Purchase
from orders.purchases import OutOfStock
from tests.factories import make_cooperative, make_product
from tests.orders import trade

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run ``calls`` in threads that start together; return results and exceptions in their order."""
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        close_old_connections()
        start.wait()
        try:
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, call)) for index, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


def outcome(results: list[Any]) -> tuple[int, int, list[Any]]:
    placed = [r for r in results if isinstance(r, Purchase)]
    short = [r for r in results if isinstance(r, OutOfStock)]
    return len(placed), len(short), [r for r in results if not isinstance(r, Purchase | OutOfStock)]


@pytest.mark.postgres
def test_fifty_threads_want_seven_units_and_exactly_seven_are_sold(transactional_db):
    product = make_product(make_cooperative(), stock=7)
    waiting = [trade.fill((product, 1)) for _ in range(50)]

    results = at_once([lambda basket=basket: trade.place(basket) for basket in waiting])

    assert outcome(results) == (7, 43, [])
    record = product.stockrecords.get()
    assert (record.num_in_stock, record.num_allocated) == (7, 7)
    assert Order.objects.count() == 7


@pytest.mark.postgres
@pytest.mark.slow
def test_two_baskets_in_opposite_order_two_hundred_times_never_lock_up(transactional_db):
    first = make_product(make_cooperative("HTX Một"), stock=5000)
    second = make_product(make_cooperative("HTX Hai"), stock=5000)

    for _round in range(200):
        there, back = trade.fill((first, 1), (second, 1)), trade.fill((second, 1), (first, 1))
        results = at_once([lambda basket=there: trade.place(basket), lambda basket=back: trade.place(basket)])
        assert outcome(results) == (2, 0, [])

    assert first.stockrecords.get().num_allocated == 400
    assert second.stockrecords.get().num_allocated == 400


@pytest.mark.postgres
def test_twenty_posts_of_one_placement_key_are_one_purchase(transactional_db):
    product = make_product(make_cooperative(), stock=50)
    basket, key = trade.fill((product, 2)), uuid4()

    results = at_once([lambda: trade.place(basket, key=key, shown_total=140000)] * 20)

    assert {r.pk for r in results} == {Purchase.objects.get().pk}
    assert product.stockrecords.get().num_allocated == 2


def test_eight_threads_on_either_database_never_go_below_zero(transactional_db):
    product = make_product(make_cooperative(), stock=5)
    waiting = [trade.fill((product, 1)) for _ in range(8)]

    results = at_once([lambda basket=basket: trade.place(basket) for basket in waiting])

    assert outcome(results) == (5, 3, [])
    record = product.stockrecords.get()
    assert (record.num_in_stock, record.num_allocated) == (5, 5)


@pytest.mark.postgres
def test_two_packers_cannot_set_the_same_units_aside(transactional_db):
    from marketplace.foundation.actor import Actor
    from orders import fulfilment
    from tests.factories import make_lot

    product = make_product(make_cooperative(), stock=10)
    lot = make_lot(product, 3)
    by = Actor.system("test")
    orders = [trade.order((product, 2)) for _ in range(2)]
    for order in orders:
        fulfilment.confirm_order(order, by=by)

    def pack(order: Order) -> Any:
        line = order.lines.get()
        return fulfilment.pack_order(order, [fulfilment.PickChoice(line.pk, lot.pk, 2)], by=by)

    results = at_once([lambda order=order: pack(order) for order in orders])

    assert sorted(type(r).__name__ for r in results) == ["BadPick", "Parcel"]


@pytest.mark.postgres
def test_expiry_and_claim_at_the_same_moment_have_one_winner(transactional_db):
    import datetime as dt

    from django.utils import timezone

    from marketplace.foundation.actor import Actor
    from orders import expiry, payments
    from orders.models import Payment
    from tests.factories import make_bank_account

    cooperative = make_cooperative()
    make_bank_account(cooperative)
    product = make_product(cooperative, stock=10)
    order = trade.order((product, 2), methods="vietqr")
    Payment.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    results = at_once(
        [
            lambda: expiry.expire(order.pk, by=Actor.system("test")),
            lambda: payments.claim(order.payment, by=Actor.guest()),
        ]
    )

    payment = Payment.objects.get()
    order.refresh_from_db()
    if results[0] is True:
        assert (payment.status, order.status) == ("expired", "cancelled")
        assert isinstance(results[1], payments.PaymentRefusal)
        assert product.stockrecords.get().num_allocated == 0
    else:
        assert (payment.status, order.status) == ("claimed", "placed")
        assert product.stockrecords.get().num_allocated == 2
