"""Pages that belong to no floor: home, health, files in development, errors."""

import sys
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.static import serve

from catalog import browsing
from catalog.categories import Tree
from marketplace.foundation import text


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The market on one page: what is in season, what is new, whose stalls are open, from which provinces."""
    front = browsing.front()
    provinces = [(name, reverse("shop:province", args=[text.slug(name)])) for name in front.provinces[:12]]
    context = {"active_tab": "home", "front": front, "provinces": provinces, "roots": Tree().roots}
    return render(request, "shop/home.html", context)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the database answers; for load balancers and ``make run``."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True, "market": settings.MARKET_NAME})


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
