"""The clock and the cooperative at once: an order is confirmed or ended, and told of accordingly (PostgreSQL)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from orders import fulfilment, overdue
from orders.models import Order, OrderStatusChange
from orders.statuses import OrderStatus
from tests import factories
from tests.concurrency.test_placing import at_once
from tests.orders import trade

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
CLOCK = Actor.system("cancel_unconfirmed")


def orders_of(count: int, hours: int) -> list[Order]:
    """So many orders that were placed so many hours ago."""
    product = factories.make_product(factories.make_cooperative(), stock=50)
    placed = [trade.order((product, 1)) for _number in range(count)]
    at = timezone.now() - dt.timedelta(hours=hours)
    Order.objects.update(date_placed=at)
    OrderStatusChange.objects.update(date_created=at)
    return placed


def test_confirming_against_the_clock_has_one_end() -> None:
    orders = orders_of(8, 25)

    at_once(
        [
            act
            for order in orders
            for act in (
                lambda order=order: fulfilment.confirm_order(order, by=trade.GUEST),
                lambda order=order: overdue.end(order.pk, by=CLOCK),
                lambda order=order: overdue.end(order.pk, by=CLOCK),
            )
        ]
    )

    for order in orders:
        order.refresh_from_db()
        told = list(
            Letter.objects.filter(
                key__endswith=f":{order.pk}", kind__in=["order_confirmed", "order_cancelled"]
            )
        )
        held = sum(line.num_allocated for line in order.lines.all())
        if order.status == OrderStatus.CONFIRMED:
            assert ([letter.kind for letter in told], held) == (["order_confirmed"], 1)
        else:
            assert order.status == OrderStatus.CANCELLED
            assert ({letter.kind for letter in told}, len(told), held) == ({"order_cancelled"}, 2, 0)
        assert order.status_changes.count() == 2


def test_four_jobs_remind_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdue, "is_night", lambda _now: False)
    orders_of(5, 3)

    at_once([lambda: overdue.work(by=CLOCK)] * 4)

    assert Letter.objects.filter(kind="order_unconfirmed").count() == 5
