from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cooperatives import stock
from cooperatives.models import StockMovement
from marketplace.accounts.models import AuditRow
from marketplace.foundation.transitions import IllegalMove
from tests import factories
from tests.factories import recall_lot
from traceability import lots
from traceability.lots import LotRefused
from traceability.models import Lot, LotPaper, LotShare, TraceCode
from traceability.recalls import RecallRefused
from traceability.statuses import LotStatus

from .conftest import TODAY

YESTERDAY = dt.date(2026, 11, 20)


def open_lot(product: Any, by: Any, **words: Any) -> Lot:
    return lots.open_lot(product.cooperative, product, by=by, **{"made_on": YESTERDAY, **words})


def test_a_lot_is_numbered_by_its_day_and_gets_a_code_of_eight(mien: Any, by: Any) -> None:
    first = open_lot(mien, by)
    second = open_lot(mien, by)
    other_day = open_lot(mien, by, made_on=TODAY)

    assert [first.number, second.number, other_day.number] == ["261120-01", "261120-02", "261121-01"]
    code = TraceCode.objects.get(lot=first)
    assert (len(code.code), code.kind, code.status) == (8, "lot", "activated")
    assert AuditRow.objects.filter(verb="lot.open", object_id=first.pk, by_label="Lan").count() == 1


def test_what_a_new_lot_holds_goes_into_stock_as_its_share(mien: Any, by: Any) -> None:
    lot = open_lot(mien, by, quantity=12)

    mien.stock.refresh_from_db()
    assert mien.stockrecords.get().num_in_stock == 32
    movement = StockMovement.objects.latest("pk")
    assert (movement.kind, movement.quantity, movement.note) == ("made", 12, "Lô 261120-01")
    assert lots.balance(lot) == 12


