"""Returns and complaints at the desk: the cooperative answers, takes goods back, writes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.forms import CleanForm, render_form, sent
from marketplace.foundation.http import page_of, refusals_in
from orders.cases import complaints, returns
from orders.cases.forms import KEEP, AgreeForm, GoodsBackForm, WordsForm
from orders.forms import ReasonForm
from orders.models import ReturnCase

RETURNS, COMPLAINTS = "tra-hang", "khieu-nai"
FORM = require_http_methods(["GET", "HEAD", "POST"])


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


@never_cache
@FORM
@desk(Role.SELLER)
def desk_complaint(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One complaint at the desk; POST answers."""
    mine = complaints.at_desk(desk.cooperative).prefetch_related("messages")
    found = get_object_or_404(mine, pk=pk)
    form = WordsForm(*sent(request), initial={"form_key": uuid4()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            complaints.answer(found, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã trả lời. Người mua đã được báo."))
            return redirect("desk:complaint", desk.slug, pk)
        found.refresh_from_db()
    context = desk.page("orders", case=found, order=found.order)
    return render_form(request, "orders/desk/complaint.html", context, form)
