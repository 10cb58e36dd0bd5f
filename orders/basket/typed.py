"""What a buyer has typed so far, kept in the session until the purchase is placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.http import HttpRequest

KEY = "dat_hang"


def of(request: HttpRequest) -> dict[str, Any]:
    """Everything kept so far: ``delivery`` (form data), ``address``, ``methods`` (cooperative id → way of paying),
    ``pickups`` (ids of cooperatives where the buyer fetches the goods), ``voucher`` (a code), ``invoice`` (on whom it
    is made out; None without one)."""
    return request.session.get(KEY, {})


def keep(request: HttpRequest, **parts: Any) -> None:
    """Put ``parts`` beside what is kept already."""
    request.session[KEY] = {**of(request), **parts}


def address(request: HttpRequest) -> Mapping[str, str]:
    """Where goods go as far as is known: this purchase's address, else the last one's, else nothing."""
    kept = of(request)
    return kept.get("address") or kept.get("last_address") or {}


def pickups(request: HttpRequest) -> set[int]:
    """The ids of the cooperatives where the buyer wants to fetch the goods."""
    return set(of(request).get("pickups", ()))


def voucher(request: HttpRequest) -> str:
    """The code of the voucher that the buyer wants to use; empty without one."""
    return str(of(request).get("voucher", ""))


def phone(request: HttpRequest) -> str:
    """The buyer's phone number as far as it was typed."""
    return str(of(request).get("delivery", {}).get("phone", ""))


def placement_key(request: HttpRequest) -> str:
    """Return the key of this placement, made once: a form sent twice is one purchase."""
    if "key" not in of(request):
        keep(request, key=str(uuid4()))
    return str(of(request)["key"])


def forget(request: HttpRequest) -> None:
    """Drop the placement, keep name and address for the next time on this phone."""
    kept = of(request)
    request.session[KEY] = {"delivery": kept.get("delivery", {}), "last_address": kept.get("address", {})}
