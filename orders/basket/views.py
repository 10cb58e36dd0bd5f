"""The basket page and its two buttons; all three work without JavaScript."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Product
from marketplace.foundation.http import back
from marketplace.foundation.refusals import Refusal

from . import baskets


def _number(text: str | None, default: int = 0) -> int:
    """Read a small whole number; anything else is ``default``."""
    return int(text) if text and len(text) <= 6 and text.isascii() and text.isdigit() else default


def basket_page(request: HttpRequest, *, status: int = 200, error: str = "") -> HttpResponse:
    parcels = baskets.parcels(request.basket)
    return render(
        request,
        "orders/shop/basket.html",
        {
            "parcels": parcels,
            "total": baskets.total_of(parcels),
            "goods_total": sum(parcel.goods_total for parcel in parcels),
            "fees": sum(parcel.fee for parcel in parcels),
            "has_problems": any(parcel.problems for parcel in parcels),
            "error": error,
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
    product = Product.objects.on_sale().for_cards().filter(pk=_number(request.POST.get("product"))).first()
    if product is None:
        return basket_page(request, status=422, error=_("Hàng này không còn bán trên chợ."))
    with_new = baskets.open_for(request)
    try:
        baskets.add(with_new, product, _number(request.POST.get("quantity"), 1))
    except Refusal as refusal:
        request.basket = with_new
        return baskets.remember(basket_page(request, status=422, error=str(refusal)), with_new)
    messages.success(request, _("Đã thêm %(name)s vào giỏ.") % {"name": product.title})
    return baskets.remember(back(request, "shop:basket"), with_new)


@require_POST
def basket_change(request: HttpRequest) -> HttpResponse:
    """Set one line's quantity, or take it out (``remove``)."""
    found = baskets.of_request(request)
    if found is None:
        return redirect("shop:basket")
    line_id = _number(request.POST.get("line"))
    typed = "0" if "remove" in request.POST else request.POST.get("quantity")
    quantity = _number(typed, -1)
    if quantity < 0:
        return basket_page(request, status=422, error=_("Số lượng phải là một số từ 1 trở lên."))
    try:
        baskets.change(found, line_id, quantity)
    except Refusal as refusal:
        return basket_page(request, status=422, error=str(refusal))
    return redirect("shop:basket")
