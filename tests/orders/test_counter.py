"""Sales that do not begin on the market: across the counter, and taken down for a customer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from orders import books, counter, purchases, recount
from orders.models import Order, Purchase
from orders.statuses import OrderStatus, PaymentStatus, PurchaseSource
from tests.factories import HA_NOI, make_bank_account, make_lot, make_product
from traceability import lots

pytestmark = pytest.mark.django_db


@pytest.fixture
def noodles(muong_hoa: Any) -> Any:
    make_bank_account(muong_hoa)
    return make_product(muong_hoa, "Miến dong", price=55000, stock=20)


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


def stock_of(product: Any) -> tuple[int, int]:
    return product.stockrecords.values_list("num_in_stock", "num_allocated").get()


def sell(product: Any, units: int, *, by: Actor, method: str = "cod", key: Any = None) -> Order:
    return counter.sell(
        product.cooperative, {product.pk: units}, method=method, placement_key=key or uuid4(), by=by
    )


def test_a_cash_sale_is_over_and_booked_at_once(noodles: Any, by: Actor) -> None:
    lot = make_lot(noodles, 20)
    Letter.objects.all().delete()

    order = sell(noodles, 3, by=by)

    order.refresh_from_db()
    assert (order.status, order.payment.status, order.due) == (
        OrderStatus.DELIVERED,
        PaymentStatus.RECEIVED,
        Decimal(165_000),  # no parcel fee
    )
    assert (stock_of(noodles), lots.balance(lot)) == ((17, 0), 17)
    month = books.months_of(order.cooperative)[0]
    assert (month.sales, month.money) == (Decimal(165_000), Decimal(165_000))
    assert not Letter.objects.filter(mailbox=order.cooperative.mailbox).exists()
    assert recount.recount() == []


def test_a_transfer_sale_holds_the_goods_until_the_money_is_seen(noodles: Any, by: Actor) -> None:
    order = sell(noodles, 2, by=by, method="vietqr")
    assert (order.status, order.payment.status, stock_of(noodles)) == (
        OrderStatus.PLACED,
        PaymentStatus.WAITING,
        (20, 2),
    )

    counter.hand_over(order, by=by)
    again = counter.hand_over(order, by=by)

    assert (again.status, stock_of(noodles)) == (OrderStatus.DELIVERED, (18, 0))
    assert Order.objects.get().payment.status == PaymentStatus.RECEIVED


def test_a_customer_who_leaves_frees_the_goods(noodles: Any, by: Actor) -> None:
    order = sell(noodles, 2, by=by, method="vietqr")

    counter.call_off(order, by=by)

    assert (Order.objects.get().status, stock_of(noodles)) == (OrderStatus.CANCELLED, (20, 0))


def test_a_sale_pressed_twice_is_one_sale(noodles: Any, by: Actor) -> None:
    key = uuid4()
    assert sell(noodles, 1, by=by, key=key) == sell(noodles, 1, by=by, key=key)
    assert (Order.objects.count(), stock_of(noodles)) == (1, (19, 0))


@pytest.mark.parametrize("wrong", ["nothing", "too many", "not theirs", "not verified"])
def test_what_cannot_be_sold_sells_nothing(wrong: str, noodles: Any, ban_khac: Any, by: Actor) -> None:
    goods, method = {noodles.pk: 1}, "cod"
    if wrong == "nothing":
        goods = {noodles.pk: 0}
    elif wrong == "too many":
        goods = {noodles.pk: 21}
    elif wrong == "not theirs":
        goods = {make_product(ban_khac, "Trà").pk: 1}
    else:
        noodles.cooperative.bank_accounts.all().delete()
        method = "vietqr"

    with pytest.raises(Refusal):
        counter.sell(noodles.cooperative, goods, method=method, placement_key=uuid4(), by=by)

    assert (Purchase.objects.count(), stock_of(noodles)) == (0, (20, 0))


def test_an_order_taken_by_phone_is_confirmed_and_says_where_it_came_from(noodles: Any, by: Actor) -> None:
    buyer = purchases.Buyer(name="Bà Lý", phone="0912000004", address={**HA_NOI, "street": "12 Đội Cấn"})

    order = counter.take_order(
        noodles.cooperative,
        {noodles.pk: 2},
        buyer=buyer,
        method="vietqr",
        source=PurchaseSource.PHONE,
        placement_key=uuid4(),
        by=by,
    )

    assert (order.status, order.due, order.purchase.source) == ("confirmed", Decimal(140_000), "phone")
    assert (order.purchase.phone, stock_of(noodles)) == ("0912000004", (20, 2))
