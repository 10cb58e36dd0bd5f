"""A cooperative's special prices: those that run or are to come, those that are over, a new one, the end of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.forms import WindowForm
from cooperatives import prices
from cooperatives.access import Desk
from cooperatives.access import desk as door
from cooperatives.statuses import Role
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in

OVER = "xong"


@never_cache
@require_safe
@door(Role.SELLER)
def windows(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Special prices that run or are to come, by their end; ``?loc=xong`` those that are over, the newest first."""
    mine = prices.windows_of(desk.cooperative)
    now, over = timezone.now(), request.GET.get("loc") == OVER
    found = (
        mine.filter(ends_at__lte=now).order_by("-ends_at", "-pk")
        if over
        else mine.filter(ends_at__gt=now).order_by("ends_at", "pk")
    )
    context = desk.page("products", page=page_of(request, found, 20), over=over, now=now)
    return render(request, "catalog/desk/windows.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@door(Role.SELLER)
def window_add(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A special price for one product: first it is said in words, with ``sure`` it is opened."""
    mine = desk.cooperative.products.filter(removed_at__isnull=True, stockrecords__isnull=False)
    product = get_object_or_404(mine.prefetch_related("stockrecords"), pk=pk)
    form = WindowForm(*sent(request), initial={"first": timezone.localdate()})
    preview = None
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            asked = _asked(form.cleaned_data)
            if "sure" in request.POST:
                prices.open_window(product.stock, **asked, by=desk.actor)
                messages.success(request, _("Đã mở giá ưu đãi cho %(name)s.") % {"name": product.name})
                return redirect("desk:windows", desk.slug)
            preview = prices.preview_window(product.stock, **asked)
    context = desk.page("products", product=product, record=product.stock, preview=preview)
    return render_form(request, "catalog/desk/window_add.html", context, form)


def _asked(data: dict[str, Any]) -> dict[str, Any]:
    starts_at, ends_at = prices.moments_of(data["first"], data["last"])
    return {"price": data["price"], "limit": data["limit"], "starts_at": starts_at, "ends_at": ends_at}


@require_POST
@door(Role.SELLER)
def window_end(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """End a special price before its day."""
    window = get_object_or_404(prices.windows_of(desk.cooperative), pk=pk)
    prices.end_window(window, by=desk.actor)
    messages.success(request, _("Đã dừng. Khách thấy giá thường ngay."))
    return redirect("desk:windows", desk.slug)
