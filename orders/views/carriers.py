"""Carriers: a cooperative's connections, and what they told in vain."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cooperatives.access import Desk, desk
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import refusals_in
from orders.forms import CarrierLinkForm
from orders.models import CarrierLink
from orders.shipping import tracking

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
    seen = tracking.calls_of(desk.cooperative)[:MOST_SHOWN]
    context = desk.page(links=[(link, _address(link)) for link in links], calls=seen)
    return render_form(request, "orders/desk/carriers.html", context, form)


def _address(link: CarrierLink) -> str:
    return settings.MARKET_URL + reverse("carrier_call", args=[link.carrier.code, link.token])
