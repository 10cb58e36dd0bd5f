"""Sales that do not begin on the market: an order taken down for a customer, and a sale across the counter.

Both go through the same placing, packing and booking as every other order; only who types differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from cooperatives.models import Cooperative
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal

from . import cancelling, fulfilment, payments, picking, purchases
from .basket import baskets
from .basket.models import Basket
from .locking import lock_order
from .models import Order, Purchase
from .statuses import OrderStatus, PaymentMethod, PaymentStatus, PurchaseSource


class CounterRefusal(Refusal):
    """Nothing was sold."""


@transaction.atomic
def take_order(
    cooperative: Cooperative,
    goods: Mapping[int, int],
    *,
    buyer: purchases.Buyer,
    method: str,
    source: PurchaseSource,
    placement_key: UUID,
    by: Actor,
) -> Order:
    """Take an order down for a customer who called or wrote: placed at today's prices, and confirmed at once.

    ``goods``: product id → units, of this cooperative only. Sent twice with one ``placement_key`` it is one order.
    Raises CounterRefusal for nothing and for goods of others, BasketRefusal and PlacementRefusal as placing does.
    """
    order = _place(cooperative, goods, buyer, method, source, placement_key, by)
    return fulfilment.confirm_order(order, by=by) if order.status == OrderStatus.PLACED else order


@transaction.atomic
def sell_sum(
    cooperative: Cooperative,
    amount: Decimal,
    *,
    title: str = "",
    method: str,
    placement_key: UUID,
    by: Actor,
) -> Order:
    """Sell for a sum that somebody typed, whatever the goods (``title`` in a few words); no stock moves.

    Cash is booked at once, a transfer when it is seen. Raises as ``purchases.place_sum``.
    """
    order = purchases.place_sum(
        cooperative,
        amount,
        title=title or gettext("Hàng bán tại quầy"),
        placement_key=placement_key,
        buyer=_customer(cooperative),
        method=method,
        by=by,
    )
    return _over_for_cash(order, by)


@transaction.atomic
def sell(
    cooperative: Cooperative, goods: Mapping[int, int], *, method: str, placement_key: UUID, by: Actor
) -> Order:
    """Sell across the counter. Cash: handed over and booked at once. Transfer: the goods wait until the money is seen.

    Raises as ``take_order``, and BadPick when no lot may be sold.
    """
    buyer = _customer(cooperative)
    order = _place(cooperative, goods, buyer, method, PurchaseSource.COUNTER, placement_key, by)
    return _over_for_cash(order, by)


def _over_for_cash(order: Order, by: Actor) -> Order:
    """Hand over what is paid in cash, unless somebody who pressed at the same moment did so."""
    is_cash = order.payment.method == PaymentMethod.COD
    return hand_over(order, by=by) if is_cash and order.status == OrderStatus.PLACED else order


def _customer(cooperative: Cooperative) -> purchases.Buyer:
    """Who stands at the counter: nobody asks for a name, and the place is the cooperative's own."""
    return purchases.Buyer(
        name=gettext("Khách tại quầy"),
        phone=cooperative.phone,
        address={
            name: getattr(cooperative, name)
            for name in (
                "province_code",
                "province_name",
                "commune_code",
                "commune_name",
                "places_version",
                "street",
                "directions",
            )
        },
    )


@transaction.atomic
def hand_over(order: Order, *, by: Actor) -> Order:
    """The money is there: note it, and let the goods go from the lots that expire first. Pressed twice it is once.

    Locks the order, then its payment and stock. Raises CounterRefusal unless it is a sale across the counter that
    still waits.
    """
    order = lock_order(order.pk)
    if order.status == OrderStatus.DELIVERED:
        return order
    if order.purchase.source != PurchaseSource.COUNTER or order.status != OrderStatus.PLACED:
        raise CounterRefusal(_("Đơn này không chờ giao tại quầy."), code="not_waiting")
    if payments.waits_for_money(order.payment):
        payments.receive(order.payment, by=by)
    fulfilment.confirm_order(order, by=by)
    choices = [
        fulfilment.PickChoice(one.line.pk, option.lot.pk if option.lot else None, take)
        for one in picking.suggest_picks(order)
        for option, take in one.options
    ]
    grams = {line.pk: line.unit_grams * line.quantity for line in order.lines.all() if line.unit_grams}
    parcel = fulfilment.pack_order(order, choices, grams=grams, by=by)
    fulfilment.ship_parcel(parcel, carrier=str(PurchaseSource.COUNTER.label), by=by)
    order = fulfilment.deliver_parcel(parcel, by=by)
    if order.payment.status == PaymentStatus.ON_DELIVERY:
        payments.receive(order.payment, by=by)
    return order


@transaction.atomic
def call_off(order: Order, *, by: Actor) -> Order:
    """The customer leaves without paying: the goods are free again. Raises as ``cancelling.cancel_order``."""
    return cancelling.cancel_order(order, reason=gettext("Khách không mua nữa"), by=by)


def goods_for_sale(cooperative: Cooperative) -> list[Product]:
    """Return what the cooperative can sell now, by name, with today's price and stock."""
    return list(
        Product.objects.on_sale().with_price().filter(cooperative=cooperative).order_by("title", "pk")
    )


def _place(
    cooperative: Cooperative,
    goods: Mapping[int, int],
    buyer: purchases.Buyer,
    method: str,
    source: PurchaseSource,
    placement_key: UUID,
    by: Actor,
) -> Order:
    """The order that is placed so, or was with the same key; then it is further on than placed."""
    made = Purchase.objects.filter(placement_key=placement_key).first()
    if made is not None:
        return made.orders.select_related("purchase", "payment", "cooperative").get(cooperative=cooperative)
    wanted = {key: units for key, units in goods.items() if units}
    if not wanted:
        raise CounterRefusal(_("Hãy ghi số lượng ở ít nhất một món."), code="nothing")
    found = Product.objects.on_sale().with_price().filter(cooperative=cooperative).in_bulk(wanted)
    if len(found) < len(wanted):
        raise CounterRefusal(_("Có món không còn bán. Hãy mở lại trang này."), code="gone")
    basket = Basket.objects.create()
    for key, units in wanted.items():
        baskets.add(basket, found[key], units)
    purchase = purchases.place_purchase(
        basket,
        placement_key=placement_key,
        buyer=buyer,
        methods={cooperative.pk: method},
        shown_total=None,
        source=source,
        by=by,
    )
    return purchase.orders.select_related("purchase", "payment", "cooperative").get()
