from __future__ import annotations

from typing import Any

import pytest

from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import is_valid
from marketplace.foundation.transitions import IllegalMove
from traceability import codes, lots
from traceability.codes import CodeRefused
from traceability.models import Lot, TraceCode


def test_a_code_that_is_taken_is_drawn_again(
    lot: Lot, mien: Any, by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["2EP9TW83", "2EP9TW83", "4FADK06J"])
    monkeypatch.setattr(codes, "new_code", lambda _length: next(drawn))
    other = lots.open_lot(mien.cooperative, mien, made_on=lot.made_on, by=by)
    assert codes.lot_code(other) == "4FADK06J"


def test_a_lot_has_one_code_in_use_and_a_new_one_after_it_retired(lot: Lot, by: Any) -> None:
    assert codes.issue_lot_code(lot).code == "2EP9TW83"

    codes.retire(TraceCode.objects.get(pk="2EP9TW83"), by=by)
    assert codes.lot_code(lot) is None
    fresh = codes.issue_lot_code(lot)
    assert fresh.code != "2EP9TW83"
    assert codes.lot_code(lot) == fresh.code
    with pytest.raises(IllegalMove):
        codes.retire(TraceCode.objects.get(pk="2EP9TW83"), by=by)


def test_every_packet_gets_a_code_of_thirteen(lot: Lot, by: Any) -> None:
    made = codes.issue_unit_codes(lot, 120, by=by)

    assert len({code.code for code in made}) == 120
    assert all(len(code.code) == 13 and is_valid(code.code) for code in made)
    assert TraceCode.objects.filter(lot=lot, kind="unit").count() == 120


def test_one_press_sent_twice_issues_one_batch(lot: Lot, by: Any) -> None:
    first = codes.issue_unit_codes(lot, 5, seen=0, by=by)
    again = codes.issue_unit_codes(lot, 5, seen=0, by=by)
    more = codes.issue_unit_codes(lot, 3, seen=5, by=by)

    assert {code.code for code in again} == {code.code for code in first}
    assert not {code.code for code in more} & {code.code for code in first}
    assert [(batch.first, batch.count, batch.by_label) for batch in codes.batches(lot)] == [
        (5, 3, "Lan"),
        (0, 5, "Lan"),
    ]
    assert {code.code for code in codes.batch(lot, 5, 3)} == {code.code for code in more}


def test_somebody_else_on_a_stale_page_is_refused(lot: Lot, by: Any, minh: Any) -> None:
    codes.issue_unit_codes(lot, 5, seen=0, by=by)
    with pytest.raises(CodeRefused):
        codes.issue_unit_codes(lot, 5, seen=0, by=Actor.of(minh))
    assert TraceCode.objects.filter(kind="unit").count() == 5


@pytest.mark.parametrize("count", [0, -1, 2001])
def test_a_wrong_count_is_refused(lot: Lot, by: Any, count: int) -> None:
    with pytest.raises(CodeRefused) as refused:
        codes.issue_unit_codes(lot, count, by=by)
    assert refused.value.field == "count"
    assert not TraceCode.objects.filter(kind="unit").exists()


def test_a_recalled_lot_gets_no_more_codes(lot: Lot, by: Any) -> None:
    lots.recall_lot(lot, reason="Lẫn hạt lạ trong gói.", by=by)
    with pytest.raises(CodeRefused):
        codes.issue_unit_codes(lot, 1, by=by)


def test_the_code_is_read_from_what_was_fetched_before(lot: Lot, django_assert_num_queries: Any) -> None:
    annotated = codes.with_lot_code(Lot.objects.all()).get()
    prefetched = Lot.objects.prefetch_related("codes").get()
    with django_assert_num_queries(0):
        assert codes.lot_code(annotated) == codes.lot_code(prefetched) == "2EP9TW83"
