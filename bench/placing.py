"""Place purchases from three cooperatives by the service itself, without pages; the same lines by stock Oscar's own.

python -m bench.placing ours|oscar COUNT    print as JSON what COUNT purchases by one client, and by eight at once, took

Ours is ``purchases.place_purchase``: three orders with their payments, the stock held, letters waiting. Oscar's is the
total, ``OrderCreator.place_order`` (one order of the three lines) and the basket closed: what its checkout does last.
Both find their baskets filled.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import django

LINES = 3
CLIENTS = 8
POOL = 24  # eight clients fight for so many goods
SCARCE = 20  # units of each that are there when they do so again

Place = Callable[[Any, int], bool]


class Shop:
    """One of the two shops: goods of it, baskets of them, and the verb that is measured."""

    def __init__(self) -> None:
        self.goods = self.some_goods()
        self.made = 0

    def some_goods(self) -> list[Any]:
        """``POOL`` products with much stock, such that any three neighbours come from three sellers."""
        raise NotImplementedError

    def fill(self, number: int) -> Any:
        """Return a basket with one unit each of three of the goods."""
        raise NotImplementedError

    def place(self, basket: Any, number: int) -> bool:
        """Place it; False when the shop refuses because something has run out."""
        raise NotImplementedError

    def leave(self, units: int) -> None:
        """Let ``units`` of each of the goods be left to sell."""
        raise NotImplementedError

    def oversold(self) -> int:
        """How many units were sold that are not there."""
        raise NotImplementedError

    def baskets(self, count: int) -> list[tuple[int, Any]]:
        numbers = range(self.made, self.made + count)
        self.made += count
        return [(number, self.fill(number)) for number in numbers]

    def three(self, number: int) -> list[Any]:
        return [self.goods[(number + step) % len(self.goods)] for step in range(LINES)]


class Ours(Shop):
    def some_goods(self) -> list[Any]:
        from catalog.models import Product

        found = (
            Product.objects.on_sale().with_price().filter(stockrecords__num_in_stock__gte=200).order_by("pk")
        )
        return neighbours(found.iterator(500), lambda product: product.cooperative_id)

    def fill(self, number: int) -> Any:
        from orders.basket import baskets
        from orders.basket.models import Basket

        basket = Basket.objects.create()
        for product in self.three(number):
            baskets.add(basket, product, 1)
        return basket

    def place(self, basket: Any, number: int) -> bool:
        from marketplace.foundation.actor import Actor
        from orders import purchases

        address = {
            "province_code": "01", "province_name": "Thành phố Hà Nội", "commune_code": "00004",
            "commune_name": "Phường Ba Đình", "street": "Số 1, phố Đo",
        }  # fmt: skip
        buyer = purchases.Buyer(name="Nguyễn Thị Đo", phone=f"09{number % 10**8:08d}", address=address)
        methods = {product.cooperative_id: "cod" for product in self.three(number)}
        try:
            purchases.place_purchase(
                basket,
                placement_key=uuid4(),
                buyer=buyer,
                methods=methods,
                shown_total=None,
                by=Actor.guest(),
            )
        except purchases.OutOfStock:
            return False
        return True

    def leave(self, units: int) -> None:
        from cooperatives import stock
        from marketplace.foundation.actor import Actor

        for product in self.goods:
            record = product.stockrecords.get()
            stock.count(record, record.num_allocated + units, by=Actor.system("bench"))

    def oversold(self) -> int:
        from cooperatives.models import StockRecord

        return missing(StockRecord.objects.filter(product__in=self.goods))


class Oscar(Shop):
    def some_goods(self) -> list[Any]:
        from oscar.core.loading import get_model

        found = (
            get_model("partner", "StockRecord")
            .objects.filter(num_in_stock__gte=200)
            .select_related("product")
        )
        records = neighbours(found.order_by("pk").iterator(500), lambda record: record.partner_id)
        return [record.product for record in records]

    def fill(self, number: int) -> Any:
        from oscar.apps.partner.strategy import Default
        from oscar.core.loading import get_model

        basket = get_model("basket", "Basket").objects.create()
        basket.strategy = Default()
        for product in self.three(number):
            basket.add_product(product, 1)
        return basket

    def place(self, basket: Any, number: int) -> bool:
        from oscar.apps.checkout.calculators import OrderTotalCalculator
        from oscar.apps.order.utils import OrderCreator
        from oscar.apps.partner.strategy import Default
        from oscar.apps.shipping.methods import Free
        from oscar.core.loading import get_model

        fresh = get_model("basket", "Basket").objects.get(pk=basket.pk)
        fresh.strategy = Default()
        address = get_model("order", "ShippingAddress").objects.create(
            first_name="Đo", last_name="Nguyễn Thị", line1="Số 1, phố Đo", line4="Hà Nội", postcode="100000",
            country_id="VN",
        )  # fmt: skip
        method = Free()
        charge = method.calculate(fresh)
        OrderCreator().place_order(
            fresh, OrderTotalCalculator().calculate(fresh, charge), method, charge, shipping_address=address,
            guest_email=f"guest{number}@example.com",
        )  # fmt: skip
        fresh.submit()
        return True

    def leave(self, units: int) -> None:
        from django.db.models import F, Value
        from django.db.models.functions import Coalesce
        from oscar.core.loading import get_model

        records = get_model("partner", "StockRecord").objects.filter(product__in=self.goods)
        records.update(num_in_stock=Coalesce(F("num_allocated"), Value(0)) + units)

    def oversold(self) -> int:
        from oscar.core.loading import get_model

        return missing(get_model("partner", "StockRecord").objects.filter(product__in=self.goods))


def neighbours(found: Any, seller: Callable[[Any], int]) -> list[Any]:
    """Return the first ``POOL`` of ``found`` of which each three in a row are of three sellers."""
    chosen: list[Any] = []
    for one in found:
        if seller(one) not in {seller(other) for other in chosen[-(LINES - 1) :] + chosen[: LINES - 1]}:
            chosen.append(one)
        if len(chosen) == POOL:
            return chosen
    raise SystemExit(f"Not enough goods of different sellers: {len(chosen)}")


def missing(records: Any) -> int:
    """Return how many units of ``records`` are promised to somebody and not there."""
    found = records.values_list("num_allocated", "num_in_stock")
    return sum(max(0, (held or 0) - have) for held, have in found)


def one_client(shop: Shop, count: int) -> list[float]:
    """Place ``count`` purchases one after another; return what each took, in seconds."""
    took = []
    for number, basket in shop.baskets(count):
        began = time.perf_counter()
        shop.place(basket, number)
        took.append(time.perf_counter() - began)
    return took


def many_clients(shop: Shop, count: int) -> tuple[float, int, int]:
    """Let eight processes place ``count`` purchases together; return (seconds, placed, refused)."""
    from django.db import connections

    shares = [shop.baskets(count // CLIENTS) for _client in range(CLIENTS)]
    connections.close_all()  # each child has its own
    context = multiprocessing.get_context("fork")
    start = context.Barrier(CLIENTS + 1)
    answers = context.SimpleQueue()
    children = [context.Process(target=_client, args=(shop, share, start, answers)) for share in shares]
    for child in children:
        child.start()
    start.wait(60)
    began = time.perf_counter()
    told = [answers.get() for _child in children]
    took = time.perf_counter() - began
    for child in children:
        child.join(60)
    return took, sum(placed for placed, _refused in told), sum(refused for _placed, refused in told)


def _client(shop: Shop, share: Sequence[tuple[int, Any]], start: Any, answers: Any) -> None:
    from django.db import connection

    connection.ensure_connection()
    start.wait(60)
    placed = sum(shop.place(basket, number) for number, basket in share)
    answers.put((placed, len(share) - placed))


def main(name: str, count: int) -> None:
    if name == "oscar":
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.oscar_site.settings"
    django.setup()
    shop = Ours() if name == "ours" else Oscar()
    shop.leave(count * 10)
    one_client(shop, 10)  # warm
    alone = one_client(shop, count)
    seconds, placed, refused = many_clients(shop, count * 2)
    shop.leave(SCARCE)
    _seconds, scarce, sent_away = many_clients(shop, max(count, POOL * SCARCE // LINES * 2))
    print(
        json.dumps(
            {
                "ms": statistics.median(alone) * 1000,
                "rate": placed / seconds,
                "refused": refused,
                "scarce_placed": scarce,
                "scarce_refused": sent_away,
                "oversold": shop.oversold(),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
