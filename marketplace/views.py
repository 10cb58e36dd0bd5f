"""Pages that belong to no floor: home, health, files in development, errors."""

import sys
from pathlib import PurePosixPath
from typing import Any

import redis
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.static import serve

from catalog import browsing
from catalog.categories import public_tree
from cooperatives import drift
from marketplace.foundation import outbox, text
from marketplace.foundation.memo import memo


@memo(most=100)
def _province_url(name: str) -> str:
    return reverse("shop:province", args=[text.slug(name)])


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The market on one page: what is in season, what is new, whose stalls are open, from which provinces."""
    tree = public_tree()
    front = browsing.front(tree.version)
    provinces = [(name, _province_url(name)) for name in front.provinces[:12]]
    context = {"active_tab": "home", "front": front, "provinces": provinces}
    return render(request, "shop/home.html", {**context, "roots": tree.roots, "version": tree.version})


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 while this process takes requests at all, whatever else is away: asks nobody, costs nothing."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Say which part of the market answers; for load balancers, monitors and ``make run``.

    200 while people can buy, that is while the database answers, else 503. Redis is only named: without it pages
    are slower and letters later. ``oldest_letter``: for how many seconds the oldest due row of the outbox has waited.
    ``stock_drift``: how many numbers of the stock the recount found wrong since yesterday, null when that is not known.
    """
    told: dict[str, Any] = {"ok": True, "market": settings.MARKET_NAME, "database": "ok"}
    try:
        told["oldest_letter"] = round(outbox.oldest_waiting())
        told["stock_drift"] = _stock_drift()
    except (OperationalError, InterfaceError):
        told |= {"ok": False, "database": "away"}
    told |= {"queue": _redis_at(settings.BROKER_URL), "cache": _redis_at(settings.CACHE_URL)}
    return JsonResponse(told, status=200 if told["ok"] else 503, headers={"Cache-Control": "no-store"})


def _stock_drift() -> int | None:
    """Only a report: while its table is being made in an update, people buy all the same."""
    try:
        return drift.reported_lately()
    except DatabaseError:
        return None


def _redis_at(address: str) -> str:
    """ "ok" or "away"; "in process" when no Redis is asked to help."""
    if not address.startswith(("redis", "unix")):
        return "in process"
    try:
        with redis.Redis.from_url(address, socket_connect_timeout=0.5, socket_timeout=0.5) as line:
            line.ping()
    except (redis.RedisError, OSError):
        return "away"
    return "ok"


# Kinds a browser may show in place, by the ending of our own file names; the rest is a download.
SHOWN = {".webp": "image/webp", ".jpg": "image/jpeg", ".png": "image/png"}


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a file under MEDIA_ROOT, in embedded mode only; elsewhere the proxy or the bucket does it.

    File names are random and never reused, so browsers keep them for a year. 404 for folders and for anything
    outside of MEDIA_ROOT. Private papers do not live here.
    """
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except (SuspiciousFileOperation, OSError) as error:
        raise Http404 from error
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    if response.status_code == 200:
        kind = SHOWN.get(PurePosixPath(path).suffix.lower())
        response["Content-Type"] = kind or "application/octet-stream"
        response["Content-Disposition"] = "inline" if kind else "attachment"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault: 503 with a way back when the database is away, 500 for anything else.

    Neither page asks the database, the session or a context processor.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = HttpResponse(get_template("503.html").render(), status=503)
        response["Retry-After"] = "10"
        return response
    return HttpResponse(get_template("500.html").render(), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do when a form is too old or cookies are off; nothing was written."""
    return render(request, "403_csrf.html", status=403)
