"""Complaints at the shop and at the desk: the buyer writes, the cooperative answers."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import refusals_in, shown
from orders.cases import complaints as rules
from orders.cases.forms import ComplaintForm, WordsForm

from .returns import order_behind

FORM = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@FORM
def complain(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """The buyer says what is wrong."""
    order = order_behind(token, number)
    form = ComplaintForm(*sent(request), initial={"form_key": uuid4()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            made = rules.complain(order, by=Actor.of(request.user), **form.cleaned_data)
            messages.success(request, _("Đã gửi cho %(name)s.") % {"name": order.cooperative.name})
            return redirect("shop:complaint", token, number, made.pk)
    context = {"order": order, "token": token, "active_tab": "me"}
    return render_form(request, "orders/shop/complain.html", context, form)


@never_cache
@FORM
def complaint(request: HttpRequest, token: str, number: str, pk: int) -> HttpResponse:
    """One complaint as its buyer sees it; POST writes more."""
    order = order_behind(token, number)
    found = get_object_or_404(order.complaints.prefetch_related("messages"), pk=pk)
    form = WordsForm(*sent(request), initial={"form_key": uuid4()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            rules.write(found, by=Actor.of(request.user), **form.cleaned_data)
            messages.success(request, _("Đã gửi cho %(name)s.") % {"name": order.cooperative.name})
            return redirect("shop:complaint", token, number, pk)
        found.refresh_from_db()
    context = {"order": order, "token": token, "case": found, "active_tab": "me"}
    return render_form(request, "orders/shop/complaint.html", context, form)


@require_POST
def complaint_close(request: HttpRequest, token: str, number: str, pk: int) -> HttpResponse:
    """The buyer is content."""
    found = get_object_or_404(order_behind(token, number).complaints, pk=pk)
    with shown(request):
        rules.close(found, by=Actor.of(request.user))
        messages.success(request, _("Đã khép khiếu nại."))
    return redirect("shop:complaint", token, number, pk)


@require_POST
def complaint_escalate(request: HttpRequest, token: str, number: str, pk: int) -> HttpResponse:
    """ "Nhờ liên minh xem giúp"."""
    found = get_object_or_404(order_behind(token, number).complaints, pk=pk)
    with shown(request):
        rules.ask_alliance(found, by=Actor.of(request.user))
        messages.success(request, _("Đã nhờ liên minh xem."))
    return redirect("shop:complaint", token, number, pk)


@never_cache
@FORM
@desk(Role.SELLER)
def desk_complaint(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One complaint at the desk; POST answers."""
    mine = rules.at_desk(desk.cooperative).prefetch_related("messages")
    found = get_object_or_404(mine, pk=pk)
    form = WordsForm(*sent(request), initial={"form_key": uuid4()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            rules.answer(found, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã trả lời. Người mua đã được báo."))
            return redirect("desk:complaint", desk.slug, pk)
        found.refresh_from_db()
    context = desk.page("orders", case=found, order=found.order)
    return render_form(request, "orders/desk/complaint.html", context, form)
