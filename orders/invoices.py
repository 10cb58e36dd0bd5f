"""Invoices: the buyer asks, the cooperative issues one elsewhere and writes it in, the buyer takes it from her page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives import papers
from cooperatives.models import Cooperative, PaperKind
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal

from . import notices
from .locking import lock_order
from .models import Invoice, InvoiceRequest, Order
from .statuses import OrderStatus

OVER = {OrderStatus.DELIVERED, OrderStatus.RETURNED, OrderStatus.CANCELLED}
ENDED = {OrderStatus.RETURNED, OrderStatus.CANCELLED}


class InvoiceRefusal(Refusal):
    """The invoice, or the wish for one, stays as it was."""


@dataclass(frozen=True)
class MadeOutTo:
    """On whom an invoice is made out; a buyer who is no business has no tax code."""

    name: str
    address: str
    tax_code: str = ""
    email: str = ""


def request_of(order: Order) -> InvoiceRequest | None:
    """Return the wish for an invoice, None without one; no query when it was selected with the order."""
    return getattr(order, "invoice_request", None)


def in_force(request: InvoiceRequest | None) -> Invoice | None:
    """Return the invoice that counts; reads ``invoices`` (prefetch them)."""
    rows = request.invoices.all() if request else []
    return next((row for row in rows if row.replaced_at is None), None)


def may_ask(order: Order) -> bool:
    """Whether the buyer may still ask for an invoice or mend what she asked: until delivery, until there is one."""
    return order.status not in OVER and in_force(request_of(order)) is None


def note(orders: Iterable[Order], to: MadeOutTo, *, by: Actor) -> None:
    """Write the wish of one checkout on each of its new orders; one query. Called inside their transaction."""
    rows = [InvoiceRequest(order=order, **asdict(to), **signed(by)) for order in orders]
    InvoiceRequest.objects.bulk_create(rows)


@transaction.atomic
def ask(order: Order, to: MadeOutTo, *, by: Actor) -> InvoiceRequest:
    """The buyer wants an invoice for an order that is placed already, or mends on whom it is made out.

    Locks the order; the cooperative hears of it by a letter. Raises InvoiceRefusal once the order was delivered or
    ended, or its invoice is written.
    """
    order = lock_order(order.pk)
    request = InvoiceRequest.objects.filter(order=order).first()
    if in_force(request):
        raise InvoiceRefusal(
            _("Hợp tác xã đã xuất hoá đơn cho đơn này. Cần sửa thì gọi cho hợp tác xã."), code="written"
        )
    if order.status in OVER:
        raise InvoiceRefusal(
            _(
                "Đơn đã giao hoặc đã kết thúc nên không yêu cầu hoá đơn ở đây được nữa. Hãy gọi cho hợp tác xã."
            ),
            code="over",
        )
    request = request or InvoiceRequest(order=order)
    for name, value in {**asdict(to), **signed(by), "asked_at": timezone.now()}.items():
        setattr(request, name, value)
    request.save()
    audit.record("invoice.ask", request, by=by, **asdict(to))
    notices.invoice_asked(order)
    return request


@transaction.atomic
def write(
    order: Order,
    *,
    form: str,
    series: str,
    number: str,
    issued_on: dt.date,
    lookup_address: str = "",
    lookup_code: str = "",
    file: Any = None,
    seen: int | None = None,
    by: Actor,
) -> Invoice:
    """Write in the e-invoice of an order, with its PDF or XML ``file``; one that is there is replaced and kept.

    Locks the order; the buyer hears of it by a letter. ``seen``: the invoice that the page showed (None: none), so
    that a form sent twice writes one. A replacement without a file has none: it is another document. Raises
    InvoiceRefusal when nobody asked, the order ended without an invoice, or another one was written meanwhile, and
    papers.UnreadablePaper.
    """
    order = lock_order(order.pk)
    request = InvoiceRequest.objects.filter(order=order).first()
    if request is None:
        raise InvoiceRefusal(_("Khách không yêu cầu hoá đơn cho đơn này."), code="not_asked")
    before = in_force(request)
    if before is None and order.status in ENDED:
        raise InvoiceRefusal(_("Đơn đã kết thúc mà không giao hàng, không xuất hoá đơn nữa."), code="over")
    if (before.pk if before else None) != seen:
        raise InvoiceRefusal(_("Hoá đơn của đơn vừa được ghi. Hãy xem lại trước khi ghi nữa."), code="stale")
    if before is not None:
        before.replaced_at = timezone.now()
        before.save(update_fields=["replaced_at"])
    paper = None
    if file:
        paper = papers.keep_document(file, kind=PaperKind.INVOICE, cooperative=order.cooperative, by=by)
    invoice = Invoice.objects.create(
        request=request,
        form=form,
        series=series,
        number=number,
        issued_on=issued_on,
        lookup_address=lookup_address,
        lookup_code=lookup_code,
        file=paper,
        **signed(by),
    )
    audit.record("invoice.write", invoice, by=by, replaces=before.pk if before else None)
    notices.invoice_written(order, invoice)
    return invoice


def waiting(cooperative: Cooperative) -> QuerySet[Order]:
    """Return the orders whose buyers wait for an invoice, the oldest first, with what a list row shows."""
    written = Invoice.objects.filter(request__order=OuterRef("pk"), replaced_at=None)
    orders = cooperative.orders.select_related("payment", "purchase", "invoice_request")
    asked = orders.filter(invoice_request__isnull=False).exclude(status__in=ENDED)
    return asked.filter(~Exists(written)).prefetch_related("lines").order_by("pk")
