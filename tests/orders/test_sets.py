"""A set is sold: its parts are held, packed, given back and paid back line by line; buyers read of one thing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from catalog import moderation
from cooperatives import sets
from cooperatives.models import StockRecord
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from orders import cancelling, counter, fulfilment, payments, picking, purchases, recount
from orders.basket import baskets
from orders.basket.models import Line as BasketLine
from orders.cases import returns
from orders.models import Order, Purchase
from orders.statuses import PurchaseSource
from tests import scene
from tests.factories import make_bank_account, make_lot, make_product, make_set
from tests.orders import trade
from tests.orders.trade import GUEST

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


@pytest.fixture
def noodles(muong_hoa: Any) -> Any:
    make_bank_account(muong_hoa)
    return make_product(muong_hoa, "Miến dong", price=55000, stock=20, vat_rate=Decimal(5))


@pytest.fixture
def tea(muong_hoa: Any) -> Any:
    return make_product(muong_hoa, "Trà", price=60000, stock=7, vat_rate=Decimal(8))


@pytest.fixture
def box(muong_hoa: Any, noodles: Any, tea: Any) -> Any:
    """Two packets of noodles and one of tea, 20.000 ₫ cheaper than alone."""
    return make_set(muong_hoa, {noodles: 2, tea: 1}, price=150000)


def held(*products: Any) -> list[int]:
    return [product.stockrecords.get().num_allocated for product in products]


def lines_of(order: Order) -> list[tuple[Any, ...]]:
    columns = ("title", "quantity", "line_price_incl_tax", "set_no", "set_title", "set_quantity")
    return list(order.lines.order_by("pk").values_list(*columns))


def test_a_set_becomes_one_line_a_part_and_costs_exactly_its_price(box: Any, noodles: Any, tea: Any) -> None:
    order = trade.order((noodles, 1), (box, 2))

    assert lines_of(order) == [
        ("Miến dong", 1, 55000, None, "", None),
        ("Miến dong", 4, 194118, 1, "Hộp quà Tết", 2),  # 110.000 of 170.000 of one box: 97.059 ₫, twice
        ("Trà", 2, 105882, 1, "Hộp quà Tết", 2),
    ]
    assert order.total_incl_tax == 55000 + 300000 + 30000
    assert held(noodles, tea, box) == [5, 2, 0]
    of_tea = order.lines.get(title="Trà")
    assert (of_tea.set_product, of_tea.tax_code, of_tea.line_price_excl_tax) == (box, "8", 98039)
    assert of_tea.line_price_before_discounts_incl_tax == 105882
    assert purchases.summary(order) == "1 × Miến dong, 2 × Hộp quà Tết"
    assert recount.of_holds() == []


def test_a_set_and_its_part_in_one_basket_cannot_take_more_than_there_is(
    box: Any, noodles: Any, tea: Any
) -> None:
    basket = trade.fill((box, 5), (tea, 3))

    with pytest.raises(purchases.OutOfStock, match="Trà chỉ còn 7") as refused:
        trade.place(basket)

    assert refused.value.details["short"] == [("Trà", 8, 7)]
    assert held(noodles, tea) == [0, 0]
    assert not Purchase.objects.exists()


def test_the_basket_knows_how_many_sets_there_are(box: Any, tea: Any) -> None:
    basket = trade.fill((box, 7))

    with pytest.raises(baskets.BasketRefusal, match="Chỉ còn 7 hộp"):
        baskets.add(basket, box, 1)
    trade.order((tea, 3))

    [parcel] = baskets.parcels(basket, {})
    assert [(item.left, item.problem) for item in parcel.items] == [(4, "Chỉ còn 4 hộp.")]


def test_a_set_with_a_suspended_part_is_not_sold(box: Any, tea: Any, by: Actor) -> None:
    basket = trade.fill((box, 1))
    moderation.suspend(tea, reason="Nhãn sai.", by=by)

    [parcel] = baskets.parcels(basket, {})
    assert parcel.problems == ["Hàng này vừa hết."]
    with pytest.raises(purchases.NotOnSale, match="“Hộp quà Tết” có món đang tạm ngưng bán: Trà"):
        trade.place(basket)
    assert not Order.objects.exists()

    moderation.restore(tea, by=by)
    assert trade.place(basket).total == 180000


def test_new_parts_are_for_new_orders_only(box: Any, noodles: Any, tea: Any, by: Actor) -> None:
    before = trade.order((box, 1))
    sets.set_parts(box.stockrecords.get(), {tea.stockrecords.get().pk: 3}, by=by)
    after = trade.order((box, 1))

    assert [line[:3] for line in lines_of(before)] == [("Miến dong", 2, 97059), ("Trà", 1, 52941)]
    assert [line[:3] for line in lines_of(after)] == [("Trà", 3, 150000)]


def test_a_set_is_packed_from_the_lots_of_its_parts_and_one_part_comes_back(
    box: Any, noodles: Any, tea: Any, by: Actor
) -> None:
    """The whole walk: paid, packed, shipped, delivered, one part returned and paid back."""
    make_lot(noodles, 20)
    make_lot(tea, 7, number="261105-02", code="2EP9TW8X")
    order = trade.order((box, 2), methods="vietqr")
    payments.receive(order.payment, by=by)
    fulfilment.confirm_order(order, by=by)
    fulfilment.pack_order(order, scene.picks_of(order), by=by)
    trade.ship(order, by=by)
    order = trade.deliver(order, by=by)
    assert [record.num_in_stock for record in StockRecord.objects.order_by("pk")] == [16, 5, 0]

    of_tea = order.lines.get(title="Trà")
    case = returns.ask_return(
        order, units={of_tea.pk: 1}, reason="broken", words="Gói trà bị rách.", form_key=uuid4(), by=GUEST
    )
    case = returns.agree(case, goods_needed=True, by=by)
    case = returns.goods_back(case, fit={of_tea.pk: 1}, by=by)

    refund = order.payment.refunds.get()
    assert refund.amount == 52941  # its share of one box
    assert tea.stockrecords.get().num_in_stock == 6
    order.refresh_from_db()
    assert order.due == 330000 - 52941
    assert recount.of_holds() == []


def test_a_part_that_is_short_comes_off_alone_and_a_cancelled_set_frees_every_part(
    box: Any, noodles: Any, tea: Any, by: Actor
) -> None:
    order = trade.order((box, 2))
    of_tea = order.lines.get(title="Trà")
    cancelling.cancel_lines(order, {of_tea.pk: 1}, reason="Hết trà.", by=by)

    order.refresh_from_db()
    assert (held(noodles, tea), order.due) == ([4, 1], 330000 - 52941)
    letter = Letter.objects.get(kind="goods_taken_off")
    assert letter.body.startswith("Bớt khỏi đơn: 1 × Trà (trong Hộp quà Tết) (Hết trà.).")

    cancelling.cancel_order(order, reason="Khách đổi ý.", by=by)
    assert held(noodles, tea) == [0, 0]


def test_a_set_is_sold_across_the_counter(
    muong_hoa: Any, box: Any, noodles: Any, tea: Any, by: Actor
) -> None:
    [shown] = [product for product in counter.goods_for_sale(muong_hoa) if product == box]
    assert shown.stock.available == 7

    order = counter.sell(muong_hoa, {box.pk: 1}, method="cod", placement_key=uuid4(), by=by)

    assert (order.purchase.source, order.total_incl_tax) == (PurchaseSource.COUNTER, 150000)
    assert [product.stockrecords.get().num_in_stock for product in (noodles, tea)] == [18, 6]
    assert picking.suggest_picks(order) == []


def test_buying_again_puts_the_set_into_the_basket_and_not_its_parts(
    client: Client, box: Any, noodles: Any, by: Actor
) -> None:
    order = trade.order((box, 2), (noodles, 1))
    cancelling.cancel_order(order, reason="Khách đổi ý.", by=by)

    client.post(reverse("shop:buy_again", args=[order.purchase.token, order.number]))

    inside = dict(BasketLine.objects.exclude(basket=order.basket).values_list("product__title", "quantity"))
    assert inside == {"Hộp quà Tết": 2, "Miến dong": 1}


def test_pages_name_the_set_above_its_parts(client: Client, lan: Any, box: Any, by: Actor) -> None:
    order = trade.order((box, 2))
    fulfilment.confirm_order(order, by=by)
    title = "<b>Hộp quà Tết</b> × "

    assert (
        client.get(reverse("shop:purchase", args=[order.purchase.token])).content.decode().count(title) == 1
    )
    client.force_login(lan)
    at_desk = reverse("desk:order", args=["htx-muong-hoa", order.number])
    assert client.get(at_desk).content.decode().count(title) == 3  # to pack, what was ordered, to take off
    parcel = fulfilment.pack_order(order, scene.picks_of(order), by=by)
    slip = reverse("desk:slip", args=["htx-muong-hoa", order.number, parcel.pk])
    assert client.get(slip).content.decode().count(title) == 1


def test_placing_asks_one_question_more_for_a_set_and_none_without(box: Any, noodles: Any, tea: Any) -> None:
    def asked(*things: Any) -> int:
        basket = trade.fill(*things)
        with scene.statements() as told:
            trade.place(basket)
        return sum(one.startswith('SELECT "partner_setpart"') for one in told)

    assert (asked((noodles, 1), (tea, 1)), asked((box, 1), (noodles, 1))) == (0, 1)
