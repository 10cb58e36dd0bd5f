"""GS1 at the desk: registered numbers, events to take along, and who may send theirs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import refusals_in
from traceability import capture, epcis_export
from traceability import numbers as rules
from traceability.forms import NumberForm, PeriodForm, SenderForm

from .epcis import document_answer

MOST_SHOWN = 20


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def numbers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The numbers that stand, and the form to take events along."""
    return _page(request, desk, PeriodForm())


def _page(request: HttpRequest, desk: Desk, form: PeriodForm) -> HttpResponse:
    standing = desk.cooperative.gs1_numbers.filter(retired_at=None).select_related("product")
    rows = list(standing.order_by("kind", "number"))
    return render_form(request, "traceability/desk/numbers.html", desk.page("lots", rows=rows), form)


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def epcis_period(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All events of some days as one EPCIS document to keep; 422 with the form for impossible days."""
    form = PeriodForm(request.GET)
    if form.is_valid():
        days = form.cleaned_data
        with refusals_in(form):
            response = document_answer(epcis_export.of_period(desk.cooperative, days["first"], days["last"]))
            name = f"su-kien-{days['first']:%Y%m%d}-{days['last']:%Y%m%d}.jsonld"
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
    return _page(request, desk, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk()
def number_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Register a number that GS1 gave."""
    mine = desk.cooperative.products.filter(removed_at=None).order_by("title")
    form = NumberForm(*sent(request), products=mine)
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_in(form):
            rules.register(
                desk.cooperative,
                asked["kind"],
                asked["number"],
                product=asked["product"],
                upload=asked["paper"],
                by=desk.actor,
            )
            messages.success(request, _("Đã ghi số. Đường dẫn GS1 mang số này giờ dẫn về chợ."))
            return redirect("desk:numbers", desk.slug)
    return render_form(request, "traceability/desk/number_add.html", desk.page("lots"), form)


@never_cache
@require_POST
@desk()
def number_retire(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Give a number up."""
    rules.retire(get_object_or_404(desk.cooperative.gs1_numbers, pk=pk), by=desk.actor)
    messages.success(request, _("Đã bỏ số. Đường dẫn mang số này không dẫn đi đâu nữa."))
    return redirect("desk:numbers", desk.slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk()
def senders(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who may send events, what came last, and the form to let one more in; its token is shown on this one page."""
    form, token = SenderForm(*sent(request)), ""
    if form.is_valid():
        with refusals_in(form):
            _sender, token = capture.let_in(desk.cooperative, form.cleaned_data["name"], by=desk.actor)
            form = SenderForm()
    context = desk.page(
        "lots",
        senders=desk.cooperative.event_senders.filter(closed_at=None).order_by("name", "pk"),
        came=capture.came(desk.cooperative)[:MOST_SHOWN],
        token=token,
    )
    return render_form(request, "traceability/desk/senders.html", context, form)


@never_cache
@require_POST
@desk()
def sender_shut_out(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Take a token back."""
    capture.shut_out(get_object_or_404(desk.cooperative.event_senders, pk=pk), by=desk.actor)
    messages.success(request, _("Đã khoá. Đơn vị này không gửi sự kiện được nữa."))
    return redirect("desk:senders", desk.slug)