def test_the_same_form_sent_twice_opens_one_lot(mien: Any, by: Any) -> None:
    first = open_lot(mien, by, quantity=12, newest_seen=0)
    again = open_lot(mien, by, quantity=12, newest_seen=0)
    another = open_lot(mien, by, quantity=12, newest_seen=first.pk)

    assert again.pk == first.pk
    assert another.pk != first.pk
    assert mien.stockrecords.get().num_in_stock == 44


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"made_on": dt.date(2026, 11, 22)}, "made_on"),
        ({"made_on": dt.date(1999, 12, 31)}, "made_on"),
        ({"packed_on": dt.date(2026, 11, 19)}, "packed_on"),
        ({"packed_on": dt.date(2026, 11, 22)}, "packed_on"),
        ({"expires_on": dt.date(2026, 11, 19)}, "expires_on"),
        ({"expires_on": dt.date(2099, 1, 1)}, "expires_on"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 1_000_001}, "quantity"),
        ({"number": "x" * 21}, "number"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_an_impossible_lot_is_refused_and_nothing_is_written(
    mien: Any, by: Any, words: dict[str, Any], field: str
) -> None:
    with pytest.raises(LotRefused) as refused:
        open_lot(mien, by, **words)

    assert refused.value.field == field
    assert not Lot.objects.exists()
    assert StockMovement.objects.count() == 1


def test_a_number_is_used_once_a_product(mien: Any, by: Any) -> None:
    open_lot(mien, by, number="A\x00 1")
    with pytest.raises(LotRefused, match="số đó"):
        open_lot(mien, by, number="A 1")


def test_a_lot_of_another_cooperatives_product_is_refused(mien: Any, ban_khac: Any, by: Any) -> None:
    with pytest.raises(LotRefused):
        lots.open_lot(ban_khac, mien, made_on=YESTERDAY, by=by)
    assert not Lot.objects.exists()


def test_stock_is_added_to_an_open_lot_only(lot: Lot, by: Any) -> None:
    lots.add_stock(lot, 5, by=by)
    assert lots.balance(lot) == 25

    lots.close_lot(lot, by=by)
    with pytest.raises(LotRefused):
        lots.add_stock(lot, 5, by=by)
    assert lots.balance(lot) == 25


def test_the_same_amount_sent_twice_by_one_form_counts_once(lot: Lot, by: Any) -> None:
    seen = stock.newest_movement(lot.product.stock)
    lots.add_stock(lot, 5, newest_seen=seen, by=by)
    lots.add_stock(lot, 5, newest_seen=seen, by=by)
    with pytest.raises(LotRefused, match="vừa đổi"):
        lots.add_stock(lot, 7, newest_seen=seen, by=by)

    assert lots.balance(lot) == 25


def test_a_sale_takes_its_share_off_and_never_more_than_moved(lot: Lot) -> None:
    def sold(quantity: int) -> StockMovement:
        record = lot.product.stockrecords.get()
        return StockMovement.objects.create(
            stock_record=record, kind="sold", quantity=-quantity, by_label="kịch bản"
        )

    movement = sold(3)
    share = lots.share_sale(movement, lot, 2)

    assert share.quantity == -2
    assert lots.balances([lot]) == {lot.pk: 18}
    with pytest.raises(ValueError, match="cannot share in more"):
        lots.share_sale(movement, lot, 2)
    with pytest.raises(LotRefused, match="trong sổ chỉ còn 18"):
        lots.share_sale(sold(19), lot, 19)


def test_lots_leave_first_expired_first_and_bad_ones_stay(muong_hoa: Any, by: Any) -> None:
    product = factories.make_product(muong_hoa, stock=0)

    def make(number: str, made_on: dt.date, expires_on: dt.date | None, quantity: int = 10) -> Lot:
        return open_lot(product, by, number=number, made_on=made_on, expires_on=expires_on, quantity=quantity)

    make("không hạn", dt.date(2026, 1, 1), None)
    make("muộn", dt.date(2026, 1, 2), dt.date(2027, 6, 1))
    make("sớm", dt.date(2026, 3, 1), dt.date(2026, 12, 1))
    make("sớm, cũ hơn", dt.date(2026, 2, 1), dt.date(2026, 12, 1))
    make("hôm nay hết", dt.date(2026, 2, 1), TODAY, 4)
    make("hết hạn", dt.date(2026, 2, 1), YESTERDAY)
    make("trống", dt.date(2026, 2, 1), dt.date(2026, 12, 1), 0)
    recall_lot(make("thu hồi", YESTERDAY, None), reason="Lẫn hạt lạ trong gói.", by=by)

    assert [(lot.number, lot.left) for lot in lots.first_expired_first([product.pk])] == [
        ("hôm nay hết", 4),
        ("sớm, cũ hơn", 10),
        ("sớm", 10),
        ("muộn", 10),
        ("không hạn", 10),
    ]


def test_a_recall_needs_a_reason_and_happens_once(lot: Lot, by: Any) -> None:
    with pytest.raises(RecallRefused) as refused:
        recall_lot(lot, reason="  ", by=by)
    assert refused.value.field == "reason"
    lot.refresh_from_db()
    assert lot.status == LotStatus.OPEN

    recall_lot(lot, reason="Kiểm nghiệm thấy dư lượng.", by=by)

    lot.refresh_from_db()
    assert (lot.status, lot.recall_reason) == ("recalled", "Kiểm nghiệm thấy dư lượng.")
    with pytest.raises(RecallRefused):
        recall_lot(lot, reason="Kiểm nghiệm thấy dư lượng.", by=by)
    assert AuditRow.objects.filter(verb="lot.recall").count() == 1


@pytest.mark.parametrize("status", [LotStatus.CLOSED, LotStatus.RECALLED])
def test_only_an_open_lot_is_closed(lot: Lot, by: Any, status: str) -> None:
    Lot.objects.filter(pk=lot.pk).update(status=status)
    with pytest.raises(IllegalMove):
        lots.close_lot(lot, by=by)


def test_what_changes_a_lot_raises_its_version_and_the_products(lot: Lot, by: Any) -> None:
    before = lot.version, lot.product.version
    lots.add_stock(lot, 1, by=by)
    lot.refresh_from_db()
    lot.product.refresh_from_db()
    assert (lot.version, lot.product.version) == (before[0] + 1, before[1] + 1)


def test_a_paper_is_kept_once_and_impossible_days_are_refused(lot: Lot, by: Any) -> None:
    words: dict[str, Any] = {"kind": "test_report", "title": "Phiếu kiểm nghiệm", "issuer": "QUATEST 1"}
    lots.add_paper(lot, issued_on=YESTERDAY, by=by, **words)
    lots.add_paper(lot, issued_on=YESTERDAY, by=by, **words)
    assert LotPaper.objects.count() == 1

    for days, field in (
        ({"issued_on": dt.date(2026, 11, 22)}, "issued_on"),
        ({"issued_on": TODAY, "valid_until": YESTERDAY}, "valid_until"),
    ):
        with pytest.raises(LotRefused) as refused:
            lots.add_paper(lot, by=by, **days, **words)
        assert refused.value.field == field
    assert LotPaper.objects.count() == 1
    assert LotShare.objects.count() == 1
