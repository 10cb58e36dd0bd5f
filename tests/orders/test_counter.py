"""Sales that do not begin on the market: across the counter, and taken down for a customer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from orders import books, counter, purchases, recount
from orders.models import Order, Purchase
from orders.statuses import OrderStatus, PaymentStatus, PurchaseSource
from tests.factories import HA_NOI, make_lot, make_product
from traceability import lots

pytestmark = pytest.mark.django_db


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


def test_a_typed_sum_is_booked_and_moves_no_stock(noodles: Any, by: Actor) -> None:
    key = uuid4()
    cooperative = noodles.cooperative

    order = counter.sell_sum(
        cooperative, Decimal(47_000), title="Rau, măng tươi", method="cod", placement_key=key, by=by
    )
    again = counter.sell_sum(cooperative, Decimal(47_000), method="cod", placement_key=key, by=by)

    assert again.pk == order.pk
    order.refresh_from_db()
    assert (order.status, order.payment.status, order.due) == (
        OrderStatus.DELIVERED,
        PaymentStatus.RECEIVED,
        Decimal(47_000),
    )
    assert purchases.summary(order) == "1 × Rau, măng tươi"
    month = books.months_of(cooperative)[0]
    assert (month.sales, month.money) == (Decimal(47_000), Decimal(47_000))
    assert stock_of(noodles) == (20, 0)
    assert recount.recount() == []


def test_a_typed_sum_by_transfer_waits_for_the_money_or_is_called_off(noodles: Any, by: Actor) -> None:
    cooperative = noodles.cooperative
    paid, left = (
        counter.sell_sum(cooperative, Decimal(sum_), method="vietqr", placement_key=uuid4(), by=by)
        for sum_ in (30_000, 20_000)
    )
    assert (paid.status, paid.payment.status) == (OrderStatus.PLACED, PaymentStatus.WAITING)

    assert counter.hand_over(paid, by=by).status == OrderStatus.DELIVERED
    assert counter.call_off(left, by=by).status == OrderStatus.CANCELLED

    assert books.months_of(cooperative)[0].money == Decimal(30_000)
    assert recount.recount() == []


def test_a_sum_is_typed_at_the_counter(client: Any, noodles: Any, lan: Any) -> None:
    client.force_login(lan)
    page = reverse("desk:sale", args=["htx-muong-hoa"])
    body = {"placement_key": str(uuid4()), "method": "cod", "amount": "47.000", "title": "Măng tươi"}

    both = client.post(page, {**body, f"units_{noodles.pk}": 1})
    assert both.status_code == 422
    assert "Chỉ ghi món, hoặc chỉ ghi số tiền." in both.content.decode()
    assert not Order.objects.exists()

    sold = client.post(page, body)
    assert sold.status_code == 302
    shown = client.get(sold["Location"]).content.decode()
    assert "47.000" in shown
    assert "đã ghi sổ" in shown
    order = Order.objects.get()
    assert client.get(reverse("desk:order", args=["htx-muong-hoa", order.number])).status_code == 200
    assert client.get(reverse("shop:purchase", args=[order.purchase.token])).status_code == 200
