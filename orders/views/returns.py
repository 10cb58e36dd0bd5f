"""Cases of an order, and returns at the shop and at the desk: the buyer asks, the cooperative answers."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import CleanForm, render_form, sent
from marketplace.foundation.http import page_of, refusals_in, shown
from orders import lookups
from orders.cases import complaints, returns
from orders.cases.forms import KEEP, AgreeForm, GoodsBackForm, ReturnForm
from orders.forms import ReasonForm
from orders.models import Order, ReturnCase

RETURNS, COMPLAINTS = "tra-hang", "khieu-nai"
FORM = require_http_methods(["GET", "HEAD", "POST"])


# --- shop: the secret link is the key ---------------------------------------------------------------------------
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


# --- desk -------------------------------------------------------------------------------------------------------
@never_cache
@require_safe
@desk(Role.SELLER)
def desk_cases(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Returns or complaints of the cooperative, open ones first; ``?q=`` those of one order."""
    which = request.GET.get("loc", RETURNS)
    found: QuerySet = (complaints if which == COMPLAINTS else returns).at_desk(desk.cooperative)
    number = request.GET.get("q", "")[:8].replace("\x00", "")
    if number:
        found = found.filter(order__number=number)
    context = desk.page(
        "orders",
        page=page_of(request, found, 20),
        number=number,
        which=COMPLAINTS if which == COMPLAINTS else RETURNS,
        filters=[
            (RETURNS, _("Trả hàng"), returns.waiting(desk.cooperative)),
            (COMPLAINTS, _("Khiếu nại"), complaints.waiting(desk.cooperative)),
        ],
    )
    return render(request, "orders/desk/cases.html", context)


def _return(desk: Desk, pk: int) -> ReturnCase:
    mine = returns.at_desk(desk.cooperative).select_related("order__payment", "order__cooperative")
    return get_object_or_404(mine.prefetch_related("photos", "changes"), pk=pk)


@never_cache
@require_safe
@desk(Role.SELLER)
def desk_return(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One return with the one next step it needs."""
    return _show_return(request, desk, _return(desk, pk))


def _show_return(
    request: HttpRequest, desk: Desk, case: ReturnCase, *, status: int = 200, **forms: CleanForm
) -> HttpResponse:
    context = desk.page("orders", case=case, order=case.order, **forms)
    context.setdefault("agree_form", AgreeForm(prefix="agree"))
    context.setdefault("dispute_form", ReasonForm(prefix="dispute"))
    if case.waits_for_goods:
        context.setdefault("back_form", GoodsBackForm(rows=list(case.lines.all()), prefix="back"))
    return render(request, "orders/desk/return_case.html", context, status=status)


def _done(request: HttpRequest, desk: Desk, case: ReturnCase, said: Any) -> HttpResponse:
    messages.success(request, said)
    return redirect("desk:return_case", desk.slug, case.pk)


@require_POST
@desk(Role.SELLER)
def return_agree(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The cooperative agrees, with or without the goods."""
    case = _return(desk, pk)
    form = AgreeForm(request.POST, prefix="agree")
    if form.is_valid():
        with refusals_in(form):
            keeps = form.cleaned_data["way"] == KEEP
            fee = form.cleaned_data["fee_share"] or 0
            returns.agree(case, goods_needed=not keeps, fee_share=fee, by=desk.actor)
            return _done(request, desk, case, _("Đã đồng ý. Người mua đã được báo."))
    return _show_return(request, desk, _return(desk, pk), status=422, agree_form=form)


@require_POST
@desk(Role.SELLER)
def return_dispute(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The cooperative does not agree; the alliance decides."""
    case = _return(desk, pk)
    form = ReasonForm(request.POST, prefix="dispute")
    if form.is_valid():
        with refusals_in(form):
            returns.dispute(case, reason=form.cleaned_data["reason"], by=desk.actor)
            return _done(request, desk, case, _("Đã gửi lên liên minh. Người mua đã được báo."))
    return _show_return(request, desk, _return(desk, pk), status=422, dispute_form=form)


@require_POST
@desk(Role.SELLER)
def return_back(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The goods are here again: how many can be sold."""
    case = _return(desk, pk)
    form = GoodsBackForm(request.POST, rows=list(case.lines.all()), prefix="back")
    if form.is_valid():
        with refusals_in(form):
            returns.goods_back(case, fit=form.fit(), by=desk.actor)
            return _done(request, desk, case, _("Đã ghi: hàng trả về kho, tiền của đơn đã bớt."))
    return _show_return(request, desk, _return(desk, pk), status=422, back_form=form)
