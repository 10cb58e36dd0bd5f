"""A carrier that tells the same thing many times at once, or while somebody presses "Đã giao", has one effect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.transitions import IllegalMove
from orders import fulfilment
from orders.models import Carrier, CarrierLink, Order, Parcel, ParcelEvent
from orders.shipping import tracking
from tests import factories, scene
from tests.concurrency.test_lock_order import failures
from tests.concurrency.test_placing import at_once
from tests.orders import trade

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

BY = Actor.system("test")
CALL = {"OrderCode": "GHN0001", "Status": "delivered", "Time": "2026-11-21T03:52:50Z", "CODAmount": 85_000}


def a_parcel_on_its_way() -> tuple[Parcel, CarrierLink]:
    scene.ensure_carriers()
    order = trade.order((factories.make_product(factories.make_cooperative()), 1))
    fulfilment.confirm_order(order, by=BY)
    parcel = fulfilment.pack_order(order, scene.picks_of(order), by=BY)
    fulfilment.ship_parcel(parcel, carrier="GHN", waybill="GHN0001", by=BY)
    link = tracking.connect(order.cooperative, Carrier.objects.get(code="ghn"), secret="", by=BY)
    return parcel, link


def tell(link: CarrierLink, **changed: Any) -> Any:
    return lambda: tracking.hear(link, json.dumps({**CALL, **changed}).encode(), {})


def test_fifty_tellings_of_one_delivery_are_one_event() -> None:
    _parcel, link = a_parcel_on_its_way()

    results = at_once([tell(link)] * 50)

    assert failures(results) == []
    assert sum(len(events) for events in results) == ParcelEvent.objects.count() == 1
    assert Order.objects.get().status == "delivered"
    assert Letter.objects.filter(kind="parcel_delivered").count() == 1
    assert link.calls.count() == 0


def test_told_and_pressed_at_once_a_parcel_is_delivered_once() -> None:
    parcel, link = a_parcel_on_its_way()

    results = at_once([tell(link), lambda: fulfilment.deliver_parcel(parcel, by=BY)])

    assert {type(one) for one in failures(results)} <= {IllegalMove}  # who pressed late is told so
    assert ParcelEvent.objects.get().meaning == "delivered"
    assert Letter.objects.filter(kind="parcel_delivered").count() == 1
