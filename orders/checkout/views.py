"""From basket to purchase: where to, how to pay, look it over, done."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.refusals import Refusal
from orders import purchases
from orders.basket import baskets
from orders.basket.views import basket_page
from orders.forms import DeliveryForm, PaymentForm, ReviewForm
from orders.models import Purchase
from orders.statuses import PaymentMethod

from . import progress


def _steps() -> list[str]:
    return [_("Giao đến đâu"), _("Trả tiền"), _("Xem lại")]


def with_basket(view: Any) -> Any:
    """Give the view the parcels of a basket that can be ordered; otherwise the basket, which says why.

    A form sent meanwhile is answered with the basket and status 422: nothing of it was done.
    """

    @wraps(view)
    def inner(request: HttpRequest) -> HttpResponse:
        made = _already_placed(request)
        if made is not None:
            return redirect("shop:purchase", made.token)
        parcels = baskets.parcels(request.basket)
        if parcels and not any(parcel.problems for parcel in parcels):
            return view(request, parcels)
        if request.method != "POST":
            return redirect("shop:basket")
        error = (
            _("Có món vừa hết hoặc không bán nữa. Chưa có đơn nào được đặt.")
            if parcels
            else _("Giỏ hàng đang trống hoặc đã được đặt.")
        )
        return basket_page(request, status=422, error=error)

    return never_cache(inner)


def _already_placed(request: HttpRequest) -> Purchase | None:
    """The confirm button pressed again after the first answer was lost finds its purchase."""
    form = ReviewForm(request.POST) if request.method == "POST" else None
    if form is None or not form.is_valid():
        return None
    return Purchase.objects.filter(placement_key=form.cleaned_data["placement_key"]).first()


@with_basket
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest, parcels: list[baskets.Parcel]) -> HttpResponse:
    """Screen 1 of 3: name, phone, address. What was typed is kept even when it is not right yet."""
    context = {"parcels": parcels, "total": baskets.total_of(parcels), "steps": _steps(), "step": 1}
    if request.method != "POST":
        form = DeliveryForm(initial=progress.typed(request).get("delivery") or _known(request))
        return render(request, "orders/shop/checkout_delivery.html", {**context, "form": form})
    form = DeliveryForm(request.POST)
    if "choose_province" in request.POST:  # without JavaScript: the province first, then its communes
        return render(
            request,
            "orders/shop/checkout_delivery.html",
            {**context, "form": DeliveryForm(initial=request.POST.dict())},
        )
    if form.is_valid():
        typed = {name: form.cleaned_data.get(name, "") for name in form.fields}
        progress.keep(request, delivery=typed, address=form.address())
        return redirect("shop:checkout_payment")
    return render_form(request, "orders/shop/checkout_delivery.html", context, form)


def _known(request: HttpRequest) -> dict[str, Any]:
    if not request.user.is_authenticated:
        return {}
    user = request.user
    return {"buyer_name": user.full_name, "phone": user.phone or "", "email": user.email or ""}


@with_basket
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, parcels: list[baskets.Parcel]) -> HttpResponse:
    """Screen 2 of 3: one way of paying per parcel."""
    kept = progress.typed(request)
    if "address" not in kept:
        return redirect("shop:checkout")
    offers = {
        parcel.cooperative.pk: (parcel.cooperative.name, purchases.methods_of(parcel.cooperative))
        for parcel in parcels
    }
    context = {"parcels": parcels, "total": baskets.total_of(parcels), "steps": _steps(), "step": 2}
    chosen = {f"method_{pk}": method for pk, method in kept.get("methods", {}).items()}
    form = PaymentForm(*sent(request), offers=offers, initial=chosen)
    context["choices"] = [(parcel, form[f"method_{parcel.cooperative.pk}"]) for parcel in parcels]
    if request.method == "POST" and form.is_valid():
        progress.keep(request, methods={str(pk): method for pk, method in form.methods().items()})
        return redirect("shop:checkout_review")
    return render_form(request, "orders/shop/checkout_payment.html", context, form)


@with_basket
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, parcels: list[baskets.Parcel]) -> HttpResponse:
    """Screen 3 of 3: everything once more, each part with a way back; the button places the purchase.

    A refusal (short, price changed, stall closed) shows this screen again with today's figures and status 422.
    """
    kept = progress.typed(request)
    if "address" not in kept:
        return redirect("shop:checkout")
    methods = {int(pk): method for pk, method in kept.get("methods", {}).items()}
    if any(parcel.cooperative.pk not in methods for parcel in parcels):
        return redirect("shop:checkout_payment")
    error = ""
    if request.method == "POST":
        form = ReviewForm(request.POST)
        if form.is_valid():
            try:
                return _place(request, form, kept, methods)
            except Refusal as refusal:
                error = str(refusal)
                parcels = baskets.parcels(request.basket)
        else:
            error = _("Trang này đã cũ. Hãy xem lại rồi đặt lần nữa.")
    total = baskets.total_of(parcels)
    context = {
        "parcels": [
            (parcel, PaymentMethod(methods[parcel.cooperative.pk]))
            for parcel in baskets.with_pictures(parcels)
            if parcel.cooperative.pk in methods
        ],
        "delivery": kept["delivery"],
        "address": kept["address"],
        "total": total,
        "goods_total": sum(parcel.goods_total for parcel in parcels),
        "fees": sum(parcel.fee for parcel in parcels),
        "error": error,
        "placement_key": progress.placement_key(request),
        "steps": _steps(),
        "step": 3,
    }
    return render(request, "orders/shop/checkout_review.html", context, status=422 if error else 200)


def _place(
    request: HttpRequest, form: ReviewForm, kept: dict[str, Any], methods: dict[int, str]
) -> HttpResponse:
    delivery = kept["delivery"]
    buyer = purchases.Buyer(
        name=delivery["buyer_name"],
        phone=delivery["phone"],
        email=delivery["email"],
        note=delivery["note"],
        address=kept["address"],
    )
    purchase = purchases.place_purchase(
        request.basket,
        placement_key=form.cleaned_data["placement_key"],
        buyer=buyer,
        methods=methods,
        shown_total=form.cleaned_data["shown_total"],
        language=get_language() or "vi",
        user=request.user if request.user.is_authenticated else None,
        by=Actor.of(request.user),
    )
    progress.forget(request)
    response = redirect("shop:purchase", purchase.token)
    response.delete_cookie(baskets.COOKIE)
    return response
