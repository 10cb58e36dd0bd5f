"""Verbs of different floors that meet on the same rows wait for each other, never in a circle (PostgreSQL).

Order: lot → product → stock, cooperative → stall. A foreign key into a row that another floor has locked does not
wait for it: those locks leave the key alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from catalog import products
from cooperatives import applications, bank_accounts, stalls
from cooperatives.models import Application, Cooperative
from marketplace.foundation.actor import Actor
from orders import fulfilment, picking
from orders.models import Order, Parcel
from tests import factories
from tests.concurrency.test_placing import at_once
from tests.orders import trade
from traceability import lots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

BY = Actor.system("test")


class Meeting:
    """Two threads that each hold their first lock before either asks for the second."""

    def __init__(self) -> None:
        self._there = threading.Barrier(2)

    def after(self, verb: Callable[..., Any]) -> Callable[..., Any]:
        """``verb``, and then a wait for the other thread, at most half a second (it may rightly be waiting)."""

        def inner(*args: Any, **kwargs: Any) -> Any:
            result = verb(*args, **kwargs)
            self.wait()
            return result

        return inner

    def before(self, verb: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*args: Any, **kwargs: Any) -> Any:
            self.wait()
            return verb(*args, **kwargs)

        return inner

    def wait(self) -> None:
        try:
            self._there.wait(0.5)
        except threading.BrokenBarrierError:
            return


def failures(results: list[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception)]


def test_an_order_and_a_new_price_of_the_same_product_do_not_lock_up(monkeypatch: Any) -> None:
    product = factories.make_product(factories.make_cooperative())
    basket, meeting = trade.fill((product, 1)), Meeting()
    # The seller holds the product and goes for the stock; the buyer holds the stock and writes a line of the product.
    monkeypatch.setattr("catalog.products.lock", meeting.after(products.lock))
    monkeypatch.setattr("orders.purchases._write_order", meeting.before(_purchases()._write_order))

    results = at_once(
        [
            lambda: trade.place(basket, shown_total=85000),
            lambda: products.set_price_and_stock(product, in_stock=25, by=BY),
        ]
    )

    assert failures(results) == []
    record = product.stockrecords.get()
    assert (record.num_in_stock, record.num_allocated) == (25, 1)


def test_goods_for_a_lot_and_a_new_price_do_not_lock_up(monkeypatch: Any) -> None:
    product = factories.make_product(factories.make_cooperative())
    lot, meeting = factories.make_lot(product), Meeting()
    monkeypatch.setattr("catalog.products.lock", meeting.after(products.lock))
    monkeypatch.setattr("traceability.lots._share_in", meeting.after(lots._share_in))

    results = at_once(
        [
            lambda: lots.add_stock(lot, 3, by=BY),
            lambda: products.set_price_and_stock(product, price=60_000, by=BY),
        ]
    )

    assert failures(results) == []
    assert (product.stockrecords.get().num_in_stock, product.stockrecords.get().price) == (23, 60_000)


def test_a_parcel_that_leaves_and_more_goods_for_its_lot_do_not_lock_up(monkeypatch: Any) -> None:
    product = factories.make_product(factories.make_cooperative())
    lot, meeting = factories.make_lot(product), Meeting()
    parcel = _packed(trade.order((product, 2)))
    monkeypatch.setattr("traceability.lots.locked", meeting.after(lots.locked))
    monkeypatch.setattr("orders.fulfilment.lock_stock", meeting.after(fulfilment.lock_stock))

    results = at_once(
        [
            lambda: fulfilment.ship_parcel(parcel, carrier="GHN", by=BY),
            lambda: lots.add_stock(lot, 3, by=BY),
        ]
    )

    assert failures(results) == []
    assert (product.stockrecords.get().num_in_stock, lots.balance(lot)) == (21, 21)


def test_a_stall_that_changes_while_its_account_is_verified_does_not_lock_up(monkeypatch: Any) -> None:
    cooperative = factories.make_cooperative()
    account = factories.make_bank_account(cooperative, status="waiting")
    meeting = Meeting()
    monkeypatch.setattr("cooperatives.stalls._locked", meeting.after(stalls._locked))
    monkeypatch.setattr(
        "cooperatives.bank_accounts._lock_accounts", meeting.after(bank_accounts._lock_accounts)
    )

    results = at_once(
        [
            lambda: stalls.edit_stall(cooperative.stall, about="Làm miến ba đời.", by=BY),
            lambda: bank_accounts.verify(account, by=BY),
        ]
    )

    assert failures(results) == []
    cooperative.refresh_from_db()
    assert (cooperative.about, cooperative.bank_accounts.get().status) == ("Làm miến ba đời.", "verified")


def _packed(order: Order) -> Parcel:
    fulfilment.confirm_order(order, by=BY)
    chosen = [
        fulfilment.PickChoice(suggestion.line.pk, option.lot.pk if option.lot else None, take)
        for suggestion in picking.suggest_picks(order)
        for option, take in suggestion.options
    ]
    return fulfilment.pack_order(order, chosen, by=BY)


def _purchases() -> Any:
    from orders import purchases

    return purchases


def test_two_applications_with_one_tax_number_open_one_stall(monkeypatch: Any) -> None:
    waiting = [_application(factories.make_user(name)) for name in ("Lan", "Tuấn")]
    meeting = Meeting()
    monkeypatch.setattr(
        "cooperatives.applications._check_tax_code", meeting.after(applications._check_tax_code)
    )

    results = at_once([lambda one=one: applications.approve(one, by=BY) for one in waiting])

    assert sorted(type(result).__name__ for result in results) == ["Partner", "TaxCodeTaken"]
    assert Cooperative.objects.filter(tax_code="4600012345").count() == 1


def _application(user: Any) -> Application:
    return Application.objects.create(
        applicant=user,
        status="submitted",
        name=f"HTX {user.full_name}",
        tax_code="4600012345",
        phone="0912000077",
        **factories.THAI_NGUYEN,
    )
