"""The papers of a purchase, for whoever has its link."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.foundation.codes import pretty
from marketplace.foundation.http import as_page_or_pdf
from orders import lookups, sheets
from orders.models import Order, Purchase

from .sheet_page import contract_page, receipt_page


def _at_shop(token: str, number: str = "") -> tuple[Purchase, list[Order]]:
    """The purchase behind a secret link and its orders, or the one called ``number``; 404 for any other."""
    found = lookups.whole(token)
    orders = sorted(found.orders.all(), key=lambda order: order.pk) if found else []
    if number:
        orders = [order for order in orders if order.number == number]
    if found is None or not orders:
        raise Http404
    return found, orders


def _shop_page(purchase: Purchase, context: dict[str, Any]) -> dict[str, Any]:
    return {
        **context,
        "active_tab": "me",
        "back_url": reverse("shop:purchase", args=[purchase.token]),
        "back_words": _("Lần mua %(number)s") % {"number": pretty(purchase.number)},
    }


@never_cache
@require_safe
def contract(request: HttpRequest, token: str, number: str = "") -> HttpResponse:
    """What was agreed, for a whole purchase or one order of it."""
    purchase, orders = _at_shop(token, number)
    context = contract_page([sheets.contract(order) for order in orders])
    name = f"hop-dong-{number or purchase.number}"
    return as_page_or_pdf(request, "printed/shop.html", _shop_page(purchase, context), name=name)


@never_cache
@require_safe
def receipt(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """What was paid for an order; 404 until its money came."""
    purchase, (order,) = _at_shop(token, number)
    context = _shop_page(purchase, receipt_page(order))
    return as_page_or_pdf(request, "printed/shop.html", context, name=f"bien-nhan-{number}")
