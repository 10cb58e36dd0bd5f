"""The desk sells by itself: across the counter, and for customers who call or write."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperatives.access import Desk, desk
from cooperatives.bank_accounts import verified_account
from cooperatives.statuses import Role
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import refusals_in, shown
from orders import counter, purchases
from orders.forms import SaleForm, TakenOrderForm
from orders.models import Order
from orders.statuses import PaymentMethod, PurchaseSource

FORM = require_http_methods(["GET", "HEAD", "POST"])


def _methods(desk: Desk, cash: str) -> list[tuple[str, str]]:
    found = [(PaymentMethod.COD.value, cash)]
    if verified_account(desk.cooperative) is not None:
        found.append((PaymentMethod.VIETQR.value, str(PaymentMethod.VIETQR.label)))
    return found


@never_cache
@FORM
@desk(Role.SELLER)
def sale(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the customer takes, or a sum, and how she pays; cash is booked at once, a transfer shows its code."""
    form = SaleForm(
        *sent(request),
        goods=counter.goods_for_sale(desk.cooperative),
        methods=_methods(desk, _("Tiền mặt")),
        initial={"placement_key": uuid4(), "method": PaymentMethod.COD},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            data = form.cleaned_data
            how = {"method": data["method"], "placement_key": data["placement_key"], "by": desk.actor}
            if data["amount"]:
                order = counter.sell_sum(desk.cooperative, data["amount"], title=data["title"], **how)
            else:
                order = counter.sell(desk.cooperative, form.goods(), **how)
            return redirect("desk:sale_done", desk.slug, order.number)
    return render_form(request, "orders/desk/sale.html", desk.page("orders"), form)


def _sale(desk: Desk, number: str) -> Order:
    sales = desk.cooperative.orders.filter(purchase__source=PurchaseSource.COUNTER)
    return get_object_or_404(
        sales.select_related("payment", "purchase").prefetch_related("lines"), number=number
    )


@never_cache
@require_safe
@desk(Role.SELLER)
def sale_done(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The sum, large, to be turned to the customer: the code to pay, or that it is paid."""
    return render(request, "orders/desk/sale_done.html", desk.page("orders", order=_sale(desk, number)))


@require_POST
@desk(Role.SELLER)
def sale_paid(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The money came: the goods go."""
    with shown(request):
        counter.hand_over(_sale(desk, number), by=desk.actor)
    return redirect("desk:sale_done", desk.slug, number)


@require_POST
@desk(Role.SELLER)
def sale_off(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The customer does not buy after all."""
    with shown(request) as said:
        counter.call_off(_sale(desk, number), by=desk.actor)
    if said.ok:
        messages.success(request, _("Đã huỷ. Hàng trở lại kho."))
    return redirect("desk:sale", desk.slug)


@never_cache
@FORM
@desk(Role.SELLER)
def taken_order(request: HttpRequest, desk: Desk) -> HttpResponse:
    """An order taken down for a customer who called or wrote."""
    goods = counter.goods_for_sale(desk.cooperative)
    methods = _methods(desk, str(PaymentMethod.COD.label))
    if request.method == "POST" and "choose_province" in request.POST:
        # Without JavaScript: the province first, then its communes.
        form = TakenOrderForm(goods=goods, methods=methods, initial=request.POST.dict())
        return render(request, "orders/desk/taken_order.html", desk.page("orders", form=form))
    form = TakenOrderForm(*sent(request), goods=goods, methods=methods, initial={"placement_key": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        buyer = purchases.Buyer(
            name=data["buyer_name"],
            phone=data["phone"],
            email=data["email"],
            note=data["note"],
            address=form.address(),
        )
        with refusals_in(form):
            order = counter.take_order(
                desk.cooperative,
                form.goods(),
                buyer=buyer,
                method=data["method"],
                source=PurchaseSource(data["source"]),
                placement_key=data["placement_key"],
                by=desk.actor,
            )
            messages.success(request, _("Đã ghi đơn. Gửi tin Zalo bên dưới để khách xem và trả tiền."))
            return redirect("desk:order", desk.slug, order.number)
    return render_form(request, "orders/desk/taken_order.html", desk.page("orders"), form)
