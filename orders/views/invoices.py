"""Invoices at the desk: who waits for one, writing one in, its file."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from cooperatives.views.files import paper_answer
from marketplace.foundation.http import page_of, refusals_in
from orders import invoices
from orders.forms import IssuedInvoiceForm

from .order_page import back_to, order_of, show_order


@never_cache
@require_safe
@desk(Role.SELLER)
def waiting(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The orders whose buyers wait for an invoice."""
    page = page_of(request, invoices.waiting(desk.cooperative), 20)
    return render(request, "orders/desk/invoices.html", desk.page("orders", page=page))


@require_POST
@desk(Role.SELLER)
def invoice_write(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Write in the e-invoice of an order; one that is there is replaced."""
    order = order_of(desk, number)
    form = IssuedInvoiceForm(request.POST, request.FILES, prefix="issued")
    if form.is_valid():
        with refusals_in(form):
            invoices.write(order, by=desk.actor, **form.cleaned_data)
            return back_to(request, desk, order, _("Đã ghi hoá đơn. Người mua đã được báo."))
    return show_order(request, desk, order_of(desk, number), status=422, issued_form=form)


@never_cache
@require_safe
@desk(Role.SELLER)
def invoice_file(request: HttpRequest, desk: Desk, number: str, pk: int) -> FileResponse:
    """The file of an invoice, also of one that was replaced."""
    order = get_object_or_404(desk.cooperative.orders.select_related("invoice_request"), number=number)
    wish = invoices.request_of(order)
    invoice = get_object_or_404(wish.invoices.select_related("file"), pk=pk) if wish else None
    if invoice is None or invoice.file is None:
        raise Http404
    return paper_answer(invoice.file)
