"""What everybody sees: the page behind a code, and the page to type or photograph one."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.foundation.codes import pretty
from marketplace.foundation.forms import render_form
from marketplace.foundation.memo import Kept
from traceability import scans
from traceability.forms import CodeForm, PhotoForm

from .journeys import road

SHARED = "public, max-age=30"
PRIVATE = "private, no-store"


# What differs between two codes of one lot stands in a kept page as these signs, which no keyboard types.
CODE, LOOKED = "\ue000", "\ue001"
_pages: Kept[str] = Kept(most=3000)


@require_safe
def trace(request: HttpRequest, code: str) -> HttpResponse:
    """Answer what is known of ``code``; 404 with a page that helps when it is nothing.

    Reads no session and sets no cookie. Vietnamese unless ``?lang=en``. GET counts as one look, HEAD does not.
    A lot's page is the same for everybody and may be kept for 30 seconds; a packet's page is nobody else's.
    One query while no version of the lot, its product or its stall has changed, the rest is kept (``scans.Glance``).
    """
    language = "en" if request.GET.get("lang") == "en" else "vi"
    with translation.override(language):
        seen = scans.glance(code)
        if seen is None:
            return _unknown(code, language)
        page = _pages.get((seen.page, language), lambda: _page(code, language))
        looks = seen.scans + 1
        looked = ngettext("đã quét %(n)s lần", "đã quét %(n)s lần", looks) % {"n": looks}
    if request.method == "GET":
        scans.count(seen.code)
    response = HttpResponse(page.replace(CODE, pretty(seen.code)).replace(LOOKED, looked))
    response["Content-Language"] = language
    response["X-Frame-Options"] = "DENY"
    response["Cache-Control"] = PRIVATE if seen.is_unit else SHARED
    if seen.is_unit:
        return response
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:24]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _page(code: str, language: str) -> str:
    """The page of a code that is known, with CODE and LOOKED in it. No context processor: none may open a session."""
    return render_to_string("trace/code.html", _context(scans.look(code), language))


def _unknown(code: str, language: str) -> HttpResponse:
    context = {"verdict": scans.unknown(code), **_shown_on_all(language)}
    response = HttpResponse(render_to_string("trace/unknown.html", context), status=404)
    response["Content-Language"] = language
    response["X-Frame-Options"] = "DENY"
    response["Cache-Control"] = PRIVATE
    return response


def _context(verdict: scans.Verdict, language: str) -> dict[str, Any]:
    product = verdict.product
    assert product is not None
    return {
        "verdict": verdict,
        "lot": verdict.lot,
        "product": product,
        "cooperative": verdict.cooperative,
        "pretty": CODE,
        "looked": LOOKED,
        "picture": product.picture,
        # Nobody who has just read "thu hồi" is sent to buy it.
        "shop_url": (
            reverse("shop:product", args=[product.slug])
            if product.is_on_sale and verdict.kind != "recalled"
            else ""
        ),
        "journey": road(verdict.events),
        "papers": len(verdict.certificates) + len(verdict.papers),
        **_shown_on_all(language),
    }


def _shown_on_all(language: str) -> dict[str, Any]:
    return {
        "market_name": settings.MARKET_NAME,
        "market": {"phone": settings.OPERATOR_PHONE, "operator": settings.OPERATOR_NAME},
        "language": language,
        "other": "vi" if language == "en" else "en",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: HttpRequest) -> HttpResponse:
    """Take a typed code (GET) or a photo of one (POST) to its page.

    What is not one of this market's codes is shown as the words it says, never as a link.
    """
    typed, photo = CodeForm(), PhotoForm()
    if request.method == "POST":
        photo = PhotoForm(request.POST, request.FILES)
        if photo.is_valid():
            return redirect("trace", photo.cleaned_data["code"])
        return _scan_page(request, typed, photo, photo)
    if "code" in request.GET:
        typed = CodeForm(request.GET)
        if typed.is_valid():
            return redirect("trace", typed.cleaned_data["code"])
    return _scan_page(request, typed, photo, typed)


def _scan_page(request: HttpRequest, typed: CodeForm, photo: PhotoForm, sent: Any) -> HttpResponse:
    context = {"typed": typed, "photo": photo, "active_tab": "scan"}
    return render_form(request, "traceability/shop/scan.html", context, sent)
