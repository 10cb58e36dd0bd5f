"""Carriers: a cooperative's connections, and the address where carriers tell of parcels."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from cooperatives.access import Desk, desk
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import refusals_in
from orders.forms import CarrierLinkForm
from orders.models import CarrierCall, CarrierLink
from orders.shipping import tracking

from .calls import answer_call

MOST_SHOWN = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk()
def carriers_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Connect a carrier, see what to enter there and when it was last heard, stop it; what it told in vain."""
    if request.method == "POST" and "stop" in request.POST:
        tracking.disconnect(desk.cooperative, request.POST["stop"][:20].replace("\x00", ""), by=desk.actor)
        messages.success(request, _("Đã ngắt hãng này."))
        return redirect("desk:carriers", desk.slug)
    form = CarrierLinkForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            tracking.connect(desk.cooperative, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã nối. Hãy chép địa chỉ bên dưới vào trang của hãng."))
            return redirect("desk:carriers", desk.slug)
    links = desk.cooperative.carrier_links.select_related("carrier").order_by("pk")
    seen = CarrierCall.objects.filter(link__cooperative=desk.cooperative).select_related("link__carrier")
    context = desk.page(links=[(link, _address(link)) for link in links], calls=seen[:MOST_SHOWN])
    return render_form(request, "orders/desk/carriers.html", context, form)


def _address(link: CarrierLink) -> str:
    return settings.MARKET_URL + reverse("carrier_call", args=[link.carrier.code, link.token])


@csrf_exempt
@require_POST
def carrier_call(request: HttpRequest, carrier: str, token: str) -> JsonResponse:
    """A carrier tells of parcels: answered as ``answer_call`` says, 404 for an old address. A waybill of no parcel is
    taken with 200, as a cooperative also sends what was not sold here, and is kept for a person."""
    links = CarrierLink.objects.select_related("carrier", "cooperative")
    link = links.filter(token=token, carrier__code=carrier).first()
    if link is None:
        return JsonResponse({"success": False}, status=404)
    return answer_call(request, partial(tracking.hear, link))
