"""From basket to purchase: where to, how to pay, look it over, done."""

from __future__ import annotations

from decimal import Decimal
from functools import wraps
from typing import Any

from django.conf import settings
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
from orders.basket import baskets, typed
from orders.basket.views import basket_page, parcels_of
from orders.forms import CheckoutInvoiceForm, DeliveryForm, PaymentForm, ReviewForm
from orders.invoices import MadeOutTo
from orders.models import Purchase
from orders.statuses import PaymentMethod


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
        parcels = _parcels(request)
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


def _parcels(request: HttpRequest) -> list[baskets.Parcel]:
    parcels, request.voucher = parcels_of(request)
    return parcels


def _already_placed(request: HttpRequest) -> Purchase | None:
    """The confirm button pressed again after the first answer was lost finds its purchase."""
    form = ReviewForm(request.POST) if request.method == "POST" else None
    if form is None or not form.is_valid():
        return None
    return Purchase.objects.filter(placement_key=form.cleaned_data["placement_key"]).first()


@with_basket
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest, parcels: list[baskets.Parcel]) -> HttpResponse:
    """Screen 1 of 3: name, phone, address. What was typed is kept even when it is not right yet, or nobody sends
    there."""
    context = {"parcels": parcels, "total": baskets.total_of(parcels), "steps": _steps(), "step": 1}
    if request.method != "POST":
        form = DeliveryForm(initial=typed.of(request).get("delivery") or _known(request))
        return render(request, "orders/shop/checkout_delivery.html", {**context, "form": form})
    form = DeliveryForm(request.POST)
    if "choose_province" in request.POST:  # without JavaScript: the province first, then its communes
        return render(
            request,
            "orders/shop/checkout_delivery.html",
            {**context, "form": DeliveryForm(initial=request.POST.dict())},
        )
    if form.is_valid():
        data = {name: form.cleaned_data.get(name, "") for name in form.fields}
        typed.keep(request, delivery=data, address=form.address())
        parcels = _parcels(request)
        stuck = _stuck(parcels)
        if not stuck:
            return redirect("shop:checkout_payment")
        for parcel in stuck:
            form.add_error("province_code", parcel.not_sent)
        context |= {"parcels": parcels, "total": baskets.total_of(parcels)}
    return render_form(request, "orders/shop/checkout_delivery.html", context, form)


def _stuck(parcels: list[baskets.Parcel]) -> list[baskets.Parcel]:
    """Those that can neither be sent to the buyer nor be fetched."""
    return [parcel for parcel in parcels if parcel.not_sent and not parcel.cooperative.stall.pickup]


def _known(request: HttpRequest) -> dict[str, Any]:
    if not request.user.is_authenticated:
        return {}
    user = request.user
    return {"buyer_name": user.full_name, "phone": user.phone or "", "email": user.email or ""}


@with_basket
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, parcels: list[baskets.Parcel]) -> HttpResponse:
    """Screen 2 of 3: for each parcel how it comes to the buyer, where that is to choose, and one way of paying."""
    kept = typed.of(request)
    if "address" not in kept:
        return redirect("shop:checkout")
    if stuck := _stuck(parcels):
        if request.method != "POST":
            return redirect("shop:basket")
        return basket_page(request, status=422, error=stuck[0].not_sent)
    if request.method == "POST":
        baskets.choose_pickup(parcels, PaymentForm.pickups_in(request.POST, parcels))
    methods = {one.cooperative.pk: purchases.methods_of(one.cooperative, one.total) for one in parcels}
    chosen = {f"method_{pk}": method for pk, method in kept.get("methods", {}).items()}
    form = PaymentForm(*sent(request), parcels=parcels, methods=methods, initial=chosen)
    invoice = CheckoutInvoiceForm(
        *sent(request), prefix="invoice", initial=CheckoutInvoiceForm.as_kept(kept.get("invoice"))
    )
    if request.method == "POST" and form.is_valid() and invoice.is_valid():
        pickups = [parcel.cooperative.pk for parcel in parcels if parcel.is_pickup]
        typed.keep(request, methods=form.methods(), pickups=pickups, invoice=invoice.wish())
        return redirect("shop:checkout_review")
    context = {"parcels": parcels, "total": baskets.total_of(parcels), "steps": _steps(), "step": 2}
    context["blocks"] = [(parcel, *form.of(parcel), _cash_limit(parcel, methods)) for parcel in parcels]
    context |= {"form": form, "invoice": invoice}
    wrong = form.is_bound and bool(form.errors or invoice.errors)
    return render(request, "orders/shop/checkout_payment.html", context, status=422 if wrong else 200)


def _cash_limit(parcel: baskets.Parcel, methods: dict[int, list[PaymentMethod]]) -> Decimal | None:
    """The limit above which this cooperative takes no cash, when the parcel is above it."""
    stall = parcel.cooperative.stall
    is_offered = PaymentMethod.COD in methods[parcel.cooperative.pk]
    return stall.cod_limit if stall.takes_cod and not is_offered else None


@with_basket
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, parcels: list[baskets.Parcel]) -> HttpResponse:
    """Screen 3 of 3: everything once more, each part with a way back; the button places the purchase.

    A refusal (short, price changed, stall closed) shows this screen again with today's figures and status 422.
    """
    kept = typed.of(request)
    if "address" not in kept:
        return redirect("shop:checkout")
    methods = {int(pk): method for pk, method in kept.get("methods", {}).items()}
    if any(parcel.cooperative.pk not in methods for parcel in parcels):
        return redirect("shop:checkout_payment")
    if any(parcel.not_sent for parcel in parcels):
        return redirect("shop:checkout_payment")
    error = ""
    if request.method == "POST":
        form = ReviewForm(request.POST)
        if form.is_valid():
            try:
                return _place(request, form, kept, methods)
            except Refusal as refusal:
                error = str(refusal)
                parcels = _parcels(request)
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
        "discount": sum(parcel.discount for parcel in parcels),
        "voucher": request.voucher,
        "error": error,
        "tolerance": settings.WEIGHT_TOLERANCE if any(one.is_weighed for one in _items(parcels)) else 0,
        "heavier": "heavier" in request.POST,
        "placement_key": typed.placement_key(request),
        "invoice": kept.get("invoice"),
        "steps": _steps(),
        "step": 3,
    }
    return render(request, "orders/shop/checkout_review.html", context, status=422 if error else 200)


def _items(parcels: list[baskets.Parcel]) -> list[baskets.Item]:
    return [item for parcel in parcels for item in parcel.items]


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
        pickups=typed.pickups(request),
        shown_total=form.cleaned_data["shown_total"],
        language=get_language() or "vi",
        user=request.user if request.user.is_authenticated else None,
        voucher=request.voucher.code if request.voucher.voucher else "",
        weight_tolerance=settings.WEIGHT_TOLERANCE if form.cleaned_data["heavier"] else 0,
        invoice=MadeOutTo(**kept["invoice"]) if kept.get("invoice") else None,
        by=Actor.of(request.user),
    )
    typed.forget(request)
    response = redirect("shop:purchase", purchase.token)
    response.delete_cookie(baskets.COOKIE)
    return response
