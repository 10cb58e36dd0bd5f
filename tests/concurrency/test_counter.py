"""The counter's button pressed eight times at once (PostgreSQL): one sale, whoever pressed."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from marketplace.foundation.actor import Actor
from orders import counter, purchases
from orders.models import BookEntry, Order, Purchase
from orders.statuses import OrderStatus
from tests.concurrency.test_placing import at_once
from tests.factories import make_bank_account, make_cooperative, make_product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
BY, KEY = Actor.system("test"), UUID(int=11)


def test_a_typed_sum_sent_eight_times_at_once_is_one_sale(transactional_db):
    cooperative = make_cooperative()

    results = at_once(
        [
            lambda: counter.sell_sum(cooperative, Decimal(47_000), method="cod", placement_key=KEY, by=BY)
            for _press in range(8)
        ]
    )

    order = Order.objects.get()
    assert results == [order] * 8
    assert (order.status, Purchase.objects.count()) == (OrderStatus.DELIVERED, 1)
    assert sum(BookEntry.objects.values_list("amount", flat=True)) == 94_000  # goods and cash


def test_goods_sold_eight_times_at_once_leave_the_stock_once(transactional_db):
    cooperative = make_cooperative()
    make_bank_account(cooperative)
    noodles = make_product(cooperative, "Miến", stock=20)

    results = at_once(
        [
            lambda: counter.sell(cooperative, {noodles.pk: 2}, method="cod", placement_key=KEY, by=BY)
            for _press in range(8)
        ]
    )

    order = Order.objects.get()
    assert results == [order] * 8
    assert noodles.stockrecords.values_list("num_in_stock", "num_allocated").get() == (18, 0)


def test_an_order_by_phone_taken_down_eight_times_at_once_is_confirmed_once(transactional_db):
    cooperative = make_cooperative()
    noodles = make_product(cooperative, "Miến", stock=20)
    address = {"province_code": "19", "province_name": "Thái Nguyên", "commune_code": "01840"}
    buyer = purchases.Buyer(name="Hà", phone="0912000004", address=address)

    results = at_once(
        [
            lambda: counter.take_order(
                cooperative,
                {noodles.pk: 2},
                buyer=buyer,
                method="cod",
                source="phone",
                placement_key=KEY,
                by=BY,
            )
            for _press in range(8)
        ]
    )

    order = Order.objects.get()
    assert results == [order] * 8
    assert order.status == OrderStatus.CONFIRMED
    assert noodles.stockrecords.values_list("num_in_stock", "num_allocated").get() == (20, 2)
