"""A cooperative at work: today, the orders inbox, one order from confirming to delivered, its money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cooperatives.access import ANYBODY, Desk, desk
from cooperatives.statuses import Role
from marketplace.accounts import push
from marketplace.foundation.forms import CleanForm
from marketplace.foundation.http import page_of, refusals_in, shown
from orders import fulfilment, inbox, notices, payments, picking, progress
from orders.forms import CARRIERS, PackForm, ReasonForm, ShipForm
from orders.incoming import transfers
from orders.models import Order
from orders.statuses import OrderStatus


def _order(desk: Desk, number: str) -> Order:
    orders = desk.cooperative.orders.select_related("payment", "purchase", "cooperative__stall")
    return get_object_or_404(orders.prefetch_related("lines__picks__lot__codes", "parcels"), number=number)


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
        "xong": _("Đã giao"),
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
    return _show(request, desk, _order(desk, number))


def _show(
    request: HttpRequest, desk: Desk, order: Order, *, status: int = 200, **forms: CleanForm
) -> HttpResponse:
    """One order with the one next step it needs; a form that was refused stays as it was typed."""
    context = desk.page(
        "orders",
        order=order,
        view=progress.OrderView(order),
        zalo=notices.zalo_text(order),
        carriers=CARRIERS,
        may_money=desk.membership.role in {Role.DIRECTOR, Role.SELLER},
        waits_for_money=payments.waits_for_money(order.payment),
        payment_changes=order.payment.changes.all(),
        given=transfers.given_to(order.payment),
        changes=order.status_changes.order_by("date_created"),
        **forms,
    )
    if order.status == OrderStatus.CONFIRMED and "pack_form" not in forms:
        context["pack_form"] = PackForm(suggestions=picking.suggest_picks(order))
    if order.status == OrderStatus.PACKED:
        context.setdefault("ship_form", ShipForm(initial={"carrier": CARRIERS[0]}))
    context.setdefault("cancel_form", ReasonForm(prefix="cancel"))
    context.setdefault("undo_form", ReasonForm(prefix="undo"))
    return render(request, "orders/desk/order.html", context, status=status)


def _back(request: HttpRequest, desk: Desk, order: Order, said: Any) -> HttpResponse:
    """Back to the order, which says in one sentence what was done."""
    messages.success(request, said)
    return redirect("desk:order", desk.stall.slug, order.number)


def _plain_step(verb: Callable[..., Any], said: Any, *roles: Any) -> Any:
    """Make the view of a step without a form: door, verb, back to the order; a refusal is shown there, or ``said``."""

    @require_POST
    @desk(*roles)
    def view(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
        order = _order(desk, number)
        with shown(request):
            verb(order, by=desk.actor)
            return _back(request, desk, order, said)
        return redirect("desk:order", desk.stall.slug, order.number)

    view.__doc__ = verb.__doc__
    return view


order_confirm = _plain_step(
    fulfilment.confirm_order, gettext_lazy("Đã xác nhận đơn."), Role.SELLER, Role.PACKER
)
order_unpack = _plain_step(
    fulfilment.unpack_order,
    gettext_lazy("Đã mở lại. Hãy chọn lô và đóng gói lần nữa."),
    Role.SELLER,
    Role.PACKER,
)
order_deliver = _plain_step(
    fulfilment.deliver_order, gettext_lazy("Đã ghi: hàng đến tay khách."), Role.SELLER, Role.PACKER
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
@desk(Role.SELLER, Role.PACKER)
def order_pack(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    order = _order(desk, number)
    form = PackForm(request.POST, suggestions=picking.suggest_picks(order))
    if form.is_valid():
        with refusals_in(form):
            fulfilment.pack_order(
                order, [fulfilment.PickChoice(*choice) for choice in form.choices()], by=desk.actor
            )
            return _back(request, desk, order, _("Đã đóng gói xong. Giờ in phiếu và gửi hàng."))
    order.refresh_from_db()
    return _show(request, desk, order, status=422, pack_form=form)


@require_POST
@desk(Role.SELLER, Role.PACKER)
def order_ship(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    order = _order(desk, number)
    form = ShipForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            fulfilment.ship_order(order, by=desk.actor, **form.cleaned_data)
            return _back(request, desk, order, _("Đã ghi: hàng gửi đi rồi."))
    return _show(request, desk, order, status=422, ship_form=form)


@require_POST
@desk(Role.SELLER)
def order_cancel(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    order = _order(desk, number)
    form = ReasonForm(request.POST, prefix="cancel")
    if form.is_valid():
        with refusals_in(form):
            fulfilment.cancel_order(order, reason=form.cleaned_data["reason"], by=desk.actor)
            return _back(request, desk, order, _("Đã huỷ đơn. Hàng trở lại kho."))
    return _show(request, desk, order, status=422, cancel_form=form)


@require_POST
@desk(Role.SELLER)
def payment_undo(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    order = _order(desk, number)
    form = ReasonForm(request.POST, prefix="undo")
    if form.is_valid():
        with refusals_in(form):
            payments.undo_receive(order.payment, reason=form.cleaned_data["reason"], by=desk.actor)
            return _back(request, desk, order, _("Đã hoàn tác. Tiền của đơn trở lại như trước."))
    return _show(request, desk, order, status=422, undo_form=form)


@never_cache
@require_safe
@desk(ANYBODY)
def slip(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The paper that goes into the parcel: to whom, what, from which lots."""
    order = _order(desk, number)
    return render(
        request, "orders/desk/slip.html", desk.page("orders", order=order, view=progress.OrderView(order))
    )
