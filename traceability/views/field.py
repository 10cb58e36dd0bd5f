"""Where work is noted without signal: a page that a phone keeps, and the script that opens it there."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.models import Category
from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from traceability import kinds
from traceability.forms import EventForm
from traceability.models import Lot
from traceability.statuses import OF_RECALLS, LotStatus, TraceKind

from .shop import worker_script

MOST_LOTS = 50


@never_cache
@require_safe
@desk(Role.PACKER, Role.SELLER)
def field(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form for work in the field and the phone's own list of what waits to be sent (``js/outbox.js``).

    It is kept on the phone, which several people may use: it tells no more than names of the newest open lots, what
    can be done to them and where the cooperative is.
    """
    mine = desk.cooperative.lots.filter(status=LotStatus.OPEN).select_related("product__category")
    lots = list(mine.order_by("-made_on", "-pk")[:MOST_LOTS])
    form = EventForm(lot=lots[0], initial={"place": desk.cooperative.place}) if lots else None
    # Letters waiting are the cooperative's own business: not on a kept page.
    context = desk.page("lots", lots=lots, form=form, choices=_choices(lots)) | {"unread": 0}
    context["csrf_cookie"] = settings.CSRF_COOKIE_NAME
    return render(request, "traceability/desk/field.html", context)


def _choices(lots: list[Lot]) -> dict[str, object]:
    """What the script needs to offer work by lot: all kinds by their names, and which are usual for each lot."""
    usual: dict[str, list[str]] = {}
    for lot in lots:
        if (group := _group(lot.product.category)) not in usual:
            usual[group] = kinds.offered(lot.product.category)
    told = [choice for choice in TraceKind.choices if choice[0] not in {TraceKind.MADE_FROM, *OF_RECALLS}]
    return {
        "kinds": told,
        "usual": usual,
        "lots": {lot.pk: _group(lot.product.category) for lot in lots},
    }


def _group(category: Category | None) -> str:
    return category.slug if category else ""


@require_safe
def field_keeper(_request: HttpRequest) -> HttpResponse:
    """The worker that opens the page above where there is no signal."""
    return worker_script("js/field-keeper.js")
