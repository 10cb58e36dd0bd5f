"""Posters to hang up: a stall's, and one lot's, with a symbol that leads to its page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cooperatives.access import Desk, desk
from cooperatives.models import Role
from marketplace.foundation.http import as_page_or_pdf
from traceability import codes


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def of_stall(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A poster that leads to the cooperative's stall; 404 while nobody could see that page."""
    stall = desk.cooperative.stall
    if not stall.is_open:
        raise Http404
    poster = {
        "above": desk.cooperative.place,
        "name": desk.cooperative.name,
        "call": _("Quét để xem hàng và đặt mua"),
        "path": reverse("shop:stall", args=[stall.slug]),
    }
    back = {"back_url": reverse("desk:stall", args=[desk.slug]), "back_words": _("Gian hàng của tôi")}
    return _answer(request, desk, "stall", poster | back, name=f"ap-phich-{stall.slug}")


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def of_lot(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A poster for the table where a lot is sold: it leads to the lot's page; 404 for one without a code."""
    lot = get_object_or_404(desk.cooperative.lots.select_related("product"), pk=pk)
    code = codes.lot_code(lot)
    if code is None or not lot.may_be_sold:
        raise Http404
    poster = {
        "above": desk.cooperative.name,
        "name": lot.product.name,
        "below": _("Lô %(number)s") % {"number": lot.number},
        "call": _("Quét để xem lô này từ đâu đến"),
        "path": reverse("trace", args=[code]),
        "code": code,
    }
    back = {
        "back_url": reverse("desk:lot_codes", args=[desk.slug, lot.pk]),
        "back_words": _("Mã và tem"),
    }
    return _answer(request, desk, "lots", poster | back, name=f"ap-phich-{lot.number}")


def _answer(request: HttpRequest, desk: Desk, tab: str, poster: dict[str, Any], *, name: str) -> HttpResponse:
    context = desk.page(
        tab,
        sheet="printed/_poster.html",
        title=_("Áp phích"),
        papers=[poster],
        back_url=poster["back_url"],
        back_words=poster["back_words"],
    )
    return as_page_or_pdf(request, "printed/desk.html", context, name=name)
