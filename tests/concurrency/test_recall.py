"""A recall and whoever packs or ships at the same moment (PostgreSQL): one of the two was first, and both know it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from marketplace.foundation.actor import Actor
from marketplace.foundation.models import CaseSide
from orders import fulfilment, recalls, recount
from orders.fulfilment import BadPick, PickChoice
from orders.models import Order, Parcel, RecallNotice
from tests import factories
from tests.concurrency.test_placing import at_once
from tests.orders import trade
from traceability.models import Lot, Recall
from traceability.recalls import RecallRefused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
BY = Actor.system("test")


def call_back(lot: Lot) -> Recall:
    reason = "Kiểm nghiệm thấy dư lượng."
    return recalls.recall(
        lot.cooperative, [lot], reason=reason, side=CaseSide.SELLER, form_key=uuid.uuid4(), by=BY
    )


def pack(order: Order, lot: Lot) -> Parcel:
    line = order.lines.get()
    return fulfilment.pack_order(order, [PickChoice(line.pk, lot.pk, line.quantity)], by=BY)


def test_whoever_packs_or_ships_was_before_the_recall_or_is_refused(transactional_db: Any) -> None:
    cooperative = factories.make_cooperative()
    for number in range(6):
        product = factories.make_product(cooperative, f"Miến {number}", stock=20)
        lot = factories.make_lot(product, 20, code=f"2EP9TW8{number}")
        to_pack, to_ship = (fulfilment.confirm_order(trade.order((product, 2)), by=BY) for _order in range(2))
        parcel = pack(to_ship, lot)

        made, packed, shipped = at_once(
            [
                lambda lot=lot: call_back(lot),
                lambda order=to_pack, lot=lot: pack(order, lot),
                lambda parcel=parcel: fulfilment.ship_parcel(parcel, carrier="GHN", by=BY),
            ]
        )

        assert isinstance(made, Recall)
        assert isinstance(packed, Parcel | BadPick)
        assert isinstance(shipped, Parcel | BadPick)
        both = isinstance(packed, Parcel)
        [notice] = RecallNotice.objects.filter(recall=made)
        left = 2 if isinstance(shipped, Parcel) else 0
        assert (notice.out, notice.held) == (left, 2 - left + 2 * both)
        assert made.lots.get().put_aside == 20 - left
        with pytest.raises(BadPick):
            pack(to_pack, lot) if not both else fulfilment.ship_parcel(packed, carrier="GHN", by=BY)
    assert recount.recount() == []


def test_two_recalls_of_crossed_lots_at_once_are_one(transactional_db: Any) -> None:
    cooperative = factories.make_cooperative()
    chosen = [
        factories.make_lot(factories.make_product(cooperative, name, stock=20), 20, code=code)
        for name, code in (("Miến", "2EP9TW83"), ("Trà", "7K3M9Q2R"))
    ]

    def call(lots: list[Lot]) -> Recall:
        reason = "Kiểm nghiệm thấy dư lượng."
        return recalls.recall(
            cooperative, lots, reason=reason, side=CaseSide.SELLER, form_key=uuid.uuid4(), by=BY
        )

    results = at_once([lambda: call(chosen), lambda: call(chosen[::-1])] * 3)

    assert {type(one) for one in results} == {Recall, RecallRefused}
    assert Recall.objects.count() == 1
    assert [part.put_aside for part in Recall.objects.get().lots.all()] == [20, 20]
