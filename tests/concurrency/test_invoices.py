"""An invoice written in twice at once, and while the buyer mends her wish: one end (PostgreSQL)."""

from __future__ import annotations

import datetime as dt

import pytest

from orders import invoices
from orders.models import Invoice, InvoiceRequest
from tests import factories
from tests.concurrency.test_placing import at_once
from tests.orders import trade

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ISSUED = {"form": "1", "series": "C26TMH", "issued_on": dt.date(2026, 11, 20)}


def test_one_invoice_is_in_force_and_is_made_out_as_was_asked_when_it_was_written() -> None:
    product = factories.make_product(factories.make_cooperative(), stock=10)
    order = trade.order((product, 1))
    invoices.ask(order, invoices.MadeOutTo("Công ty Mẫu", "Hà Nội"), by=trade.GUEST)

    ends = at_once(
        [
            act
            for number in range(6)
            for act in (
                lambda number=number: invoices.write(order, **ISSUED, number=str(number), by=trade.GUEST),
                lambda number=number: invoices.ask(
                    order, invoices.MadeOutTo(f"Khách {number}", "Hà Nội"), by=trade.GUEST
                ),
            )
        ]
    )

    known = (Invoice, InvoiceRequest, invoices.InvoiceRefusal)
    assert [end for end in ends if not isinstance(end, known)] == []
    assert sum(isinstance(end, Invoice) for end in ends) == 1
    invoice = Invoice.objects.get()
    assert invoice.replaced_at is None
    assert InvoiceRequest.objects.get().asked_at <= invoice.written_at
