"""Offers: price and stock of many goods in one query, the same prices as goods one by one have."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from cooperatives import offers, prices
from cooperatives.models import Cooperative, PriceWindow, StockRecord
from cooperatives.offers import Offer
from tests import factories

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def tea(muong_hoa: Cooperative) -> StockRecord:
    return factories.make_product(muong_hoa, "Chè", price=100_000, stock=7).stockrecords.get()


def window(record: StockRecord, price: int, **change: Any) -> None:
    now = timezone.now()
    values = {"starts_at": now - HOUR, "ends_at": now + HOUR, "by_label": "kịch bản", **change}
    PriceWindow.objects.create(stock_record=record, price=price, **values)


def test_without_a_window_the_regular_price_is_asked_for(tea: StockRecord) -> None:
    offer = offers.offers_of([tea.product_id])[tea.product_id]
    assert offer == Offer(Decimal(100_000), was=None, left=7, until=None)


@pytest.mark.parametrize(
    "windows",
    [
        [(90_000, {}), (80_000, {"old_price": 100_000})],
        [(80_000, {"code": "LIVE26"})],
        [(80_000, {"limit": 3, "taken": 3}), (95_000, {"limit": 3, "taken": 2})],
        [(120_000, {})],
        [(80_000, {"starts_at": lambda now: now + HOUR / 2})],
        [(80_000, {"ends_at": lambda now: now - HOUR / 2})],
    ],
)
def test_the_price_is_what_the_product_alone_would_cost(
    tea: StockRecord, windows: list[tuple[int, dict[str, Any]]]
) -> None:
    for price, change in windows:
        made: dict[str, Any] = {
            name: value(timezone.now()) if isinstance(value, Callable) else value  # type: ignore[arg-type]
            for name, value in change.items()
        }
        window(tea, price, **made)
    alone = prices.price_of(tea)
    offer = offers.offers_of([tea.product_id])[tea.product_id]
    assert (offer.price, offer.was) == (alone.amount, alone.was)
    ends = [one.ends_at for one in tea.price_windows.all() if one.pk == alone.window_id]
    assert offer.until == (ends[0] if ends else None)


def test_what_is_held_is_not_left_and_a_loss_of_held_stock_leaves_nothing(tea: StockRecord) -> None:
    StockRecord.objects.filter(pk=tea.pk).update(num_allocated=5)
    assert offers.offers_of([tea.product_id])[tea.product_id].left == 2
    assert offers.sold_out([tea.product_id]) == set()
    StockRecord.objects.filter(pk=tea.pk).update(num_in_stock=3)
    assert offers.offers_of([tea.product_id])[tea.product_id].left == 0
    assert offers.sold_out([tea.product_id]) == {tea.product_id}


def test_any_number_of_goods_costs_one_query_and_none_costs_none(
    muong_hoa: Cooperative, tea: StockRecord, django_assert_num_queries: Any
) -> None:
    other = factories.make_product(muong_hoa, "Măng khô", price=60_000, stock=0)
    with django_assert_num_queries(1):
        found = offers.offers_of([tea.product_id, other.pk])
    assert {key: offer.left for key, offer in found.items()} == {tea.product_id: 7, other.pk: 0}
    with django_assert_num_queries(0):
        assert offers.offers_of([]) == {}
        assert offers.sold_out([]) == set()
