"""A return that two people end at once has one end (PostgreSQL)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from marketplace.foundation.actor import Actor
from orders import fulfilment, payments
from orders.cases import returns
from orders.models import Order, Reduction, Refund, ReturnCase
from orders.statuses import ReturnStatus
from tests import factories
from tests.concurrency.test_lock_order import failures
from tests.concurrency.test_placing import at_once
from tests.orders import trade

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

BY = Actor.system("test")


def delivered() -> Order:
    cooperative = factories.make_cooperative()
    factories.make_bank_account(cooperative)
    order = trade.order((factories.make_product(cooperative, stock=20), 2), methods="vietqr")
    payments.receive(order.payment, by=BY)
    fulfilment.confirm_order(order, by=BY)
    fulfilment.pack_order(order, [fulfilment.PickChoice(order.lines.get().pk, None, 2)], by=BY)
    trade.ship(order, by=BY)
    return trade.deliver(order, by=BY)


def ask(order: Order, number: int) -> Any:
    units = {order.lines.get().pk: 2}
    said = {"reason": "broken", "words": "Bị ẩm.", "form_key": UUID(int=number), "by": trade.GUEST}
    return lambda: returns.ask_return(order, units=units, **said)


def test_two_officers_decide_at_once_and_one_of_them_decides() -> None:
    order = delivered()
    case = ask(order, 1)()
    returns.dispute(case, reason="Hàng còn nguyên.", by=BY)

    results = at_once(
        [
            lambda: returns.decide(case, for_buyer=True, goods_needed=False, reason="Rõ.", by=BY),
            lambda: returns.decide(case, for_buyer=False, reason="Không rõ.", by=BY),
        ]
    )

    assert [str(failure) for failure in failures(results)] == ["Yêu cầu này không chờ liên minh quyết định."]
    case.refresh_from_db()
    paid = (Reduction.objects.count(), Refund.objects.count())
    assert (case.status, paid) in [(ReturnStatus.AGREED, (1, 1)), (ReturnStatus.REJECTED, (0, 0))]


def test_the_same_goods_asked_for_twice_at_once_are_asked_for_once() -> None:
    order = delivered()

    results = at_once([ask(order, 1), ask(order, 1), ask(order, 2)])

    refused = failures(results)
    assert len(refused) in (1, 2)  # one form sent twice is one case; the other form comes too late
    assert ReturnCase.objects.count() == 1
