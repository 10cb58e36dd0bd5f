"""Returns and complaints as the buyer sees them: the secret link of the purchase is the key."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import refusals_in, shown
from orders import lookups
from orders.cases import complaints, returns
from orders.cases.forms import ComplaintForm, ReturnForm, WordsForm
from orders.models import Order

FORM = require_http_methods(["GET", "HEAD", "POST"])


def order_behind(token: str, number: str) -> Order:
    """Return the order that a secret link shows, or 404."""
    payment = lookups.payment_of(token, number)
    if payment is None:
        raise Http404
    return payment.order


@never_cache
@require_safe
def cases(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """What the buyer has asked about one order, and what may be asked."""
    order = order_behind(token, number)
    return render(
        request,
        "orders/shop/cases.html",
        {
            "order": order,
            "token": token,
            "returns": order.return_cases.prefetch_related("lines__line").order_by("-pk"),
            "complaints": order.complaints.order_by("-pk"),
            "may_return": bool(returns.returnable(order)),
            "days": returns.window().days,
            "active_tab": "me",
        },
    )


@never_cache
@FORM
def return_ask(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """Which goods, how many, why, with pictures; nothing to give back leads to the order's cases."""
    order = order_behind(token, number)
    left = returns.returnable(order)
    lines = [(line, left[line.pk]) for line in order.lines.order_by("pk") if line.pk in left]
    if not lines:
        messages.error(request, _("Đơn này không còn món nào trong hạn trả hàng."))
        return redirect("shop:cases", token, number)
    form = ReturnForm(*sent(request), lines=lines, initial={"form_key": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_in(form):
            case = returns.ask_return(
                order,
                units=form.units(),
                reason=data["reason"],
                words=data["words"],
                form_key=data["form_key"],
                photos=form.photos(),
                by=Actor.of(request.user),
            )
            messages.success(request, _("Đã gửi cho %(name)s.") % {"name": order.cooperative.name})
            return redirect("shop:return_case", token, number, case.pk)
    context = {"order": order, "token": token, "active_tab": "me"}
    return render_form(request, "orders/shop/return_ask.html", context, form)


@never_cache
@require_safe
def return_case(request: HttpRequest, token: str, number: str, pk: int) -> HttpResponse:
    """One return as its buyer sees it: whose turn it is, until when, what happened."""
    order = order_behind(token, number)
    found = get_object_or_404(order.return_cases.prefetch_related("lines__line", "photos", "changes"), pk=pk)
    context = {"order": order, "token": token, "case": found, "active_tab": "me"}
    return render(request, "orders/shop/return_case.html", context)


@require_POST
def return_withdraw(request: HttpRequest, token: str, number: str, pk: int) -> HttpResponse:
    """The buyer keeps the goods after all."""
    order = order_behind(token, number)
    case = get_object_or_404(order.return_cases, pk=pk)
    with shown(request):
        returns.withdraw(case, by=Actor.of(request.user))
        messages.success(request, _("Đã rút yêu cầu trả hàng."))
    return redirect("shop:return_case", token, number, pk)


@never_cache
@FORM
def complain(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """The buyer says what is wrong."""
    order = order_behind(token, number)
    form = ComplaintForm(*sent(request), initial={"form_key": uuid4()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            made = complaints.complain(order, by=Actor.of(request.user), **form.cleaned_data)
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
            complaints.write(found, by=Actor.of(request.user), **form.cleaned_data)
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
        complaints.close(found, by=Actor.of(request.user))
        messages.success(request, _("Đã khép khiếu nại."))
    return redirect("shop:complaint", token, number, pk)


@require_POST
def complaint_escalate(request: HttpRequest, token: str, number: str, pk: int) -> HttpResponse:
    """ "Nhờ liên minh xem giúp"."""
    found = get_object_or_404(order_behind(token, number).complaints, pk=pk)
    with shown(request):
        complaints.ask_alliance(found, by=Actor.of(request.user))
        messages.success(request, _("Đã nhờ liên minh xem."))
    return redirect("shop:complaint", token, number, pk)
