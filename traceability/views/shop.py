"""What everybody sees: the page behind a code, and the page to type or photograph one."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import translation as catalogue
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import pretty
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import client_ip, refusals_in
from marketplace.foundation.memo import Kept
from traceability import fakes, looks, pins, scans
from traceability.forms import CodeForm, FakeForm, PhotoForm, PinForm
from traceability.models import TraceCode

from . import devices
from .journeys import road

SHARED = "public, max-age=30"
PRIVATE = "private, no-store"


# What differs between two codes of one lot stands in a kept page as these signs, which no keyboard types.
CODE, LOOKED = "\ue000", "\ue001"
_pages: Kept[bytes] = Kept(most=3000)
CONDITIONS = {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"}


@require_safe
def trace(request: HttpRequest, code: str) -> HttpResponse:
    """Answer what is known of ``code``; 404 with a page that helps when it is nothing.

    Reads no session and sets no cookie, but a packet's code gives the device a name of its own, so that two phones are
    told from one that looks twice. Vietnamese unless ``?lang=en``. GET counts as one look, HEAD does not.
    A lot's page is the same for everybody and may be kept for 30 seconds; a packet's page is nobody else's.
    One query while no version of the lot, its product or its stall has changed, the rest is kept (``scans.Glance``);
    where there is no Redis to count in, one row more is written.
    """
    return answer(request, code, "en" if request.GET.get("lang") == "en" else "vi")


def answer(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """Answer what is known of ``code`` in ``language``, as ``trace`` says."""
    seen = scans.glance(code)
    if seen is None:
        with translation.override(language):
            return unknown(request, code, language)
    page = _pages.get((seen.page, language), lambda: _page(code, language))
    device = devices.name_of(request) if seen.is_unit else ""
    n = seen.scans + (_count(request, seen, device) if request.method == "GET" else 1)
    content = page.replace(CODE.encode(), pretty(seen.code).encode()).replace(
        LOOKED.encode(), _looked(n, language)
    )
    response = HttpResponse(content)
    response["Content-Language"] = language
    response["X-Frame-Options"] = "DENY"
    response["Cache-Control"] = PRIVATE if seen.is_unit else SHARED
    if seen.is_unit:
        devices.remember(request, response, device)
        return response
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    if not CONDITIONS.isdisjoint(request.META):
        return get_conditional_response(request, etag=response["ETag"], response=response) or response
    return response


@require_safe
def keeper(_request: HttpRequest) -> HttpResponse:
    """The worker that answers pages behind codes where there is no signal."""
    return worker_script("js/keeper.js")


def worker_script(name: str) -> HttpResponse:
    """The static file ``name`` as a worker. It stands at an address of ours because a worker may only watch over what
    is below it, or what this header says."""
    response = HttpResponse(_text(finders.find(name)), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "max-age=3600"
    return response


@cache
def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def _count(request: HttpRequest, seen: scans.Glance, device: str) -> int:
    return looks.count(seen.code, devices.look_of(request, device) if seen.is_unit else None)


def _page(code: str, language: str) -> bytes:
    """The page of a code that is known, with CODE and LOOKED in it. No context processor: none may open a session."""
    with translation.override(language):
        return render_to_string("trace/code.html", _context(scans.look(code), language)).encode()


def _looked(n: int, language: str) -> bytes:
    """How often a code was looked at, in words, from the catalogue itself: nothing else here needs a language."""
    words = catalogue(language).ngettext("đã quét %(n)s lần", "đã quét %(n)s lần", n) % {"n": n}
    return words.encode()


def unknown(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """The page of a code that is nobody's, or of goods that may not be shown: 404, one page for both.

    Who asks for many in a row is told to wait (429).
    """
    context = {"verdict": scans.unknown(code), **shown_on_all(language)}
    is_guessing = scans.is_guessing(client_ip(request))
    response = HttpResponse(
        render_to_string("trace/unknown.html", context), status=429 if is_guessing else 404
    )
    if is_guessing:
        response["Retry-After"] = str(scans.GUESS_SECONDS)
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
        "form": PinForm(),
        "picture": product.picture,
        # Nobody who has just read "thu hồi" is sent to buy it.
        "shop_url": (
            reverse("shop:product", args=[product.slug])
            if product.is_on_sale and verdict.kind != "recalled"
            else ""
        ),
        "journey": road(verdict.events),
        "papers": len(verdict.certificates) + len(verdict.papers),
        **shown_on_all(language),
    }


def shown_on_all(language: str) -> dict[str, Any]:
    """What ``trace/base.html`` needs on every page."""
    return {
        "market_name": settings.MARKET_NAME,
        "market": {"phone": settings.OPERATOR_PHONE, "operator": settings.OPERATOR_NAME},
        "language": language,
        "other": "vi" if language == "en" else "en",
    }


@csrf_exempt
@require_POST
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Take the number under a packet's scratch layer, and say whether this phone is the first; 404 for a code without.

    SECURITY: no session stands behind it, so nothing of a person can be forged from another site; what is tried too
    often is locked.
    """
    language = "en" if request.GET.get("lang") == "en" else "vi"
    with translation.override(language):
        verdict = scans.look(code)
        if not verdict.asks_for_pin:
            return unknown(request, code, language)
        form, answer, device = PinForm(request.POST), None, devices.name_of(request)
        if form.is_valid():
            found = TraceCode.objects.get(pk=verdict.code)
            place = devices.place_of(request)
            answer = pins.confirm(found, form.cleaned_data["number"], device=device, place=place)
            if answer in (pins.Answer.WRONG, pins.Answer.LOCKED):
                form.add_error("number", _PIN_WORDS[answer])
        context = _context(scans.look(code), language) | {
            "pretty": pretty(verdict.code),
            "form": form,
            "answer": answer.value if answer and form.is_valid() else "",
        }
        response = HttpResponse(
            render_to_string("trace/confirmed.html", context), status=200 if form.is_valid() else 422
        )
    response["Content-Language"] = language
    response["Cache-Control"] = PRIVATE
    devices.remember(request, response, device)
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """Take somebody's word that the goods with this code are fake; 404 for a code that is nobody's.

    SECURITY: no session stands behind it, so nothing of a person can be forged from another site; a device may send
    five an hour. Looking at the form counts as no scan.
    """
    language = "en" if request.GET.get("lang") == "en" else "vi"
    with translation.override(language):
        verdict = scans.look(code)
        if verdict.lot is None:
            return unknown(request, code, language)
        form, is_sent = FakeForm(*sent(request)), False
        if form.is_valid():
            asked, found = form.cleaned_data, TraceCode.objects.get(pk=verdict.code)
            with refusals_in(form):
                fakes.report(found, device=devices.name_of(request), by=Actor.guest(), **asked)
                is_sent = True
        context = _context(verdict, language) | {
            "pretty": pretty(verdict.code),
            "form": form,
            "is_sent": is_sent,
        }
        response = HttpResponse(
            render_to_string("trace/fake.html", context), status=422 if form.errors else 200
        )
    response["Content-Language"] = language
    response["Cache-Control"] = PRIVATE
    return response


_PIN_WORDS = {
    pins.Answer.WRONG: _("Số này không đúng. Hãy xem lại sáu số dưới lớp cào."),
    pins.Answer.LOCKED: _("Sai nhiều lần quá. Mai hãy thử lại, hoặc gọi hợp tác xã."),
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
