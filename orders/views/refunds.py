"""Money that goes back, at the desk: less for an order, the transfer back, one that bounced."""

from __future__ import annotations

import io

import qrcode
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.http import refusals_in
from orders import refunds
from orders.cases import returns
from orders.forms import GiveForm, ReasonForm, RefundAccountForm, RefundSentForm, ids
from orders.models import Order, Refund
from orders.statuses import RefundStatus

from .order_page import back_to, give_targets, order_of, show_order


def _refund(desk: Desk, number: str, pk: int) -> tuple[Order, Refund]:
    order = order_of(desk, number)
    return order, get_object_or_404(order.payment.refunds, pk=pk)


@require_POST
@desk(Role.SELLER)
def refund_give(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Take money off one line or off the parcel fee."""
    order = order_of(desk, number)
    form = GiveForm(request.POST, targets=give_targets(order), prefix="give")
    if form.is_valid():
        with refusals_in(form):
            target = form.cleaned_data["target"]
            refunds.give(
                order,
                line=None if target == "fee" else order.lines.get(pk=target),
                amount=form.cleaned_data["amount"],
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
                by=desk.actor,
            )
            return back_to(request, desk, order, _("Đã bớt tiền của đơn. Người mua đã được báo."))
    return show_order(request, desk, order_of(desk, number), status=422, give_form=form)


@require_POST
@desk(Role.SELLER)
def refund_account(request: HttpRequest, desk: Desk, number: str, pk: int) -> HttpResponse:
    """Write down the account that the buyer told by phone."""
    order, refund = _refund(desk, number, pk)
    form = RefundAccountForm(request.POST, prefix="account")
    if form.is_valid():
        with refusals_in(form):
            refunds.name_account(refund, by=desk.actor, **form.cleaned_data)
            return back_to(request, desk, order, _("Đã ghi tài khoản của khách."))
    return show_order(request, desk, order_of(desk, number), status=422, account_form=form)


@require_POST
@desk(Role.SELLER)
def refund_sent(request: HttpRequest, desk: Desk, number: str, pk: int) -> HttpResponse:
    """The transfer back was made."""
    order, refund = _refund(desk, number, pk)
    form = RefundSentForm(request.POST, request.FILES, prefix="sent")
    if form.is_valid():
        with refusals_in(form):
            refunds.send(refund, by=desk.actor, **form.cleaned_data)
            returns.finish_paid(order=order, by=desk.actor)
            return back_to(request, desk, order, _("Đã ghi: tiền đã trả lại khách."))
    return show_order(request, desk, order_of(desk, number), status=422, sent_form=form)


@require_POST
@desk(Role.SELLER)
def refund_bounced(request: HttpRequest, desk: Desk, number: str, pk: int) -> HttpResponse:
    """The bank sent it back: owed again."""
    order, refund = _refund(desk, number, pk)
    form = ReasonForm(request.POST, auto_id=ids("bounced", pk))
    if form.is_valid():
        with refusals_in(form):
            refunds.came_back(refund, reason=form.cleaned_data["reason"], by=desk.actor)
            return back_to(request, desk, order, _("Đã ghi: khoản này cần trả lại lần nữa."))
    return show_order(request, desk, order_of(desk, number), status=422, bounced_form=form)


@require_POST
@desk(Role.SELLER)
def refund_drop(request: HttpRequest, desk: Desk, number: str, pk: int) -> HttpResponse:
    """Nothing has to go back after all."""
    order, refund = _refund(desk, number, pk)
    form = ReasonForm(request.POST, prefix="drop")
    if form.is_valid():
        with refusals_in(form):
            refunds.drop(refund, reason=form.cleaned_data["reason"], by=desk.actor)
            return back_to(request, desk, order, _("Đã ghi: không phải trả khoản này."))
    return show_order(request, desk, order_of(desk, number), status=422, drop_form=form)


@never_cache
@require_safe
@desk(Role.SELLER)
def refund_qr(request: HttpRequest, desk: Desk, number: str, pk: int) -> HttpResponse:
    """The VietQR of a transfer back as a PNG; 404 once it was sent or while no account is known."""
    _order, refund = _refund(desk, number, pk)
    if refund.status != RefundStatus.OWED or refund.bank_id is None:
        raise Http404
    symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=12, border=4)
    symbol.add_data(refunds.qr_payload(refund))
    picture = io.BytesIO()
    symbol.make_image().save(picture, format="PNG")
    return HttpResponse(picture.getvalue(), content_type="image/png")
