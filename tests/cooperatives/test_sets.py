"""Sets: what may be in one, how many its parts make, and how its price is divided over them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cooperatives import offers, prices, sets, stock
from cooperatives.models import SetPart, StockMovement, StockRecord
from marketplace.foundation.actor import Actor
from tests.factories import make_product, make_set

JOB = Actor.system("test")


@pytest.fixture
def goods(muong_hoa: Any) -> dict[str, Any]:
    """Noodles (20 packets) and tea (7 packets) of one cooperative."""
    return {
        "noodles": make_product(muong_hoa, "Miến dong", price=55000, stock=20),
        "tea": make_product(muong_hoa, "Trà", price=60000, stock=7),
    }


def record_of(product: Any) -> StockRecord:
    return product.stockrecords.get()


def left(product: Any) -> tuple[int, int, bool]:
    """What everybody who asks is told: the record, the offer of pages, whether it is sold out."""
    offer = offers.offers_of([product.pk])[product.pk]
    return record_of(product).available, offer.left, bool(offers.sold_out([product.pk]))


def test_a_set_has_as_many_as_its_scarcest_part_makes(muong_hoa: Any, goods: dict[str, Any]) -> None:
    box = make_set(muong_hoa, {goods["noodles"]: 2, goods["tea"]: 3})
    assert left(box) == (2, 2, False)  # 20 // 2 of noodles, 7 // 3 of tea

    stock.hold({record_of(goods["tea"]).pk: 2})
    assert left(box) == (1, 1, False)

    stock.hold({record_of(goods["tea"]).pk: 3})
    assert left(box) == (0, 0, True)
    assert left(goods["noodles"]) == (20, 20, False)


def test_a_part_that_is_paused_sells_its_sets_out(muong_hoa: Any, goods: dict[str, Any]) -> None:
    box = make_set(muong_hoa, {goods["noodles"]: 1, goods["tea"]: 1})

    sets.pause(goods["tea"].pk, is_paused=True)
    assert left(box) == (0, 0, True)
    assert [sets.sets_from(part) for part in sets.parts_of([record_of(box).pk])[record_of(box).pk]] == [20, 0]

    sets.pause(goods["tea"].pk, is_paused=False)
    assert left(box) == (7, 7, False)


def test_no_stock_verb_touches_a_set_and_the_database_holds_that_too(
    muong_hoa: Any, goods: dict[str, Any]
) -> None:
    box = record_of(make_set(muong_hoa, {goods["noodles"]: 2}))

    for refused in (
        lambda: stock.make(box, 5, by=JOB),
        lambda: stock.spoil(box, 1, by=JOB),
        lambda: stock.count(box, 4, by=JOB),
        lambda: stock.regroup(box, note="nhầm", by=JOB),
    ):
        with pytest.raises(stock.SetHasNoStock, match="Bộ này không có kho riêng"):
            refused()
    with pytest.raises(IntegrityError), transaction.atomic():
        StockRecord.objects.filter(pk=box.pk).update(num_allocated=1)

    assert not StockMovement.objects.filter(stock_record=box).exists()
    box.refresh_from_db()
    assert (box.num_in_stock, box.num_allocated) == (0, 0)


def test_what_makes_no_set_is_refused_and_the_old_parts_stay(
    muong_hoa: Any, ban_khac: Any, goods: dict[str, Any]
) -> None:
    box = record_of(make_set(muong_hoa, {goods["noodles"]: 2}))
    noodles, tea = record_of(goods["noodles"]), record_of(goods["tea"])
    foreign = record_of(make_product(ban_khac, "Cam"))
    fish = record_of(make_product(muong_hoa, "Cá hồi", net_grams=1000))
    StockRecord.objects.filter(pk=fish.pk).update(is_weighed=True)
    other_box = record_of(make_set(muong_hoa, {goods["tea"]: 2}, "Bộ trà"))
    many = {record_of(make_product(muong_hoa, f"Món {n}")).pk: 1 for n in range(13)}

    for parts, why in (
        ({tea.pk: 1}, "ít nhất hai món"),
        ({tea.pk: 0, noodles.pk: 2}, "từ 1 đến 99"),
        (many, "nhiều nhất 12 món"),
        ({foreign.pk: 2}, "hàng của chính hợp tác xã"),
        ({10**9: 2}, "hàng của chính hợp tác xã"),
        ({fish.pk: 2}, "tính tiền theo cân"),
        ({other_box.pk: 1, tea.pk: 1}, "không nằm trong bộ khác"),
        ({box.pk: 2}, "không nằm trong bộ khác"),
    ):
        with pytest.raises(sets.WrongSet, match=why):
            sets.set_parts(box, parts, by=JOB)
    with pytest.raises(sets.WrongSet, match="đang có số trong kho"):
        sets.set_parts(fish_free(muong_hoa), {tea.pk: 2}, by=JOB)
    with pytest.raises(sets.WrongSet, match="đang nằm trong một bộ"):
        sets.set_parts(tea, {noodles.pk: 2}, by=JOB)

    assert list(SetPart.objects.filter(whole=box).values_list("part", "units")) == [(noodles.pk, 2)]


def fish_free(cooperative: Any) -> StockRecord:
    return record_of(make_product(cooperative, "Mật ong", stock=3))


def test_parts_change_and_a_set_without_parts_is_ordinary_goods_again(
    muong_hoa: Any, goods: dict[str, Any]
) -> None:
    StockRecord.objects.update(unit_grams=500)
    box = record_of(make_set(muong_hoa, {goods["noodles"]: 2, goods["tea"]: 1}))
    assert (box.is_set, box.unit_grams) == (True, 1500)

    sets.set_parts(box, {record_of(goods["tea"]).pk: 2}, by=JOB)
    assert list(box.parts.values_list("units", flat=True)) == [2]

    sets.set_parts(box, {}, by=JOB)
    assert not StockRecord.objects.get(pk=box.pk).is_set
    assert stock.make(box, 4, by=JOB).quantity == 4


def test_a_special_price_of_a_set_has_no_limit(muong_hoa: Any, goods: dict[str, Any]) -> None:
    box = record_of(make_set(muong_hoa, {goods["noodles"]: 2}, price=100000))
    now = timezone.now()
    when = {"starts_at": now, "ends_at": now + dt.timedelta(days=1), "by": JOB}

    with pytest.raises(prices.WrongWindow, match="không đặt được số lượng nhiều nhất"):
        prices.open_window(box, price=90000, limit=5, **when)
    prices.open_window(box, price=90000, **when)

    assert offers.offers_of([box.product_id])[box.product_id].price == Decimal(90000)


@given(
    price=st.integers(1, 10**9),
    parts=st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 99)), min_size=1, max_size=12),
)
def test_the_shares_of_a_price_add_up_and_nothing_is_given_away(
    price: int, parts: list[tuple[int, int]]
) -> None:
    rows = [SetPart(part=StockRecord(price=Decimal(alone)), units=units) for alone, units in parts]

    shares = sets.price_shares(Decimal(price), rows)

    assert sum(shares) == price
    assert all(share == int(share) for share in shares)
    assert min(shares) >= (1 if price >= len(parts) else 0)
    whole = sum(alone * units for alone, units in parts)
    for share, (alone, units) in zip(shares, parts, strict=True):
        assert abs(share - Decimal(price) * alone * units / whole) <= len(
            parts
        )  # in proportion, to a few đồng
