"""Short ways to a basket, a purchase and an order, all through the rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from catalog.models import Product
from marketplace.foundation.actor import Actor
from orders import fulfilment, purchases
from orders.basket import baskets
from orders.basket.models import Basket
from orders.models import Order, Parcel, Purchase
from tests.factories import HA_NOI

GUEST = Actor.guest()
BUYER = purchases.Buyer(name="Hà", phone="0912000004", address={**HA_NOI, "street": "12 Đội Cấn"})


def fill(*things: tuple[Product, int]) -> Basket:
    """A basket with so many of each product."""
    basket = Basket.objects.create()
    for product, quantity in things:
        baskets.add(basket, product, quantity)
    return basket


def place(
    basket: Basket,
    *,
    key: UUID | None = None,
    methods: dict[int, str] | str = "cod",
    shown_total: Decimal | int | None = None,
    **options: Any,
) -> Purchase:
    """Place ``basket`` the way the review screen does."""
    buyer = options.pop("buyer", BUYER)
    parcels = baskets.parcels(basket, buyer.address, pickups=options.get("pickups", ()))
    if isinstance(methods, str):
        methods = {parcel.cooperative.pk: methods for parcel in parcels}
    return purchases.place_purchase(
        basket,
        placement_key=key or uuid4(),
        buyer=buyer,
        methods=methods,
        shown_total=Decimal(baskets.total_of(parcels) if shown_total is None else shown_total),
        by=GUEST,
        **options,
    )


def order(*things: tuple[Product, int], methods: str = "cod") -> Order:
    """The one order of a purchase from one cooperative."""
    return place(fill(*things), methods=methods).orders.get()


def ship(order: Order, *, carrier: str = "GHN", waybill: str = "", by: Actor) -> Parcel:
    """Hand the order's one packed parcel to a carrier."""
    parcel = order.parcels.get(status="packed")
    return fulfilment.ship_parcel(parcel, carrier=carrier, waybill=waybill, by=by)


def deliver(order: Order, *, by: Actor) -> Order:
    """The order's one parcel on its way reaches the buyer."""
    return fulfilment.deliver_parcel(order.parcels.get(status="shipped"), by=by)
