"""Lots made of lots under threads (PostgreSQL): nobody uses more than is left, and nobody waits in a circle."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cooperatives import stock
from marketplace.foundation.actor import Actor
from tests.concurrency.test_placing import at_once
from tests.factories import make_cooperative, make_lot, make_product
from traceability import lots, making

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

BY = Actor.system("test")


def test_two_lots_are_mixed_both_ways_at_once_until_nothing_is_left(transactional_db: Any) -> None:
    cooperative = make_cooperative()
    green, tea = (
        make_product(cooperative, "Chè búp", stock=20),
        make_product(cooperative, "Trà gói", stock=20),
    )
    first = make_lot(green, 20)
    second = make_lot(tea, 20, number="261105-02", code="4HYJE1B1")

    def make(inputs: dict[int, int], product: Any) -> Any:
        return making.make_lot(
            cooperative, inputs, product, quantity=1, made_on=dt.date(2026, 11, 5), place="Xưởng", by=BY
        )

    one_way = {first.pk: 3, second.pk: 3}
    other_way = dict(reversed(one_way.items()))
    results = at_once([lambda: make(one_way, tea), lambda: make(other_way, green)] * 4)

    refused = [one for one in results if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [stock.NotEnoughStock] * 2
    assert (lots.balance(first), lots.balance(second)) == (2, 2)
