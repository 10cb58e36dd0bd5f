"""Finding a purchase again without an account: the secret link, or phone and code, also after months."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.db.models import Prefetch, Q
from django.http import HttpRequest

from marketplace.foundation.codes import normalise
from marketplace.foundation.http import client_ip

from .models import Line, Order, Pick, Purchase


def by_phone_and_code(phone: str, code: str) -> Purchase | None:
    """Return the purchase that ``phone`` placed with number ``code`` (its own or one of its orders'), or None.

    ``code`` is taken as people type it: any case, dashes, "CP" in front as on a transfer.
    """
    number = normalise(code)
    if len(number) > 8:
        number = number[-8:]
    return (
        Purchase.objects.filter(Q(number=number) | Q(orders__number=number), phone=phone).distinct().first()
    )


def whole(token: str) -> Purchase | None:
    """Return the purchase behind a secret link with everything its page shows, in a fixed number of queries."""
    orders = Order.objects.select_related("cooperative__stall", "payment").prefetch_related(
        "parcels",
        "status_changes",
        Prefetch("lines", Line.objects.select_related("product").order_by("pk")),
        "lines__product__images",
        Prefetch("lines__picks", Pick.objects.select_related("lot").order_by("pk")),
        "lines__picks__lot__codes",
    )
    return Purchase.objects.filter(token=token).prefetch_related(Prefetch("orders", orders)).first()


TRIES = 10
WINDOW_SECONDS = 600


def may_try(request: HttpRequest) -> bool:
    """Count one look-up of this address and tell whether it is still among the ten allowed in ten minutes.

    Counted in the cache: a dead cache lets people in rather than out.
    """
    key = f"tra-don:{hashlib.sha256(client_ip(request).encode()).hexdigest()[:20]}"
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return cache.incr(key) <= TRIES
    except ValueError:  # the key ran out between the two calls
        return True
