"""The ledger lot by lot: every unit is of one lot or of none, nothing falls under zero, a refusal changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cooperatives import stock
from cooperatives.models import StockMovement, StockRecord
from tests import factories
from tests.factories import recall_lot
from traceability import lots, stocktake
from traceability.lots import LotRefused
from traceability.models import Lot, LotShare
from traceability.stocktake import Counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea(muong_hoa: Any) -> Any:
    """Thirty packets: 20 of lot 261105-01, 10 of no lot."""
    product = factories.make_product(muong_hoa, "Chè móc câu", stock=30)
    factories.make_lot(product, 20)
    return product


@pytest.fixture
def old(tea: Any) -> Lot:
    return tea.lots.get(number="261105-01")


@pytest.fixture
def new(tea: Any) -> Lot:
    return factories.make_lot(tea, number="261120-01", code="4HYJE1B1", from_stock=False)


def record(product: Any) -> StockRecord:
    return product.stockrecords.get()


def left(product: Any) -> dict[str, int]:
    """Units by the number of their lot, "" for those of none; the sum is what is in stock."""
    row = record(product)
    [parts] = stocktake.parts_of([row]).values()
    by_lot = {part.lot.number if part.lot else "": part.left for part in parts}
    assert sum(by_lot.values()) == row.num_in_stock
    return by_lot


def ledger() -> tuple[int, int]:
    return StockMovement.objects.count(), LotShare.objects.count()


def test_what_spoils_comes_off_its_lot_with_a_reason(tea: Any, old: Lot, by: Any) -> None:
    of_lot = stocktake.spoil(record(tea), 3, lot=old, note="Mốc", by=by)
    of_none = stocktake.spoil(record(tea), 4, note="Chuột cắn", by=by)

    assert left(tea) == {"261105-01": 17, "": 6}
    assert (of_lot.kind, of_lot.quantity, of_lot.note, of_lot.by_label) == ("spoilt", -3, "Mốc", "Lan")
    assert [share.quantity for share in of_lot.lot_shares.all()] == [-3]
    assert not of_none.lot_shares.exists()


@pytest.mark.parametrize(
    ("of_lot", "quantity", "note", "refusal"),
    [
        (True, 21, "Mốc", stock.NotEnoughStock),  # the product has thirty, the lot twenty
        (False, 11, "Mốc", stock.NotEnoughStock),
        (True, 0, "Mốc", stock.WrongQuantity),
        (True, 1, " \u200b ", LotRefused),
    ],
)
def test_a_lot_never_falls_under_zero_and_a_loss_needs_a_reason(
    tea: Any, old: Lot, by: Any, of_lot: bool, quantity: int, note: str, refusal: Any
) -> None:
    before = ledger()

    with pytest.raises(refusal):
        stocktake.spoil(record(tea), quantity, lot=old if of_lot else None, note=note, by=by)

    assert (ledger(), left(tea)) == (before, {"261105-01": 20, "": 10})


def test_a_form_sent_twice_spoils_once_but_a_sale_in_between_does_no_harm(
    tea: Any, old: Lot, by: Any
) -> None:
    seen = stock.newest_movement(record(tea))
    stock.hold({record(tea).pk: 2})
    stock.consume(record(tea).pk, 2, note="đơn", by=by)
    stocktake.spoil(record(tea), 3, lot=old, note="Mốc", seen=seen, by=by)

    with pytest.raises(stock.StockMoved) as refused:
        stocktake.spoil(record(tea), 3, lot=old, note="Mốc", seen=seen, by=by)

    assert refused.value.field == "quantity"
    assert left(tea) == {"261105-01": 17, "": 8}


def test_goods_come_in_for_a_lot_or_for_none_and_a_form_sent_twice_adds_once(
    tea: Any, old: Lot, by: Any
) -> None:
    seen = stock.newest_movement(record(tea))
    first = stocktake.add(record(tea), 5, lot=old, seen=seen, by=by)
    again = stocktake.add(record(tea), 5, lot=old, seen=seen, by=by)
    with pytest.raises(stock.StockMoved):
        stocktake.add(record(tea), 7, seen=seen, by=by)
    stocktake.add(record(tea), 7, seen=first.pk, by=by)

    assert again == first
    assert left(tea) == {"261105-01": 25, "": 17}


def test_a_count_moves_each_part_by_its_own_difference(tea: Any, old: Lot, by: Any) -> None:
    key, seen = record(tea).pk, stock.newest_movement(record(tea))
    counts = [Counted(key, old.pk, 18, seen), Counted(key, None, 13, seen)]

    movements = stocktake.count(counts, note="Cuối tháng", by=by)

    assert [(one.kind, one.quantity, one.note) for one in movements] == [
        ("counted", -2, "Cuối tháng"),
        ("counted", 3, "Cuối tháng"),
    ]
    assert left(tea) == {"261105-01": 18, "": 13}
    assert stocktake.count([Counted(key, old.pk, 18)], by=by) == []


def test_a_count_of_stock_that_moved_is_refused_whole_and_names_the_goods(
    tea: Any, old: Lot, mien: Any, by: Any
) -> None:
    tea_key, mien_key = record(tea).pk, record(mien).pk
    seen = stock.newest_movements([tea_key, mien_key])
    stock.hold({tea_key: 1})
    stock.consume(tea_key, 1, note="đơn", by=by)
    before = ledger()

    with pytest.raises(stocktake.CountStale, match="Chè móc câu") as refused:
        stocktake.count(
            [Counted(mien_key, None, 5, seen[mien_key]), Counted(tea_key, old.pk, 20, seen[tea_key])], by=by
        )

    assert refused.value.details == {"records": [tea_key]}
    assert (ledger(), left(mien)) == (before, {"": 20})
    with pytest.raises(stock.WrongQuantity):
        stocktake.count([Counted(mien_key, None, 5), Counted(tea_key, old.pk, -1)], by=by)
    assert (ledger(), left(mien)) == (before, {"": 20})


def test_units_change_lots_by_a_movement_of_nothing(tea: Any, old: Lot, new: Lot, by: Any) -> None:
    between = stocktake.move(record(tea), 5, source=old, target=new, note="Ghi nhầm lô", by=by)
    into = stocktake.move(record(tea), 4, source=None, target=new, note="Vào lô", by=by)
    out = stocktake.move(record(tea), 1, source=new, target=None, note="Rách tem", by=by)

    assert left(tea) == {"261105-01": 15, "261120-01": 8, "": 7}
    assert record(tea).num_in_stock == 30
    assert [(one.kind, one.quantity) for one in (between, into, out)] == [("moved", 0)] * 3
    assert sorted(share.quantity for share in between.lot_shares.all()) == [-5, 5]
    assert [share.quantity for share in out.lot_shares.all()] == [-1]


def test_units_do_not_change_lots_to_hide_a_recall_nor_go_into_a_closed_one(
    tea: Any, old: Lot, new: Lot, by: Any
) -> None:
    def refused(quantity: int, source: Lot | None, target: Lot | None) -> str | None:
        with pytest.raises((LotRefused, stock.NotEnoughStock)) as no:
            stocktake.move(record(tea), quantity, source=source, target=target, note="Thử", by=by)
        return no.value.field

    assert refused(21, old, new) == "quantity"
    assert refused(1, None, None) == "target"
    lots.close_lot(new, by=by)
    new.refresh_from_db()
    assert refused(1, old, new) == "target"
    recalled = recall_lot(old, reason="Có dư lượng thuốc.", by=by)
    assert refused(1, recalled, None) == "source"
    assert left(tea) == {"": 10}  # all that was left of the recalled lot is put aside


def test_what_a_buyer_sends_back_returns_to_its_lot_or_is_written_off(tea: Any, old: Lot, by: Any) -> None:
    fit = stocktake.returned(record(tea), 2, lot=old, fit_to_sell=True, note="Đơn 7K3M", by=by)
    broken = stocktake.returned(record(tea), 3, lot=old, fit_to_sell=False, note="Đơn 7K3M", by=by)
    stocktake.returned(record(tea), 1, lot=None, fit_to_sell=True, by=by)

    assert left(tea) == {"261105-01": 22, "": 11}
    assert [(one.kind, one.quantity) for one in (fit, broken)] == [("returned", 2), ("returned", 3)]
    assert list(
        old.shares.filter(pk__gt=fit.lot_shares.get().pk).values_list("movement__kind", "quantity")
    ) == [
        ("returned", 3),
        ("spoilt", -3),
    ]


def test_returned_goods_of_a_recalled_lot_are_only_written_off(tea: Any, old: Lot, by: Any) -> None:
    recalled = recall_lot(old, reason="Có dư lượng thuốc.", by=by)
    before = ledger()

    with pytest.raises(LotRefused):
        stocktake.returned(record(tea), 2, lot=recalled, fit_to_sell=True, by=by)
    assert ledger() == before

    stocktake.returned(record(tea), 2, lot=recalled, fit_to_sell=False, by=by)
    assert left(tea) == {"": 10}


def test_a_recalled_lot_is_not_counted_back_into_stock(tea: Any, old: Lot, by: Any) -> None:
    recall_lot(old, reason="Có dư lượng thuốc.", by=by)
    before = ledger()

    with pytest.raises(LotRefused) as no:
        stocktake.count([Counted(record(tea).pk, old.pk, 20)], by=by)

    assert (no.value.field, ledger()) == ("counted", before)


def test_only_a_change_of_lots_may_move_nothing(tea: Any) -> None:
    for kind, quantity in (("made", 0), ("moved", 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            StockMovement.objects.create(stock_record=record(tea), kind=kind, quantity=quantity, by_label="x")


def test_the_lot_of_another_product_is_a_mistake_of_ours(tea: Any, old: Lot, mien: Any, by: Any) -> None:
    with pytest.raises(ValueError, match="not of stock record"):
        stocktake.spoil(record(mien), 1, lot=old, note="Mốc", by=by)
