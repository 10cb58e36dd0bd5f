"""What buyers say of goods: everybody's list, and the form behind the secret link of the purchase."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalog.models import Product
from catalog.statuses import ProductStatus
from cooperatives.statuses import StallStatus
from marketplace.foundation.actor import Actor
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in
from orders import ratings as rules
from orders.forms import RatingForm

from .cases_shop import order_behind


@require_safe
def of_product(request: HttpRequest, slug: str) -> HttpResponse:
    """All that buyers said of one product, the newest first; 404 where the product has no page."""
    public = Product.objects.filter(status=ProductStatus.APPROVED, removed_at=None)
    product = get_object_or_404(
        public.exclude(cooperative__stall__status=StallStatus.SUSPENDED).select_related("cooperative"),
        slug=slug,
    )
    context = {"product": product, "page": page_of(request, rules.of_product(product), 20)}
    return render(request, "orders/shop/ratings.html", context)


@never_cache
@require_safe
def ratings_of_order(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """What the buyer said of one order's goods, and what may still be said."""
    order = order_behind(token, number)
    said = list(order.ratings.select_related("product").order_by("pk"))
    known = {rating.product_id for rating in said}
    context = {
        "order": order,
        "token": token,
        "said": said,
        "open": [product for product in rules.rateable(order) if product.pk not in known],
        "active_tab": "me",
    }
    return render(request, "orders/shop/ratings_of_order.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str, number: str, pk: int) -> HttpResponse:
    """The buyer says what one product of an order was like; 404 for goods that did not arrive."""
    order = order_behind(token, number)
    product = get_object_or_404(rules.rateable(order), pk=pk)
    old = order.ratings.filter(product=product).first()
    form = RatingForm(*sent(request), initial={"score": old.score, "words": old.words} if old else {})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            rules.rate(order, product, by=Actor.of(request.user), **form.cleaned_data)
            messages.success(request, _("Cảm ơn bạn. Đánh giá đã hiện ở trang hàng."))
            return redirect("shop:ratings_of_order", token, number)
    context = {"order": order, "token": token, "product": product, "active_tab": "me"}
    return render_form(request, "orders/shop/rate.html", context, form)
