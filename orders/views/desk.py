"""A cooperative at work: today, the orders inbox, one order with its next step, its money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cooperatives.access import ANYBODY, Desk, desk
from cooperatives.statuses import Role
from marketplace.accounts import push
from marketplace.foundation.http import page_of, refusals_in, shown
from orders import cancelling, fulfilment, inbox, payments
from orders.forms import (
    ReasonForm,
)
from orders.statuses import OrderStatus

from .order_page import back_to, order_of, show_order


@never_cache
@require_safe
@desk(ANYBODY)
def today(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Numbers first, then what to do now."""
    waiting = inbox.orders_of(desk.cooperative).filter(
        status__in=[OrderStatus.PLACED, OrderStatus.CONFIRMED, OrderStatus.PACKED]
    )
    return render(
        request,
        "orders/desk/today.html",
        desk.page(
            "today",
            today=inbox.today(desk.cooperative),
            orders=waiting.order_by("pk")[:8],
            low=inbox.low_stock(desk.cooperative)[:5],
            push_key=push.public_key(),
        ),
    )


@never_cache
@require_safe
@desk(ANYBODY)
def orders(request: HttpRequest, desk: Desk) -> HttpResponse:
    which = request.GET.get("loc", "")
    counts = inbox.counts(desk.cooperative)
    words = {
        "cho": _("Chờ xác nhận"),
        "goi": _("Cần đóng gói"),
        "gui": _("Cần gửi"),
        "di": _("Đang giao"),
        "tien": _("Chờ tiền"),
        "tra": _("Cần trả lại tiền"),
        "xong": _("Đã giao"),
        "ve": _("Hoàn về"),
        "huy": _("Đã huỷ"),
    }
    return render(
        request,
        "orders/desk/orders.html",
        desk.page(
            "orders",
            page=page_of(request, inbox.orders_of(desk.cooperative, which), 20),
            filters=[(key, word, counts[key]) for key, word in words.items()],
            which=which,
        ),
    )


@never_cache
@require_safe
@desk(ANYBODY)
def order(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    return show_order(request, desk, order_of(desk, number))


def _plain_step(verb: Callable[..., Any], said: Any, *roles: Any) -> Any:
    """Make the view of a step without a form: door, verb, back to the order; a refusal is shown there, or ``said``."""

    @require_POST
    @desk(*roles)
    def view(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
        order = order_of(desk, number)
        with shown(request):
            verb(order, by=desk.actor)
            return back_to(request, desk, order, said)
        return redirect("desk:order", desk.stall.slug, order.number)

    view.__doc__ = verb.__doc__
    return view


order_confirm = _plain_step(
    fulfilment.confirm_order, gettext_lazy("Đã xác nhận đơn."), Role.SELLER, Role.PACKER
)
payment_received = _plain_step(
    lambda order, *, by: payments.receive(order.payment, by=by),
    gettext_lazy("Đã ghi: nhận được tiền."),
    Role.SELLER,
)
payment_missing = _plain_step(
    lambda order, *, by: payments.not_arrived(order.payment, by=by),
    gettext_lazy("Đã ghi: chưa thấy tiền."),
    Role.SELLER,
)


@require_POST
@desk(Role.SELLER)
def order_cancel(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    order = order_of(desk, number)
    form = ReasonForm(request.POST, prefix="cancel")
    if form.is_valid():
        with refusals_in(form):
            cancelling.cancel_order(order, reason=form.cleaned_data["reason"], by=desk.actor)
            return back_to(request, desk, order, _("Đã huỷ đơn. Hàng trở lại kho."))
    return show_order(request, desk, order, status=422, cancel_form=form)


@require_POST
@desk(Role.SELLER)
def payment_undo(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    order = order_of(desk, number)
    form = ReasonForm(request.POST, prefix="undo")
    if form.is_valid():
        with refusals_in(form):
            payments.undo_receive(order.payment, reason=form.cleaned_data["reason"], by=desk.actor)
            return back_to(request, desk, order, _("Đã hoàn tác. Tiền của đơn trở lại như trước."))
    return show_order(request, desk, order, status=422, undo_form=form)
