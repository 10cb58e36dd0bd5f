"""The basket page and its two buttons; all three work without JavaScript."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Product
from marketplace.foundation.http import back
from marketplace.foundation.refusals import Refusal
from orders import vouchers

from . import baskets, typed
from .forms import CodeForm


def _number(text: str | None, default: int = 0, *, digits: int = 6) -> int:
    """Read a whole number of at most so many digits; anything else is ``default``."""
    return int(text) if text and len(text) <= digits and text.isascii() and text.isdigit() else default


def _key(text: str | None) -> int:
    return _number(text, digits=18)


def parcels_of(request: HttpRequest, code: str | None = None) -> tuple[list[baskets.Parcel], vouchers.Tried]:
    """The visitor's basket as parcels, with what ``code`` takes off; the one that was kept unless another is given."""
    found = baskets.parcels(request.basket, typed.address(request), pickups=typed.pickups(request))
    code = typed.voucher(request) if code is None else code
    return found, vouchers.try_on(found, code, phone=typed.phone(request))


def basket_page(
    request: HttpRequest,
    *,
    status: int = 200,
    error: str = "",
    wrong_line: int = 0,
    wrong: str = "",
    code_form: CodeForm | None = None,
) -> HttpResponse:
    """The basket with ``error`` on top; ``wrong`` stays in the quantity of the line it was typed for, and a code that
    does not hold in ``code_form``."""
    found, tried = parcels_of(request)
    parcels = baskets.with_pictures(found)
    return render(
        request,
        "orders/shop/basket.html",
        {
            "parcels": parcels,
            "total": baskets.total_of(parcels),
            "goods_total": sum(parcel.goods_total for parcel in parcels),
            "discount": sum(parcel.discount for parcel in parcels),
            "voucher": tried,
            "code_form": code_form or CodeForm(),
            "fees": sum(parcel.fee for parcel in parcels),
            "fee_is_lowest": any(parcel.fee_is_lowest for parcel in parcels),
            "has_problems": any(parcel.problems for parcel in parcels),
            "error": error,
            "wrong_line": wrong_line,
            "typed": wrong[:12],
            "active_tab": "basket",
        },
        status=status,
    )


@never_cache
@require_safe
def basket(request: HttpRequest) -> HttpResponse:
    return basket_page(request)


@require_POST
def basket_add(request: HttpRequest) -> HttpResponse:
    """Put a product in and go back to it (or to the basket); a refusal keeps the buyer on the basket with 422."""
    product = Product.objects.on_sale().with_price().filter(pk=_key(request.POST.get("product"))).first()
    if product is None:
        return basket_page(request, status=422, error=_("Hàng này không còn bán trên chợ."))
    try:
        with transaction.atomic():  # a refused first thing leaves no empty basket behind
            basket = baskets.open_for(request)
            baskets.add(basket, product, _number(request.POST.get("quantity", "1")))
    except Refusal as refusal:
        return basket_page(request, status=422, error=f"{product.title}: {refusal}")
    said = _("Đã thêm %(name)s vào giỏ.") % {"name": product.title}
    link = format_html('<a href="{}">{}</a>', reverse("shop:basket"), _("Xem giỏ hàng"))
    messages.success(request, format_html("{} {}", said, link))
    return baskets.remember(back(request, "shop:basket"), basket)


@require_POST
def basket_change(request: HttpRequest) -> HttpResponse:
    """Set one line's quantity, or take it out (``remove``)."""
    found = baskets.of_request(request)
    if found is None:
        return redirect("shop:basket")
    line = _key(request.POST.get("line"))
    wrong = "0" if "remove" in request.POST else request.POST.get("quantity", "")
    quantity = _number(wrong, -1)
    if quantity < 0:
        error = _("Số lượng phải là một số từ 1 trở lên.")
        return basket_page(request, status=422, error=error, wrong_line=line, wrong=wrong)
    try:
        baskets.change(found, line, quantity)
    except Refusal as refusal:
        return basket_page(request, status=422, error=str(refusal), wrong_line=line, wrong=wrong)
    return redirect("shop:basket")


@require_POST
def basket_voucher(request: HttpRequest) -> HttpResponse:
    """Use a voucher for this purchase in place of the one before, or none (``remove``). A code that does not hold
    comes back with why, and the one before stays."""
    if "remove" in request.POST:
        typed.keep(request, voucher="")
        return redirect("shop:basket")
    form = CodeForm(request.POST)
    if form.is_valid():
        code, before = form.cleaned_data["code"], typed.voucher(request)
        _found, tried = parcels_of(request, code)
        if tried.voucher:
            typed.keep(request, voucher=code)
            words = {"code": code, "before": before}
            if before and before != code:
                messages.success(request, _("Đã thay mã %(before)s bằng mã %(code)s.") % words)
            else:
                messages.success(request, _("Đã dùng mã %(code)s.") % words)
            return redirect("shop:basket")
        form.add_error("code", tried.why)
    return basket_page(request, status=422, code_form=form)
