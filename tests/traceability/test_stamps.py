from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from traceability import stamps
from traceability.models import Lot, StampRange
from traceability.stamps import StampsRefused

BOUGHT = {"provider": "Công ty In Sao", "first": "cn-000101", "last": "CN-000500"}


def test_bought_stamps_are_noted_once(lot: Lot, by: Any) -> None:
    made = stamps.note(lot, **BOUGHT, by=by)
    assert stamps.note(lot, **BOUGHT, by=by) == made
    assert (str(made), made.count, made.by_label) == ("CN-000101 – CN-000500", 400, "Lan")


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("CN-ABC", "CN-000500", "first"),
        ("CN-000101", "CN-000100", "last"),
        ("CN-000101", "XX-000500", "last"),
        ("CN-0101", "CN-000500", "last"),
        ("0000001", "1000001", "last"),
        ("CN-\x00", "CN-1", "first"),
        ("9" * 40, "9" * 40, "first"),
    ],
)
def test_numbers_that_make_no_range_are_refused(lot: Lot, by: Any, first: str, last: str, field: str) -> None:
    with pytest.raises(StampsRefused) as refused:
        stamps.note(lot, provider="In Sao", first=first, last=last, by=by)
    assert refused.value.field == field
    assert not StampRange.objects.exists()


def test_a_stamp_sticks_on_one_lot_only(lot: Lot, mien: Any, by: Any) -> None:
    stamps.note(lot, **BOUGHT, by=by)
    other = factories.make_lot(mien, number="261105-02", code="4HYJE1B1", from_stock=False)
    with pytest.raises(StampsRefused, match="CN-000101 – CN-000500 đã ghi cho lô 261105-01"):
        stamps.note(other, provider="công ty in sao", first="CN-000500", last="CN-000600", by=by)

    assert (
        stamps.note(other, provider="Công ty In Sao", first="CN-000501", last="CN-000600", by=by).count == 100
    )
    assert stamps.note(other, provider="Tem Việt", first="CN-000101", last="CN-000110", by=by).count == 10
