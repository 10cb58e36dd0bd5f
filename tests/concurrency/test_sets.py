"""Threads on PostgreSQL: a set and its part want the last units, and nobody is promised what is not there."""

from __future__ import annotations

import pytest

from tests.factories import make_cooperative, make_product, make_set
from tests.orders import trade

from .test_placing import at_once, outcome


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sets_and_their_part_compete_for_the_last_units_and_none_is_oversold(transactional_db):
    cooperative = make_cooperative()
    tea, noodles = make_product(cooperative, "Trà", stock=9), make_product(cooperative, "Miến", stock=50)
    box = make_set(cooperative, {tea: 2, noodles: 1})
    waiting = [trade.fill((box, 1)) for _ in range(10)] + [
        trade.fill((noodles, 1), (tea, 1)) for _ in range(10)
    ]

    results = at_once([lambda basket=basket: trade.place(basket) for basket in waiting])

    placed, short, other = outcome(results)
    assert (placed + short, other) == (20, [])
    boxes = sum(
        purchase.orders.get().lines.filter(set_no=1).exists()
        for purchase in results
        if not isinstance(purchase, Exception)
    )
    alone = placed - boxes
    assert tea.stockrecords.get().num_allocated == 2 * boxes + alone <= 9
    assert 2 * boxes + alone >= 8  # whoever could be served was
    assert noodles.stockrecords.get().num_allocated == placed
