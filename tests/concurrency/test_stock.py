"""Stock lot by lot under threads (PostgreSQL): no lot falls under zero, and a count never writes over a sale."""

from __future__ import annotations

from typing import Any

import pytest

from cooperatives import stock
from marketplace.foundation.actor import Actor
from tests.concurrency.test_placing import at_once
from tests.factories import make_cooperative, make_lot, make_product
from traceability import lots, stocktake
from traceability.stocktake import Counted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

BY = Actor.system("test")


def test_ten_losses_of_three_leave_two_of_twenty(transactional_db: Any) -> None:
    record = make_product(make_cooperative(), stock=30).stockrecords.get()
    lot = make_lot(record.product, 20)

    results = at_once([lambda: stocktake.spoil(record, 3, lot=lot, note="Mốc", by=BY)] * 10)

    refused = [one for one in results if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [stock.NotEnoughStock] * 4
    record.refresh_from_db()
    assert (record.num_in_stock, lots.balance(lot)) == (12, 2)


def test_a_count_and_a_sale_at_once_end_with_what_was_counted_less_what_left_or_a_refusal(
    transactional_db: Any,
) -> None:
    first = make_product(make_cooperative("HTX Một"), stock=20).stockrecords.get()
    second = make_product(make_cooperative("HTX Hai"), stock=20).stockrecords.get()
    for _round in range(10):
        stock.hold({first.pk: 1, second.pk: 1})
        seen = stock.newest_movements([first.pk, second.pk])
        before = [first.num_in_stock, second.num_in_stock]
        # The count names them in the opposite order; rows are locked by their keys all the same.
        counts = [Counted(one.pk, None, one.num_in_stock + 5, seen[one.pk]) for one in (second, first)]

        count, _sale = at_once(
            [
                lambda counts=counts: stocktake.count(counts, by=BY),
                lambda: [stock.consume(one.pk, 1, note="đơn", by=BY) for one in (first, second)],
            ]
        )

        first.refresh_from_db()
        second.refresh_from_db()
        added = 0 if isinstance(count, stocktake.CountStale) else 5
        assert isinstance(count, stocktake.CountStale | list)
        assert [first.num_in_stock, second.num_in_stock] == [was + added - 1 for was in before]
