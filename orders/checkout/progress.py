"""What a buyer has typed so far, kept in the session until the purchase is placed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest

KEY = "dat_hang"


def typed(request: HttpRequest) -> dict[str, Any]:
    """Return everything kept so far: ``delivery`` (form data), ``methods`` (cooperative id → way of paying)."""
    return request.session.get(KEY, {})


def keep(request: HttpRequest, **parts: Any) -> None:
    request.session[KEY] = {**typed(request), **parts}


def placement_key(request: HttpRequest) -> str:
    """Return the key of this placement, made once: a form sent twice is one purchase."""
    if "key" not in typed(request):
        keep(request, key=str(uuid4()))
    return str(typed(request)["key"])


def forget(request: HttpRequest) -> None:
    """Drop the placement, keep name and address for the next time on this phone."""
    kept = typed(request)
    request.session[KEY] = {"delivery": kept.get("delivery", {})}
