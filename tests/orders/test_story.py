"""One story through HTTP, from listing to a closed month, every balance to the đồng (peers.md ask 19)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from catalog.models import Product
from cooperatives.models import Stall
from marketplace.places.models import Bank
from orders import books, recount
from orders.models import Line, Order, Parcel, Refund, ReportMonth
from tests import factories, scene
from tests.orders.test_checkout import DELIVERY

pytestmark = pytest.mark.django_db
STALL = "htx-muong-hoa"
DAY = dt.datetime(2026, 11, 10, 3, 0, tzinfo=dt.UTC)


class Person:
    """Somebody at a browser; a post that is not answered by a redirect is a fault of the story."""

    def __init__(self, user: Any = None) -> None:
        self.client = Client()
        if user is not None:
            self.client.force_login(user)

    def post(self, name: str, *args: Any, **body: Any) -> str:
        response = self.client.post(reverse(name, args=args), body)
        assert response.status_code == 302, (name, response.status_code, response.content.decode()[:3000])
        return str(response["Location"])

    def desk(self, name: str, *args: Any, **body: Any) -> str:
        return self.post(f"desk:{name}", STALL, *args, **body)


def of(order: Order) -> tuple[str, int, str, int]:
    """Goods, what it costs, money, what was received; in đồng."""
    order = Order.objects.select_related("payment").get(pk=order.pk)
    return order.status, int(order.due), order.payment.status, int(order.payment.amount)


def units(line: Line) -> tuple[int, int, int, int, int]:
    line.refresh_from_db()
    return line.num_open, line.num_packed, line.num_shipped, line.num_cancelled, line.num_returned


def stock_of(product: Product) -> tuple[int, int]:
    return product.stockrecords.values_list("num_in_stock", "num_allocated").get()


def booked(month: dt.date) -> dict[str, int]:
    cooperative = Order.objects.get().cooperative
    return {account: int(amount) for account, amount in books.totals(cooperative, month).items() if amount}


def test_from_listing_to_a_closed_month(muong_hoa: Any, lan: Any, quyen: Any) -> None:
    scene.ensure_places()
    factories.make_bank_account(muong_hoa)
    Stall.objects.filter(cooperative=muong_hoa).update(free_over=None)
    with time_machine.travel(DAY, tick=False):
        director, officer, buyer = Person(lan), Person(quyen), Person()
        chicken = _listed(director, officer, "Gà đồi", price="225k", unit="con", net="1500 g", stock="10")
        noodles = _listed(director, officer, "Miến dong", price="55k", unit="gói", net="500 g", stock="20")
        director.desk("product_price", chicken.pk, price="225000", is_weighed="on")

        # --- 3 packets of noodles, 2 birds, paid by transfer
        order = _bought(buyer, muong_hoa, (noodles, 3), (chicken, 2))
        packets, birds = order.lines.get(product=noodles), order.lines.get(product=chicken)
        assert of(order) == ("placed", 645_000, "waiting", 645_000)
        assert (stock_of(noodles), stock_of(chicken)) == ((20, 3), (10, 2))
        buyer.post("shop:purchase_claim", order.purchase.token, order.number)
        director.desk("order_confirm", order.number)
        director.desk("payment_received", order.number)
        assert of(order) == ("confirmed", 645_000, "received", 645_000)
        november = dt.date(2026, 11, 1)
        assert booked(november) == {"bank": 645_000}

        # --- one packet is short for good, one bird follows later; the other weighs 1.4 kg
        director.desk(
            "order_pack", order.number,
            **{f"take_{packets.pk}_0": "2", f"rest_{packets.pk}": "off", f"why_{packets.pk}": "Một gói bị ẩm",
               f"take_{birds.pk}_0": "1", f"rest_{birds.pk}": "later", f"weigh_{birds.pk}": "1400"},
        )  # fmt: skip
        assert of(order) == ("confirmed", 575_000, "received", 645_000)  # − 55.000 − 15.000
        refund = Refund.objects.get()
        assert (refund.status, refund.amount) == ("owed", Decimal(70_000))
        first = Parcel.objects.get()
        director.desk("parcel_ship", order.number, first.pk, carrier="GHN", waybill="G1")
        assert (units(packets), units(birds)) == ((0, 0, 2, 1, 0), (1, 0, 1, 0, 0))
        assert (stock_of(noodles), stock_of(chicken)) == ((18, 0), (9, 1))

        # --- the second bird is as heavy as ordered; both parcels arrive
        director.desk("order_pack", order.number, **{f"take_{birds.pk}_0": "1", f"weigh_{birds.pk}": "1500"})
        second = Parcel.objects.get(status="packed")
        director.desk("parcel_ship", order.number, second.pk, carrier="GHN", waybill="G2")
        assert [int(p.collect) for p in Parcel.objects.all()] == [0, 0]  # it is paid
        director.desk("parcel_deliver", order.number, second.pk)
        assert booked(november) == {"bank": 645_000, "goods": 225_000, "shipping": 30_000}
        director.desk("parcel_deliver", order.number, first.pk)
        assert of(order) == ("delivered", 575_000, "received", 645_000)
        assert booked(november) == {"bank": 645_000, "goods": 545_000, "shipping": 30_000}

        # --- the 70,000 go back to the account that the buyer names
        bank = Bank.objects.filter(is_active=True).order_by("pk")[0]
        buyer.post(
            "shop:purchase_account", order.purchase.token, order.number,
            bank=bank.pk, number="0123 456 789", holder="Trần Thị Hà",
        )  # fmt: skip
        director.desk(
            "refund_sent", order.number, refund.pk, **{"sent-shown": "70000", "sent-reference": "FT1"}
        )
        assert booked(november) == {"bank": 575_000, "goods": 545_000, "shipping": 30_000}

    # --- one packet comes back; it can be sold again
    with time_machine.travel(DAY + dt.timedelta(days=3), tick=False):
        director, buyer = Person(lan), Person()
        page = buyer.post(
            "shop:return_ask", order.purchase.token, order.number,
            **{f"units_{packets.pk}": "1", "reason": "wrong", "words": "Sợi to.", "form_key": str(uuid.uuid4())},
        )  # fmt: skip
        assert buyer.client.get(page).status_code == 200
        case = order.return_cases.get()
        director.desk("return_agree", case.pk, **{"agree-way": "back"})
        director.desk("return_back", case.pk, **{f"back-fit_{packets.pk}": "1"})
        assert (units(packets), stock_of(noodles)) == ((0, 0, 2, 1, 1), (19, 0))
        refund = Refund.objects.get(status="owed")
        assert (refund.amount, refund.account_number) == (Decimal(55_000), "0123456789")
        director.desk(
            "refund_sent", order.number, refund.pk, **{"sent-shown": "55000", "sent-reference": "FT2"}
        )
        assert of(order) == ("delivered", 520_000, "received", 645_000)
        case.refresh_from_db()
        assert case.goods_needed

    # --- December: November is closed, and what comes later does not change it
    with time_machine.travel(dt.datetime(2026, 12, 2, 3, 0, tzinfo=dt.UTC), tick=False):
        director = Person(lan)
        closed_page = director.desk("month_close", "2026-11")
        assert director.client.get(closed_page).status_code == 200
        whole = {"bank": 520_000, "goods": 490_000, "shipping": 30_000}
        assert {name: int(n) for name, n in ReportMonth.objects.get().totals.items()} == whole
        assert booked(november) == whole
        director.desk(
            "refund_give", order.number,
            **{"give-target": "fee", "give-amount": "30.000", "give-reason": "Giao trễ", "give-seen": "3"},
        )  # fmt: skip
        refund = Refund.objects.get(status="owed")
        director.desk(
            "refund_sent", order.number, refund.pk, **{"sent-shown": "30000", "sent-reference": "FT3"}
        )

        assert booked(november) == whole
        assert booked(dt.date(2026, 12, 1)) == {"bank": -30_000, "shipping": -30_000}
        assert of(order) == ("delivered", 490_000, "received", 645_000)
        assert books.between(order.cooperative) == books.Between(Decimal(0), Decimal(0))
    assert recount.recount() == []


def _listed(
    director: Person, officer: Person, name: str, *, price: str, unit: str, net: str, stock: str
) -> Product:
    """A product from its first photo to the shelf."""
    category = factories.make_category()
    director.desk("product_add", draft_key=str(uuid.uuid4()), image=scene.photo())
    product = Product.objects.latest("pk")
    for step, fields in [
        ("ten", {"title": name, "description": "Của bản."}),
        ("loai", {"category": category.pk}),
        ("gia", {"price": price, "unit": unit, "net_quantity": net}),
        ("kho", {"in_stock": stock}),
        ("noi", {"origin": "Xã Thượng Minh", "maker": "HTX Mường Hoa"}),
        ("nhan", {"ingredients": "Không pha.", "shelf_life": "12 tháng"}),
        ("xong", {}),
    ]:
        director.desk("product_step", product.pk, step, **fields)
    officer.post("review:product", product.pk, decision="approve")
    return product


def _bought(buyer: Person, cooperative: Any, *things: tuple[Product, int]) -> Order:
    """Through basket and checkout, paid by transfer."""
    for product, quantity in things:
        buyer.post("shop:basket_add", product=product.pk, quantity=quantity)
    buyer.post("shop:checkout", **DELIVERY)
    buyer.post("shop:checkout_payment", **{f"method_{cooperative.pk}": "vietqr"})
    page = buyer.client.get(reverse("shop:checkout_review"))
    assert "bán theo cân" in page.content.decode()
    buyer.post(
        "shop:checkout_review",
        placement_key=page.context["placement_key"],
        shown_total=str(int(page.context["total"])),
    )
    return Order.objects.select_related("purchase").get()
