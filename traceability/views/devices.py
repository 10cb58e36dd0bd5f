"""Which device looks at a packet's code: a name that says nothing about its owner."""

from __future__ import annotations

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


def look_of(request: HttpRequest, name: str) -> Seen | None:
    """Return that the device of this ``name`` looks, when and where; None for a robot.

    The province is what the proxy says in ``SCAN_PLACE_HEADER``, when it knows any.
    """
    if ROBOT.search(_agent(request)):
        return None
    return Seen(timezone.now(), name, place_of(request))


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
    words = f"{_network(client_ip(request))}|{_agent(request)[:300]}|{timezone.localdate()}"
    return hmac.digest(settings.SECRET_KEY.encode(), b"device|" + words.encode(), "sha256").hex()[:16]


def _agent(request: HttpRequest) -> str:
    # Not ``request.headers``: gathering all of them takes longer than the rest of a device's name.
    return str(request.META.get("HTTP_USER_AGENT", ""))


def _network(text: str) -> str:
    """The network an address lies in: 24 bits of IPv4, 48 of IPv6.

    >>> _network("203.0.113.77"), _network("2001:db8:1:2::3")
    ('203.0.113.0/24', '2001:db8:1::/48')
    """
    address = ipaddress.ip_address(text)
    if address.version == 4:  # half of the time that ip_network takes
        return f"{ipaddress.IPv4Address(int(address) & 0xFFFFFF00)}/24"
    return str(ipaddress.ip_network((address, 48), strict=False))


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Give the device its ``name`` for a year, when it has none. No script reads it and no other site is sent it."""
    if not NAME.fullmatch(request.COOKIES.get(COOKIE, "")):
        response.set_cookie(COOKIE, name, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.HTTPS)
