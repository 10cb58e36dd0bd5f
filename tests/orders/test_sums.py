"""A thousand random baskets: lines + parcel fee = order; orders = purchase; movements = stock."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cooperatives.models import Stall, StockRecord
from marketplace.foundation.actor import Actor
from marketplace.foundation.memo import forget
from orders import fulfilment
from orders.fulfilment import PickChoice
from tests.factories import make_cooperative, make_product
from tests.orders import trade

# On SQLite: its decimals are the ones that could lose a đồng, and PostgreSQL's numeric would take as long again.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_database]

PRICES = st.integers(1, 3_000_000)
BASKETS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=6)


class _Undo(Exception):
    """Ends an example and takes everything it wrote away."""


@pytest.mark.parametrize("part", range(4))  # so that workers share them
@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    prices=st.lists(PRICES, min_size=6, max_size=6),
    vat=st.lists(st.sampled_from([None, 0, 5, 8, 10]), min_size=6, max_size=6),
    fees=st.lists(
        st.tuples(st.integers(0, 60_000), st.none() | st.integers(1, 900_000), st.integers(0, 9_000)),
        min_size=3,
        max_size=3,
    ),
    wanted=BASKETS,
    ship=st.booleans(),
)
def test_every_sum_adds_up_to_the_dong(part, goods, prices, vat, fees, wanted, ship):
    try:
        with transaction.atomic():
            _one_purchase(goods, prices, vat, fees, wanted, ship)
            raise _Undo
    except _Undo:
        pass


@pytest.fixture
def goods(db):
    found = []
    for name in ("Một", "Hai", "Ba"):
        cooperative = make_cooperative(f"HTX {name}")
        found += [make_product(cooperative, f"Hàng {name} {n}", stock=60) for n in (1, 2)]
    return found


def _own_fee(order):
    """What one cooperative's goods cost to send, looked at alone."""
    stall = order.cooperative.stall
    if stall.free_over is not None and order.total_incl_tax - order.shipping_incl_tax >= stall.free_over:
        return 0
    units = sum(line.quantity for line in order.lines.all())  # 500 g each
    return stall.parcel_fee + stall.kilo_fee * (max(1, (units + 1) // 2) - 1)


def _one_purchase(goods, prices, vat, fees, wanted, ship):
    for product, price, rate in zip(goods, prices, vat, strict=True):
        StockRecord.objects.filter(product=product).update(price=price)
        type(product).objects.filter(pk=product.pk).update(vat_rate=rate)
    for (fee, free, kilo), product in zip(fees, goods[::2], strict=True):
        rate = {"parcel_fee": fee, "free_over": free, "kilo_fee": kilo}
        Stall.objects.filter(cooperative=product.cooperative).update(**rate)
    forget()  # written past the verbs, and rolled back each time
    fresh = {product.pk: type(product).objects.for_cards().get(pk=product.pk) for product in goods}

    purchase = trade.place(trade.fill(*[(fresh[goods[i].pk], quantity) for i, quantity in wanted]))

    orders = list(purchase.orders.select_related("cooperative__stall").prefetch_related("lines"))
    assert sum(order.total_incl_tax for order in orders) == purchase.total
    # Each block has one price of its own, and what sending costs is their sum.
    blocks = {order.cooperative_id: _own_fee(order) for order in orders}
    assert {order.cooperative_id: order.parcel_fee for order in orders} == blocks
    goods = sum(order.total_incl_tax - order.shipping_incl_tax for order in orders)
    assert purchase.total - goods == sum(blocks.values())
    for order in orders:
        lines = list(order.lines.all())
        assert sum(line.line_price_incl_tax for line in lines) + order.parcel_fee == order.total_incl_tax
        assert sum(line.line_price_excl_tax for line in lines) + order.parcel_fee == order.total_excl_tax
        assert all(line.unit_price_incl_tax * line.quantity == line.line_price_incl_tax for line in lines)
        assert order.payment.amount == order.total_incl_tax
        for amount in (
            order.total_incl_tax,
            order.total_excl_tax,
            *[line.line_price_excl_tax for line in lines],
        ):
            assert Decimal(amount) == int(amount)
    if ship:
        by = Actor.system("test")
        order = orders[0]
        fulfilment.confirm_order(order, by=by)
        fulfilment.pack_order(
            order, [PickChoice(line.pk, None, line.quantity) for line in order.lines.all()], by=by
        )
        trade.ship(order, carrier="GHN", by=by)
    for record in StockRecord.objects.annotate(moved=Sum("movements__quantity")):
        assert record.moved == record.num_in_stock
        held = sum(
            line.num_allocated for line in record.product.line_set.exclude(order__status__in=["shipped"])
        )
        assert held == record.num_allocated
