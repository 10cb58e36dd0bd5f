"""The papers of an order as pages and as PDF: for its buyer, and at the desk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cooperatives.access import ANYBODY, Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation import pdf
from marketplace.foundation.codes import pretty
from orders import lookups, sheets
from orders.cases import clocks
from orders.models import Order, Purchase

from .order_page import order_of


def _answer(request: HttpRequest, page: str, context: dict[str, Any], *, name: str) -> HttpResponse:
    """The paper as a page; with ``?tep=pdf`` as a file, and where there is none the page, which says so."""
    if request.GET.get("tep") == "pdf":
        try:
            content = pdf.render_pdf(render_to_string("orders/sheets/pdf.html", context, request))
        except pdf.NoPdf as refusal:
            return render(request, page, {**context, "no_pdf": str(refusal)})
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
        return response
    return render(request, page, context)


def _contract(papers: list[sheets.Contract]) -> dict[str, Any]:
    """What the template of contracts reads: one or several of a purchase."""
    return {
        "sheet": "orders/sheets/_contract.html",
        "title": _("Hợp đồng đặt hàng"),
        "papers": papers,
        "return_days": settings.RETURN_DAYS,
        "answer_hours": int(clocks.answer_time().total_seconds() // 3600),
    }


def _receipt(order: Order) -> dict[str, Any]:
    paper = sheets.receipt(order)
    if paper is None:
        raise Http404
    return {"sheet": "orders/sheets/_receipt.html", "title": _("Biên nhận tiền"), "papers": [paper]}


# --- the buyer --------------------------------------------------------------------------------------------


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
    context = _contract([sheets.contract(order) for order in orders])
    name = f"hop-dong-{number or purchase.number}"
    return _answer(request, "orders/shop/sheet.html", _shop_page(purchase, context), name=name)


@never_cache
@require_safe
def receipt(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """What was paid for an order; 404 until its money came."""
    purchase, (order,) = _at_shop(token, number)
    context = _shop_page(purchase, _receipt(order))
    return _answer(request, "orders/shop/sheet.html", context, name=f"bien-nhan-{number}")


# --- the desk ---------------------------------------------------------------------------------------------


def _desk_page(desk: Desk, order: Order, context: dict[str, Any]) -> dict[str, Any]:
    back = {
        "back_url": reverse("desk:order", args=[desk.slug, order.number]),
        "back_words": _("Đơn %(number)s") % {"number": pretty(order.number)},
    }
    return desk.page("orders", **context, **back)


@never_cache
@require_safe
@desk(Role.SELLER)
def desk_contract(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """What was agreed with the buyer of an order."""
    order = order_of(desk, number)
    context = _desk_page(desk, order, _contract([sheets.contract(order)]))
    return _answer(request, "orders/desk/sheet.html", context, name=f"hop-dong-{number}")


@never_cache
@require_safe
@desk(Role.SELLER)
def desk_receipt(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """What was paid for an order; 404 until its money came."""
    order = order_of(desk, number)
    context = _desk_page(desk, order, _receipt(order))
    return _answer(request, "orders/desk/sheet.html", context, name=f"bien-nhan-{number}")


@never_cache
@require_safe
@desk(ANYBODY)
def slip(request: HttpRequest, desk: Desk, number: str, pk: int) -> HttpResponse:
    """The delivery note that goes into a parcel: to whom, what, from which lots, what to collect."""
    order = order_of(desk, number)
    parcel = next((parcel for parcel in order.parcels.all() if parcel.pk == pk), None)
    if parcel is None:
        raise Http404
    context = {
        "sheet": "orders/sheets/_delivery_note.html",
        "title": _("Phiếu giao hàng"),
        "papers": [sheets.delivery_note(order, parcel)],
    }
    return _answer(
        request, "orders/desk/sheet.html", _desk_page(desk, order, context), name=f"phieu-giao-{number}-{pk}"
    )


@never_cache
@require_safe
@desk(ANYBODY)
def packing_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What to take from the store for the orders that may be packed now, and what goes into which order."""
    orders = sheets.to_pack(desk.cooperative)
    page = Paginator(orders, sheets.ORDERS_ON_A_LIST).get_page(request.GET.get("page", "1")[:9])
    earlier = orders[: max(0, page.start_index() - 1)]
    context = desk.page(
        "orders",
        sheet="orders/sheets/_packing_list.html",
        title=_("Phiếu soạn hàng"),
        papers=[sheets.packing_list(earlier, page.object_list)],
        page=page,
        now=timezone.now(),
        back_url=reverse("desk:orders", args=[desk.slug]) + "?loc=goi",
        back_words=_("Đơn hàng"),
    )
    name = f"phieu-soan-{timezone.localdate():%Y-%m-%d}-{page.number}"
    return _answer(request, "orders/desk/sheet.html", context, name=name)
