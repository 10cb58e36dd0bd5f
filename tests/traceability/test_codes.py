from __future__ import annotations

from typing import Any

import pytest

from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import is_valid
from marketplace.foundation.transitions import IllegalMove
from tests.factories import recall_lot
from traceability import codes, events, lots
from traceability.codes import CodeRefused
from traceability.models import Lot, TraceCode


def test_a_code_that_is_taken_is_drawn_again(
    lot: Lot, mien: Any, by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["2EP9TW83", "2EP9TW83", "4FADK06J"])
    monkeypatch.setattr(codes, "new_code", lambda _length: next(drawn))
    other = lots.open_lot(mien.cooperative, mien, made_on=lot.made_on, by=by)
    assert codes.lot_code(other) == "4FADK06J"


def test_a_lot_has_one_code_in_use_and_a_new_one_after_it_was_revoked(lot: Lot, by: Any) -> None:
    assert codes.issue_lot_code(lot).code == "2EP9TW83"

    codes.revoke(TraceCode.objects.get(pk="2EP9TW83"), by=by)
    assert codes.lot_code(lot) is None
    fresh = codes.issue_lot_code(lot)
    assert fresh.code != "2EP9TW83"
    assert codes.lot_code(lot) == fresh.code
    with pytest.raises(IllegalMove):
        codes.revoke(TraceCode.objects.get(pk="2EP9TW83"), by=by)


def test_every_packet_gets_a_code_of_thirteen(lot: Lot, by: Any) -> None:
    run = codes.issue_unit_codes(lot, 120, by=by)

    made = codes.in_use(run)
    assert len(set(made)) == 120
    assert all(len(code) == 13 and is_valid(code) for code in made)
    assert set(run.codes.values_list("status", "kind", "lot")) == {("printed", "unit", lot.pk)}
    assert list(run.codes.order_by("number").values_list("number", flat=True)) == [*range(1, 121)]


def test_runs_are_written_in_blocks_and_a_block_with_a_taken_code_is_drawn_again(
    lot: Lot, by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    TraceCode.objects.create(code="FW89J1BTTT00Y", lot=lot, kind="unit")
    fresh, drawn = codes.new_code, iter(["4FADK06STQ77A", "2EP9TW8PXB5RW", "FW89J1BTTT00Y"])
    monkeypatch.setattr(codes, "new_code", lambda length: next(drawn, None) or fresh(length))
    monkeypatch.setattr(codes, "BLOCK", 3)

    run = codes.issue_unit_codes(lot, 7, by=by)

    assert len(codes.in_use(run)) == 7
    assert "2EP9TW8PXB5RW" not in codes.in_use(run)


def test_one_press_sent_twice_issues_one_run(lot: Lot, by: Any) -> None:
    first = codes.issue_unit_codes(lot, 5, seen=0, by=by)
    again = codes.issue_unit_codes(lot, 5, seen=0, by=by)
    more = codes.issue_unit_codes(lot, 3, seen=5, by=by)

    assert again == first
    assert [(run.first, run.count, run.by_label) for run in (first, more)] == [(0, 5, "Lan"), (5, 3, "Lan")]
    assert codes.units_issued(lot) == TraceCode.objects.filter(kind="unit").count() == 8


def test_somebody_else_on_a_stale_page_is_refused(lot: Lot, by: Any, minh: Any) -> None:
    codes.issue_unit_codes(lot, 5, seen=0, by=by)
    with pytest.raises(CodeRefused):
        codes.issue_unit_codes(lot, 5, seen=0, by=Actor.of(minh))
    assert TraceCode.objects.filter(kind="unit").count() == 5


def test_a_code_goes_from_the_printer_to_the_buyer(lot: Lot, by: Any) -> None:
    run = codes.issue_unit_codes(lot, 3, by=by)
    first, second, third = run.codes.order_by("number")
    with pytest.raises(IllegalMove):
        codes.sell(first, by=by)

    assert codes.activate_run(run, by=by) == 3
    assert codes.activate_run(run, by=by) == 0
    codes.sell(first, by=by)
    codes.revoke(second, reason="Rách tem", by=by)
    with pytest.raises(IllegalMove):
        codes.sell(second, by=by)

    assert [*run.codes.order_by("number").values_list("status", flat=True)] == [
        "sold",
        "revoked",
        "activated",
    ]
    assert codes.in_use(run) == [first.code, third.code]


def test_what_was_issued_before_packing_is_on_goods_with_it(lot: Lot, by: Any) -> None:
    before = codes.issue_unit_codes(lot, 2, by=by)
    events.record(lot, "packed", occurred_on=lot.made_on, place="Xưởng", by=by)
    after = codes.issue_unit_codes(lot, 2, by=by)

    assert set(before.codes.values_list("status", flat=True)) == {"activated"}
    assert set(after.codes.values_list("status", flat=True)) == {"printed"}


def test_a_recall_reaches_every_packet_but_those_out_of_use(lot: Lot, by: Any) -> None:
    run = codes.issue_unit_codes(lot, 3, by=by)
    first = run.codes.get(number=1)
    codes.revoke(first, by=by)

    recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)

    statuses = [*run.codes.order_by("number").values_list("status", flat=True)]
    assert statuses == ["revoked", "recalled", "recalled"]
    with pytest.raises(CodeRefused):
        codes.activate_run(run, by=by)


@pytest.mark.parametrize("count", [0, -1, 2001])
def test_a_wrong_count_is_refused(lot: Lot, by: Any, count: int) -> None:
    with pytest.raises(CodeRefused) as refused:
        codes.issue_unit_codes(lot, count, by=by)
    assert refused.value.field == "count"
    assert not TraceCode.objects.filter(kind="unit").exists()


def test_a_recalled_lot_gets_no_more_codes(lot: Lot, by: Any) -> None:
    recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)
    with pytest.raises(CodeRefused):
        codes.issue_unit_codes(lot, 1, by=by)


def test_the_code_is_read_from_what_was_fetched_before(lot: Lot, django_assert_num_queries: Any) -> None:
    annotated = codes.with_lot_code(Lot.objects.all()).get()
    prefetched = Lot.objects.prefetch_related("codes").get()
    with django_assert_num_queries(0):
        assert codes.lot_code(annotated) == codes.lot_code(prefetched) == "2EP9TW83"
