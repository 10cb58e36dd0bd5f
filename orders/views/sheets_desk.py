"""The papers of orders at the desk: to pack by, to send along, to give to the buyer."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cooperatives.access import ANYBODY, Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.codes import pretty
from marketplace.foundation.http import as_page_or_pdf
from orders import sheets
from orders.models import Order

from .order_page import order_of
from .sheet_page import contract_page, receipt_page


def _desk_page(desk: Desk, order: Order, context: dict[str, Any]) -> dict[str, Any]:
    back = {
        "back_url": reverse("desk:order", args=[desk.slug, order.number]),
        "back_words": _("Đơn %(number)s") % {"number": pretty(order.number)},
    }
    return desk.page("orders", **context, **back)


@never_cache
@require_safe
@desk(Role.SELLER)
def contract(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """What was agreed with the buyer of an order."""
    order = order_of(desk, number)
    context = _desk_page(desk, order, contract_page([sheets.contract(order)]))
    return as_page_or_pdf(request, "printed/desk.html", context, name=f"hop-dong-{number}")


@never_cache
@require_safe
@desk(Role.SELLER)
def receipt(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """What was paid for an order; 404 until its money came."""
    order = order_of(desk, number)
    context = _desk_page(desk, order, receipt_page(order))
    return as_page_or_pdf(request, "printed/desk.html", context, name=f"bien-nhan-{number}")


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
    return as_page_or_pdf(
        request, "printed/desk.html", _desk_page(desk, order, context), name=f"phieu-giao-{number}-{pk}"
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
    return as_page_or_pdf(request, "printed/desk.html", context, name=name)
