"""Packing and parcels at the desk: pack, take goods off, ship, delivered, came back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.http import refusals_in, shown
from orders import cancelling, fulfilment, picking
from orders.forms import BackForm, CutForm, PackForm, ShipForm, ids
from orders.models import Order, Parcel

from .order_page import back_to, order_of, show_order


def _parcel(desk: Desk, number: str, pk: int) -> tuple[Order, Parcel]:
    order = order_of(desk, number)
    return order, get_object_or_404(order.parcels.prefetch_related("picks__line", "picks__lot"), pk=pk)


@require_POST
@desk(Role.SELLER, Role.PACKER)
def order_pack(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Make a parcel of what was chosen."""
    order = order_of(desk, number)
    form = PackForm(request.POST, suggestions=picking.suggest_picks(order))
    if form.is_valid():
        with refusals_in(form):
            fulfilment.pack_order(
                order,
                [fulfilment.PickChoice(*choice) for choice in form.choices()],
                short={line: fulfilment.Short(why) for line, why in form.short().items()},
                grams=form.grams(),
                by=desk.actor,
            )
            return back_to(request, desk, order, _("Đã đóng gói xong. Giờ in phiếu và gửi hàng."))
    return show_order(request, desk, order_of(desk, number), status=422, pack_form=form)


@require_POST
@desk(Role.SELLER)
def order_cut(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Take goods off an order that are not packed yet."""
    order = order_of(desk, number)
    form = CutForm(request.POST, lines=list(order.lines.all()), prefix="cut")
    if form.is_valid():
        with refusals_in(form):
            cancelling.cancel_lines(
                order,
                form.units(),
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
                by=desk.actor,
            )
            return back_to(request, desk, order, _("Đã bớt hàng khỏi đơn. Người mua đã được báo."))
    return show_order(request, desk, order_of(desk, number), status=422, cut_form=form)


@require_POST
@desk(Role.SELLER, Role.PACKER)
def parcel_unpack(request: HttpRequest, desk: Desk, number: str, pk: int) -> HttpResponse:
    """Open a packed parcel again; one that is open already leads back to its order."""
    order = order_of(desk, number)
    parcel = order.parcels.filter(pk=pk).first()
    if parcel is None:
        messages.error(request, _("Kiện này đã được mở ra rồi."))
        return redirect("desk:order", desk.stall.slug, number)
    with shown(request):
        fulfilment.unpack_parcel(parcel, by=desk.actor)
        return back_to(request, desk, order, _("Đã mở lại. Hãy chọn lô và đóng gói lần nữa."))
    return redirect("desk:order", desk.stall.slug, number)


@require_POST
@desk(Role.SELLER, Role.PACKER)
def parcel_ship(request: HttpRequest, desk: Desk, number: str, pk: int) -> HttpResponse:
    """Hand a parcel to the carrier."""
    order, parcel = _parcel(desk, number, pk)
    form = ShipForm(request.POST, auto_id=ids("ship", pk))
    if form.is_valid():
        with refusals_in(form):
            fulfilment.ship_parcel(parcel, by=desk.actor, **form.cleaned_data)
            return back_to(request, desk, order, _("Đã ghi: hàng gửi đi rồi."))
    return show_order(request, desk, order_of(desk, number), status=422, ship_form=form)


@require_POST
@desk(Role.SELLER, Role.PACKER)
def parcel_deliver(request: HttpRequest, desk: Desk, number: str, pk: int) -> HttpResponse:
    """A parcel reached the buyer."""
    order, parcel = _parcel(desk, number, pk)
    with shown(request):
        fulfilment.deliver_parcel(parcel, by=desk.actor)
        return back_to(request, desk, order, _("Đã ghi: hàng đến tay khách."))
    return redirect("desk:order", desk.stall.slug, number)


@require_POST
@desk(Role.SELLER, Role.PACKER)
def parcel_back(request: HttpRequest, desk: Desk, number: str, pk: int) -> HttpResponse:
    """A parcel came back: what of it can be sold again."""
    order, parcel = _parcel(desk, number, pk)
    form = BackForm(request.POST, picks=list(parcel.picks.all()), auto_id=ids("back", pk))
    if form.is_valid():
        with refusals_in(form):
            fulfilment.parcel_came_back(
                parcel,
                reason=form.cleaned_data["reason"],
                fit=form.fit(),
                with_fee=form.cleaned_data["with_fee"],
                by=desk.actor,
            )
            return back_to(request, desk, order, _("Đã ghi: kiện hoàn về, hàng trở lại kho."))
    return show_order(request, desk, order_of(desk, number), status=422, back_form=form)
