"""Which device looks at a packet's code: a name that says nothing about its owner."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from marketplace.foundation.http import client_ip
from marketplace.foundation.text import clean
from traceability.alarms import Seen

COOKIE = "may"
YEAR = 365 * 24 * 3600
NAME = re.compile(r"[0-9a-f]{16}")
ROBOT = re.compile(r"bot|crawl|spider|preview|curl|python", re.IGNORECASE)


def look_of(request: HttpRequest) -> Seen | None:
    """Return who looks, when and where; None for a robot.

    The province is what the proxy says in ``SCAN_PLACE_HEADER``, when it knows any.
    """
    if ROBOT.search(request.headers.get("User-Agent", "")):
        return None
    return Seen(timezone.now(), name_of(request), place_of(request))


def place_of(request: HttpRequest) -> str:
    """Return the province that the proxy names, or nothing."""
    place = request.headers.get(settings.SCAN_PLACE_HEADER, "") if settings.SCAN_PLACE_HEADER else ""
    return clean(place)[:60]


def name_of(request: HttpRequest) -> str:
    """Return the device's name: the one it was given, else a keyed hash of network, browser and day.

    The name given is that very hash, so the first look and the next are one device's, cookies or none.
    """
    told = request.COOKIES.get(COOKIE, "")
    if NAME.fullmatch(told):
        return told
    address = ipaddress.ip_address(client_ip(request))
    network = ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False)
    words = f"{network}|{request.headers.get('User-Agent', '')[:300]}|{timezone.localdate()}"
    return hmac.new(settings.SECRET_KEY.encode(), b"device|" + words.encode(), hashlib.sha256).hexdigest()[
        :16
    ]


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Give the device its name for a year, when it has none. No script reads it and no other site is sent it."""
    if not NAME.fullmatch(request.COOKIES.get(COOKIE, "")):
        response.set_cookie(
            COOKIE, name_of(request), max_age=YEAR, httponly=True, samesite="Lax", secure=settings.HTTPS
        )
